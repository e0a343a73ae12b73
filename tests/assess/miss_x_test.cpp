// SPDX-License-Identifier: BSD-3-Clause
// The whole road on the synthetic Miss X: recording, skeleton, fit, events, metrics, findings,
// comparison.
#include <gtest/gtest.h>

#include <cmath>

#include "runmech/assess/compare.hpp"
#include "runmech/fit/calibrate.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/metrics/metrics.hpp"
#include "runmech/synth/synthesise.hpp"

namespace runmech {
namespace {

Session visit(const char* preset, std::uint64_t seed, const char* date) {
  const SyntheticRun run = synthesise(preset, seed);
  CalibrationOptions options;
  options.subject = run.truth.skeleton.subject;
  const Skeleton skeleton = calibrate(run.standing, options).skeleton;
  GaitSignals signals = gait_signals(fit(run.recording, skeleton), run.recording);
  // The same skeleton on the standing trial: the tilt of the pelvis that drop is corrected by.
  const GaitSignals standing = gait_signals(fit(run.standing, skeleton));
  const Points across = standing.pelvis_side.right - standing.pelvis_side.left;
  signals.standing.obliquity_rad = std::atan2(across.col(1).mean(), across.col(2).mean());
  Session session;
  session.date = date;
  session.subject = options.subject;
  session.strength = run.strength;
  const StrengthProfile strength = strength_profile(run.strength, options.subject);
  session.assessment = assess(metrics(signals, detect_events(signals)), &strength);
  return session;
}

std::string told(const Session& session) {
  std::string out;
  for (const Finding& f : session.assessment.findings) {
    out += "\n" + f.id + ": " + std::string(to_string(f.outcome)) + "; " + f.reason;
  }
  return out;
}

TEST(MissX, FirstVisitSecondVisitAndAHealthyRunner) {
  constexpr std::uint64_t kSeed = 1;
  const Session first = visit("miss_x_baseline", kSeed, "2025-07-06");
  for (const Finding& f : first.assessment.findings) {
    EXPECT_EQ(f.outcome, Outcome::present) << f.id << told(first);
  }
  const Session second = visit("miss_x_followup", kSeed, "2025-08-17");
  const Reassessment r = compare(first, second);
  EXPECT_TRUE(r.comparable);
  int toward = 0;
  for (const Change& c : r.changes) {
    EXPECT_NE(c.verdict, ChangeVerdict::real_change_away) << c.metric << " " << to_string(c.side);
    toward += c.verdict == ChangeVerdict::real_change_toward && c.side == RowSide::both;
  }
  EXPECT_GE(toward, 2);
  const Session healthy = visit("healthy", kSeed, "2025-07-06");
  for (const Finding& f : healthy.assessment.findings) {
    EXPECT_NE(f.outcome, Outcome::present) << f.id << told(healthy);
  }
}

}  // namespace
}  // namespace runmech
