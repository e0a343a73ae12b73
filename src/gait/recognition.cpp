// SPDX-License-Identifier: BSD-3-Clause
#include "recognition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "film_clock.hpp"
#include "foot_travel.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/signal/robust.hpp"
#include "step_states.hpp"

namespace runmech {
namespace {

const std::string kNoStepsAlong = "no steps in the direction of progression: ";
const std::string kGiveForward =
    "; give the right one as forward (--direction), the file's own axis: +x, -x, ...";
constexpr double kTwoRunningSteps_s = 1.2;
constexpr double kFeetDiffer = 0.25;  // in contact per stride: no runner's, our choice
// Steps in a row that make a record one of running although more of it is something else: three
// strides, our choice.
constexpr std::ptrdiff_t kEnoughRunning = 6;

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

/// Why feet that pass each other show no steps.
std::string no_rhythm_reason(const GaitSignals& signals) {
  if (!signals.pelvis.array().isFinite().any()) {
    return "the feet swing past each other, but no point of the pelvis was recorded: without it "
           "steps are told on a treadmill only";
  }
  if (!signals.keypoints) {
    return "the feet swing past each other, but no step repeats: steps too few or too unlike each "
           "other";
  }
  return "the feet swing past each other, but no step repeats: slow motion or a change of speed in "
         "the film, a change of the view, or steps too few or too unlike each other; give start_s "
         "and end_s of a part in real time that shows one view, or the true frame rate as rate_hz" +
         detail::part_in_real_time(signals);
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

void running_reason(const GaitSignals& signals, const GaitPhases& phases, GaitRecognition& out) {
  const std::string steps = phases.steps.size() == 1
                                ? "a single running step"
                                : std::to_string(phases.steps.size()) + " running steps";
  out.reason =
      out.cadence_per_min > 0.0
          ? printed("running at %.0f steps/min, %s on the ground for %.0f %% of the stride",
                    out.cadence_per_min, whose(signals).c_str(), 100.0 * out.duty_factor)
          : steps + ": too short for a cadence";
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

/// Where one foot runs and the other one stands: points of a leg are wrong.
std::string feet_differ(const GaitPhases& phases, GaitKind kind) {
  if (kind != GaitKind::running) return {};
  Sided<double> duty;
  for (const Side side : kSides) {
    std::vector<double> own;
    for (const FootSwing& s : phases.steps) {
      if (s.side == side && s.state == StepState::running)
        own.push_back((s.toe_off_s - s.strike_s) / s.stride_s);
    }
    duty[side] = median(own);
  }
  const bool one_stands = (duty.left > 0.5) != (duty.right > 0.5);
  if (!one_stands || !(std::abs(duty.left - duty.right) > kFeetDiffer)) return {};
  return printed(
      "the left foot would be on the ground for %.0f %% of the stride and the right one for %.0f "
      "%%: points of a leg are wrong (in pictures: the legs exchanged, or too small a person)",
      100.0 * duty.left, 100.0 * duty.right);
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

void list_steps(const GaitPhases& phases, GaitRecognition& out) {
  for (const FootSwing& s : phases.steps) {
    out.steps.push_back({s.side, s.forward_s, s.rearward_s, detail::state_in(s, out.kind)});
  }
}

}  // namespace

GaitRecognition detail::recognise(const GaitSignals& signals, const GaitPhases& phases) {
  GaitRecognition out;
  if (too_short(signals, out)) return out;
  out.stride_time_s = phases.stride_time_s;
  detail::note_clock(signals, out);
  if (detail::not_upright(signals)) {
    out.kind = GaitKind::no_steps;
    out.reason =
        "no steps: the pelvis is not above the feet, so the vertical axis is another one (give up, "
        "the file's own axis: +y, -y, +z, ...), or the person does not stand";
    return out;
  }
  if (phases.steps.empty()) {
    if (phases.backward_s == 0.0 && detail::feet_swing(signals)) {
      out.kind = GaitKind::unclear;
      out.reason = no_rhythm_reason(signals);
      return out;
    }
    out.kind = GaitKind::no_steps;
    out.reason = phases.backward_s > 0.0 ? kNoStepsAlong + way_back(phases) + kGiveForward
                 : detail::feet_swing_aside(signals)
                     ? kNoStepsAlong + "the feet swing across it" + kGiveForward
                     : no_steps_reason(signals);
    return out;
  }
  if (std::string wrong = detail::wrong_way(signals, phases); !wrong.empty()) {
    out.kind = GaitKind::no_steps;
    out.reason = kNoStepsAlong + wrong + kGiveForward;
    return out;
  }
  if (detail::lifts_backward(signals, phases)) {
    out.kind = GaitKind::no_steps;
    out.reason = kNoStepsAlong +
                 "the feet stand as they come forward under the body and are lifted as they go "
                 "backward: the person moves backward, or that direction is the wrong way round" +
                 kGiveForward;
    return out;
  }
  const std::optional<Side> unseen = unseen_foot(signals);
  judge_spans(phases, out);
  if (out.kind == GaitKind::running && phases.regularity > 0.0) note_idle(signals, phases, out);
  if (detail::runs_backward(phases)) {
    out.kind = GaitKind::unclear;
    out.reason =
        "the standing foot moves forward under the body: the person moves backward, or the "
        "direction of progression is the wrong way round" +
        kGiveForward;
    list_steps(phases, out);
    return out;
  }
  if (std::string differ = feet_differ(phases, out.kind); !differ.empty()) {
    out.kind = GaitKind::unclear;
    out.reason = std::move(differ);
    list_steps(phases, out);
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
      running_reason(signals, phases, out);
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
  detail::judge_cadence(signals, out);
  list_steps(phases, out);
  return out;
}

GaitRecognition recognise_gait(const GaitSignals& signals) {
  GaitRecognition out;
  if (too_short(signals, out)) return out;
  return detail::recognise(signals, find_phases(signals));
}

}  // namespace runmech
