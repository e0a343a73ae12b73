// SPDX-License-Identifier: BSD-3-Clause
#include "recognition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "foot_travel.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "step_states.hpp"

namespace runmech {
namespace {

constexpr double kTwoRunningSteps_s = 1.2;
// Steps in a row that make a record one of running although more of it is something else: three
// strides, our choice.
constexpr std::ptrdiff_t kEnoughRunning = 6;

/// Share of frames that repeat the one before (all points together), where the others move.
double repeated_share(const GaitSignals& signals) {
  if (!signals.keypoints) return 0.0;
  std::vector<double> moves;
  for (Eigen::Index i = 1; i < signals.n_frames(); ++i) {
    double move = 0.0;
    int seen = 0;
    for (const Side side : kSides) {
      for (const Points* p :
           {&signals.leg[side].ankle, &signals.leg[side].knee, &signals.leg[side].hip}) {
        if (p->rows() == 0) continue;
        const double step = (p->row(i) - p->row(i - 1)).norm();
        if (std::isnan(step)) continue;
        move += step;
        ++seen;
      }
    }
    if (seen > 0) moves.push_back(move / seen);
  }
  if (moves.size() < 10) return 0.0;
  // Estimators track from picture to picture, so a repeated one still moves the points a little.
  const double typical = quantile(moves, 0.75);
  const auto still =
      std::count_if(moves.begin(), moves.end(), [&](double m) { return m < 0.25 * typical; });
  return static_cast<double>(still) / static_cast<double>(moves.size());
}

void note_clock(const GaitSignals& signals, GaitRecognition& out) {
  const Clock clock = clock_of(signals.time_s);
  if (clock.unevenness > 0.3) {
    out.notes.push_back(
        {"time",
         printed("the frames are uneven in time: steps between them differ by up to %.0f %%",
                 100.0 * clock.unevenness),
         true});
  }
  const double repeated = repeated_share(signals);
  if (repeated > 0.3) {
    out.notes.push_back(
        {"time",
         printed("%.0f %% of the pictures repeat the one before: the film holds fewer "
                 "true pictures than its rate says",
                 100.0 * repeated),
         true});
  }
}

void judge_cadence(const GaitSignals& signals, GaitRecognition& out) {
  if (out.kind != GaitKind::running || out.cadence_per_min == 0.0) return;
  const double frames = out.stride_time_s * clock_of(signals.time_s).rate_hz;
  if (frames < kMinimumFramesPerStride) {
    out.kind = GaitKind::unclear;
    out.reason = printed("only %.1f frames per stride; at least %.0f are needed", frames,
                         kMinimumFramesPerStride);
  } else if (out.cadence_per_min < kSlowestCadence || out.cadence_per_min > kFastestCadence) {
    out.kind = GaitKind::unclear;
    out.reason = printed(
        "it looks like running at %.0f steps/min, but running people take %.0f to %.0f: the "
        "clock may be wrong (slow motion, doubled or dropped pictures)",
        out.cadence_per_min, kSlowestCadence, kFastestCadence);
  }
}

/// Whose steps the phases hold: "each foot", or the one that was recorded.
std::string whose(const GaitSignals& signals) {
  const std::optional<Side> unseen = unseen_foot(signals);
  return unseen ? "the " + std::string(to_string(opposite(*unseen))) + " foot" : "each foot";
}

/// Why the feet show no step.
std::string no_steps_reason(const GaitSignals& signals) {
  const bool along = signals.view == View::rear || signals.view == View::front;
  if (const std::optional<Side> unseen = unseen_foot(signals)) {
    const std::string seen(to_string(opposite(*unseen)));
    return "no steps: " + unseen_foot_sentence(*unseen) +
           (along ? "; from behind or the front steps are told from both feet"
                  : ", and the " + seen + " foot does not swing back and forth past the pelvis");
  }
  const auto shows = [](const Points& p) { return p.array().isFinite().any(); };
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    if (shows(leg.heel) || shows(leg.toe) || shows(leg.ankle)) {
      return "no steps: the feet do not swing back and forth past the pelvis";
    }
  }
  return "no steps: no point of the feet or ankles was recorded, or too few to know where they are";
}

double length_s(const GaitSignals& signals) {
  return signals.time_s.empty() ? 0.0 : signals.time_s.back() - signals.time_s.front();
}

bool too_short(const GaitSignals& signals, GaitRecognition& out) {
  const double length = length_s(signals);
  // Half a frame more than the time between the first and the last one.
  if (signals.n_frames() >= kMinimumFrames && length >= kMinimumRecord_s) return false;
  out.kind = GaitKind::too_short;
  out.reason =
      printed("too short: %ld frames over %.2f s; at least %d frames and %.1f s are needed",
              static_cast<long>(signals.n_frames()), length, kMinimumFrames, kMinimumRecord_s);
  return true;
}

GaitKind kind_of(StepState state) {
  switch (state) {
    case StepState::running:
      return GaitKind::running;
    case StepState::grounded:
      return GaitKind::grounded;
    case StepState::walking:
      return GaitKind::walking;
    default:
      return GaitKind::unclear;
  }
}

/// Running where there is enough of it, else the kind of most of the movement; spans, duty factor
/// and stride time are those of that kind.
void judge_spans(const GaitPhases& phases, GaitRecognition& out) {
  std::vector<StepState> states(phases.spans.size(), StepState::unknown);
  std::vector<std::ptrdiff_t> steps(phases.spans.size(), 0);
  for (const FootSwing& s : phases.steps) {
    states[static_cast<std::size_t>(s.span)] = s.state;
    ++steps[static_cast<std::size_t>(s.span)];
  }
  std::array<double, 4> length{};  // by state
  bool enough = false;
  for (std::size_t i = 0; i < states.size(); ++i) {
    length[static_cast<std::size_t>(states[i])] += phases.spans[i].end_s - phases.spans[i].start_s;
    enough |= states[i] == StepState::running && steps[i] >= kEnoughRunning;
  }
  // In doubt between equals: running, walking, unclear.
  StepState chosen = StepState::running;
  for (const StepState other : {StepState::walking, StepState::grounded, StepState::unknown}) {
    if (!enough &&
        length[static_cast<std::size_t>(other)] > length[static_cast<std::size_t>(chosen)]) {
      chosen = other;
    }
  }
  out.kind = kind_of(chosen);
  std::vector<double> duty;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] != chosen) continue;
    out.spans.push_back(phases.spans[i]);
    duty.push_back(detail::signs_of(phases, static_cast<int>(i)).duty);
  }
  out.duty_factor = median(duty);
  std::vector<double> stride;
  for (const FootSwing& s : phases.steps) {
    if (s.state == chosen) stride.push_back(s.stride_s);
  }
  if (!stride.empty()) out.stride_time_s = median(stride);
  out.cadence_per_min = phases.regularity > 0.0 ? 120.0 / out.stride_time_s : 0.0;
  const std::string others = detail::other_steps(phases, out.kind);
  if (!others.empty()) out.notes.push_back({"spans", "besides: " + others, false});
}

/// What of a run lies outside its spans: standing before the start, walking up.
void note_idle(const GaitSignals& signals, const GaitPhases& phases, GaitRecognition& out) {
  double idle = signals.time_s.back() - signals.time_s.front();
  for (const TimeSpan& span : phases.spans) idle -= span.end_s - span.start_s;
  idle -= phases.backward_s;
  if (idle > out.stride_time_s) {
    out.notes.push_back({"spans", printed("no steps in %.1f s of the recording", idle), false});
  }
}

/// Travel against the direction of progression.
std::string way_back(const GaitPhases& phases) {
  return printed(phases.turned ? "for %.1f s the person has turned round and comes back"
                               : "for %.1f s the person moves backward",
                 phases.backward_s);
}

void running_reason(const GaitSignals& signals, GaitRecognition& out) {
  out.reason =
      out.cadence_per_min > 0.0
          ? printed("running at %.0f steps/min, %s on the ground for %.0f %% of the stride",
                    out.cadence_per_min, whose(signals).c_str(), 100.0 * out.duty_factor)
          : "a single running step: too short for a cadence";
  if (signals.view == View::rear || signals.view == View::front) {
    out.notes.push_back({"view",
                         "seen from behind or the front: cadence and approximate contacts only; "
                         "no speed, no fore-aft position of the foot",
                         false});
  }
}

void walking_reason(const GaitSignals& signals, const GaitPhases& phases, GaitRecognition& out) {
  out.reason = "this is walking, not running: ";
  if (out.duty_factor > 0.5) {
    out.reason += printed("no flight phase (%s is on the ground for about %.0f %% of the stride)",
                          whose(signals).c_str(), 100.0 * out.duty_factor);
  } else if (phases.regularity == 0.0) {
    out.reason += "no flight phase (the other foot still stands)";
  } else {
    out.reason += "the pelvis is highest over the standing foot";
  }
  if (out.cadence_per_min > 0.0) out.reason += printed(", %.0f steps/min", out.cadence_per_min);
  if (phases.backward_s > 0.0) out.reason += "; " + way_back(phases);
  out.reason += "; running metrics do not apply";
}

void grounded_reason(const GaitSignals& signals, GaitRecognition& out) {
  out.reason = printed(
      "this is grounded running: the body bounces as in running but never leaves the ground (%s is "
      "on it for about %.0f %% of the stride), %.0f steps/min; running metrics need a flight phase",
      whose(signals).c_str(), 100.0 * out.duty_factor, out.cadence_per_min);
}

/// Steps of a turn, or of a run across X.
int steps_off_course(const GaitPhases& phases) {
  return static_cast<int>(
      std::count_if(phases.steps.begin(), phases.steps.end(),
                    [](const FootSwing& s) { return std::abs(s.heading_rad) > kOffCourse_rad; }));
}

void unclear_reason(const GaitSignals& signals, const GaitPhases& phases, GaitRecognition& out) {
  const double length = length_s(signals);
  if (2 * steps_off_course(phases) > static_cast<int>(phases.steps.size())) {
    out.reason = printed(
        "%d of %zu steps go more than 15 degrees aside of the direction of progression: a turn, or "
        "that direction is wrong",
        steps_off_course(phases), phases.steps.size());
  } else if (phases.regularity > 0.0) {
    out.reason = printed(
        "steps were found, but the signs of running and walking contradict each other "
        "(contact %.0f %% of the stride)",
        100.0 * out.duty_factor);
    if (unseen_foot(signals)) out.reason += "; only " + whose(signals) + " was recorded";
  } else if (length > kTwoRunningSteps_s) {
    out.reason = "steps were found, but they do not repeat as those of running do";
  } else {
    out.kind = GaitKind::too_short;
    out.reason = printed(
        "too short: no whole contact of a foot with the ground lies within these %.2f s", length);
  }
}

}  // namespace

GaitRecognition detail::recognise(const GaitSignals& signals, const GaitPhases& phases) {
  GaitRecognition out;
  if (too_short(signals, out)) return out;
  out.stride_time_s = phases.stride_time_s;
  note_clock(signals, out);
  if (phases.steps.empty()) {
    if (phases.backward_s == 0.0 && detail::feet_swing(signals)) {
      out.kind = GaitKind::unclear;
      out.reason =
          "the feet swing past each other, but no step repeats: slow motion or a change of speed "
          "in "
          "the film, a change of the view, or steps too few or too unlike each other";
      return out;
    }
    out.kind = GaitKind::no_steps;
    out.reason = phases.backward_s > 0.0
                     ? "no steps in the direction of progression: " + way_back(phases)
                 : detail::feet_swing_aside(signals)
                     ? "no steps in the direction of progression: the feet swing across it"
                     : no_steps_reason(signals);
    return out;
  }
  if (std::string wrong = detail::wrong_way(signals, phases); !wrong.empty()) {
    out.kind = GaitKind::no_steps;
    out.reason = "no steps in the direction of progression: " + wrong;
    return out;
  }
  const std::optional<Side> unseen = unseen_foot(signals);
  judge_spans(phases, out);
  if (out.kind == GaitKind::running && phases.regularity > 0.0) note_idle(signals, phases, out);
  if (detail::runs_backward(phases)) {
    out.kind = GaitKind::unclear;
    out.reason =
        "the standing foot moves forward under the body: the person moves backward, or the "
        "direction of progression is the wrong way round";
    return out;
  }
  // So long a record of running shows its stride time.
  if (out.kind == GaitKind::running && phases.regularity == 0.0 &&
      length_s(signals) > kTwoRunningSteps_s) {
    out.kind = GaitKind::unclear;
  }
  if (const int n = steps_off_course(phases); n > 0) {
    out.notes.push_back(
        {"direction",
         std::to_string(n) + (n == 1 ? " step goes" : " steps go") +
             " more than 15 degrees aside of the direction of progression: left out",
         true});
  }
  if (phases.backward_s > 0.0) {
    out.notes.push_back({"direction", way_back(phases) + ": left out", true});
  }
  if (unseen) {
    const std::string seen(to_string(opposite(*unseen)));
    out.notes.push_back({"unseen_foot",
                         unseen_foot_sentence(*unseen) + ": steps and metrics are those of the " +
                             seen + " foot alone, cadence is twice its stride rate; what needs " +
                             "both feet is not observed",
                         true});
  }
  switch (out.kind) {
    case GaitKind::running:
      running_reason(signals, out);
      break;
    case GaitKind::grounded:
      grounded_reason(signals, out);
      break;
    case GaitKind::walking:
      walking_reason(signals, phases, out);
      break;
    default:
      unclear_reason(signals, phases, out);
  }
  judge_cadence(signals, out);
  for (const FootSwing& s : phases.steps) {
    out.steps.push_back({s.side, s.forward_s, s.rearward_s, detail::state_in(s, out.kind)});
  }
  return out;
}

GaitRecognition recognise_gait(const GaitSignals& signals) {
  GaitRecognition out;
  if (too_short(signals, out)) return out;
  return detail::recognise(signals, find_phases(signals));
}

}  // namespace runmech
