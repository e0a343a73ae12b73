// SPDX-License-Identifier: BSD-3-Clause
// The whole road in C++: a recording in; metrics, findings and, with a second visit, a verdict out.
//
//   analyze RUN STANDING     recordings of yours
//   analyze                  Miss X, a synthetic runner: two visits and what changed between them
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "runmech/runmech.hpp"

namespace {

using namespace runmech;

Session analyze(const Recording& run, const Recording& standing, const Subject& subject,
                const StrengthTrials& tests) {
  CalibrationOptions options;
  options.subject = subject;
  const Calibration calibration = calibrate(standing, options);
  const Motion motion = fit(run, calibration.skeleton);
  const Motion still = fit(standing, calibration.skeleton);
  const GaitSignals signals = gait_signals(motion, &still);
  const GaitEvents events = run.plates.empty() ? detect_events(signals) : force_events(run);

  Session session;
  session.subject = subject;
  session.sources = {run.source};
  session.strength = tests;
  const StrengthProfile strength = strength_profile(tests, subject);
  session.assessment = assess(metrics(signals, events, {}, &motion), &strength);
  return session;
}

void print(const Session& session) {
  for (const MetricDefinition& metric : metric_definitions()) {
    for (const RowSide side : {RowSide::left, RowSide::right, RowSide::both}) {
      const MetricRow* row = session.assessment.table.summary(metric.id, side);
      if (row == nullptr) continue;
      const std::string name = metric.id + " (" + std::string(to_string(side)) + ")";
      if (row->status == MetricStatus::not_observed) {
        std::printf("%-32s %s\n", name.c_str(), row->reason.c_str());
      } else {
        std::printf("%-32s %9.4g +- %.2g %s\n", name.c_str(), row->value, row->sd,
                    row->unit.c_str());
      }
    }
  }
  for (const Finding& finding : session.assessment.findings) {
    std::printf("%-12s %s: %s\n", std::string(to_string(finding.outcome)).c_str(),
                finding.title.c_str(), finding.reason.c_str());
  }
  std::printf("%s\n", session.assessment.plan.text.c_str());
}

Session visit(const char* preset) {
  const SyntheticOptions options = synthetic_options(preset);
  Subject subject;
  subject.mass_kg = options.mass_kg;
  subject.stature_m = options.stature_m;
  subject.sex = options.sex;
  subject.name = "Miss X";
  const SyntheticRun run = synthesise(options);
  return analyze(run.recording, run.standing, subject, run.strength);
}

/// Returns how many findings Miss X has at her first visit.
int miss_x() {
  const Session first = visit("miss_x_baseline");
  const Session second = visit("miss_x_followup");
  print(first);
  const Reassessment change = compare(first, second);
  std::printf("\n%s\n", change.text.c_str());
  for (const Change& c : change.changes) {
    std::printf("%-24s %-6s %s\n", c.metric.c_str(), std::string(to_string(c.side)).c_str(),
                std::string(to_string(c.verdict)).c_str());
  }
  int present = 0;
  for (const Finding& finding : first.assessment.findings) {
    if (finding.outcome == Outcome::present) ++present;
  }
  return present;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) return miss_x() >= 3 ? 0 : 1;
    print(analyze(read(argv[1]), read(argv[2]), {}, {}));
    return 0;
  } catch (const NotAnalysable& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  } catch (const IoError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
