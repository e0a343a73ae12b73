// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/foot_anchor.hpp"

#include <algorithm>
#include <cmath>

#include "../anchor_events.hpp"
#include "../progression.hpp"
#include "../recognition.hpp"
#include "../step_states.hpp"
#include "runmech/core/units.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech {

static_assert(Detector<FootAnchor>);

namespace {

/// Of one event type at one bandwidth, in shares of the stride time: mean error and
/// leave-one-runner-out scatter against force at 20 N, linear in the speed number running speed /
/// sqrt(g leg) - 1.2.
struct Calibration {
  double bias, bias_per_speed;
  double sd, sd_per_speed;
};
constexpr double kSpeedNumber = 1.2;  // 3.5 m/s for a leg of 0.9 m

// Measured on RBDS as it is (30 Hz), at 60 Hz with 3 mm (12 Hz), at 30 Hz with 10 mm (8 Hz).
constexpr Calibration kStrike30{0.0, 0.0, 0.0115, 0.0050};
constexpr Calibration kStrike12{0.0, 0.0, 0.0123, 0.0040};
constexpr Calibration kStrike8{0.0, 0.0, 0.0150, 0.0025};
constexpr Calibration kToeOff30{0.0032, -0.0115, 0.0095, -0.0090};
constexpr Calibration kToeOff12{0.0030, -0.0095, 0.0102, -0.0100};
constexpr Calibration kToeOff8{-0.0040, -0.0090, 0.0185, -0.0100};
// Feet of a fitted skeleton from markers (RBDS): the rigid foot hides where the toes bend.
constexpr Calibration kToeOffFitted{-0.0066, -0.0050, 0.0165, -0.0130};
// Without a point of the forefoot, a fixed share of the stride before the most rearward foot.
constexpr double kNoToe = 0.020;
// From the pelvis in rear and front views; scatter of keypoints against eyes on one clip.
constexpr Calibration kStrikeBehind{0.0, 0.0, 0.020, 0.0};
constexpr Calibration kToeOffBehind{0.0, 0.0, 0.028, 0.0};

constexpr double kWidenStrike = 1.1, kWidenToeOff = 1.3, kWidenKeypoints = 1.5;
constexpr double kBridged = 1.5;  // of the sd, our choice
constexpr double kLaboratory_s = 0.003;

bool no_toe(const LegSignals& leg) {
  return !leg.toe.array().isFinite().any();
}

Calibration calibration(EventType type, const GaitSignals& signals, const GaitPhases& phases) {
  const bool strike = type == EventType::foot_strike;
  if (signals.view == View::rear || signals.view == View::front)
    return strike ? kStrikeBehind : kToeOffBehind;
  if (!strike && signals.feet_from_fit && !signals.keypoints) return kToeOffFitted;
  const double strides = phases.cutoff_hz * phases.stride_time_s;  // bandwidth per stride; 0 = none
  if (strides == 0.0 || strides > 15.0) return strike ? kStrike30 : kToeOff30;
  if (strides > 7.0) return strike ? kStrike12 : kToeOff12;
  return strike ? kStrike8 : kToeOff8;
}

void note_unseen_toes(const GaitSignals& signals, GaitEvents& events) {
  if (events.events.empty() || signals.view == View::rear || signals.view == View::front) return;
  std::string sides;
  for (const Side side : kSides) {
    if (no_toe(signals.leg[side]) && side != unseen_foot(signals))
      sides += (sides.empty() ? "" : " and ") + std::string(to_string(side));
  }
  if (sides.empty()) return;
  events.notes.push_back({"unseen_toe",
                          "no point of the " + sides +
                              " forefoot was recorded: toe-off is a fixed share of the stride "
                              "before the most rearward foot, good to 14 ms at best",
                          true});
}

/// Speed number of a step less the middle one, kept where runners were measured.
double speed_number(const FootSwing& step, const GaitPhases& phases) {
  const double number = step.speed_m_s / std::sqrt(kGravity * phases.leg_length_m);
  return std::isfinite(number) ? std::clamp(number - kSpeedNumber, -0.5, 0.6) : 0.0;
}

}  // namespace

GaitEvents detail::anchor_events(const GaitSignals& signals, const GaitPhases& phases) {
  GaitEvents out;
  out.detector = "foot_anchor";
  GaitRecognition told = detail::recognise(signals, phases);
  out.kind = told.kind;
  out.reason = std::move(told.reason);
  out.spans = std::move(told.spans);
  out.notes = std::move(told.notes);
  if (out.kind == GaitKind::too_short || out.kind == GaitKind::no_steps) return out;
  out.threshold_n = 20.0;
  const auto inside = [&](double t) {
    return std::any_of(phases.spans.begin(), phases.spans.end(),
                       [t](const TimeSpan& s) { return t >= s.start_s && t <= s.end_s; });
  };
  for (const FootSwing& step : phases.steps) {
    if (!detail::told(step, out.kind)) continue;
    const auto add = [&](EventType type, double anchor_s) {
      if (std::isnan(anchor_s) || !inside(anchor_s)) return;
      const Calibration c = calibration(type, signals, phases);
      const double speed = speed_number(step, phases);
      const double widen = (type == EventType::foot_strike ? kWidenStrike : kWidenToeOff) *
                           (signals.keypoints ? kWidenKeypoints : 1.0) *
                           (step.bridged ? kBridged : 1.0);
      GaitEvent event{step.side, type, anchor_s, 0.0, step.bridged ? "bridged" : ""};
      event.time_s -= (c.bias + c.bias_per_speed * speed) * step.stride_s;
      double sd = c.sd + c.sd_per_speed * speed;
      if (type == EventType::toe_off && no_toe(signals.leg[step.side])) sd = std::max(sd, kNoToe);
      event.sd_s = std::hypot(widen * sd * step.stride_s, kLaboratory_s);
      event.state = detail::state_in(step, out.kind);
      out.events.push_back(std::move(event));
    };
    add(EventType::foot_strike, step.strike_s);
    add(EventType::toe_off, step.toe_off_s);
  }
  note_unseen_toes(signals, out);
  return out;
}

GaitEvents FootAnchor::detect(const GaitSignals& given) const {
  const GaitSignals signals = detail::along_progression(given);
  return detail::anchor_events(signals, find_phases(signals));
}

}  // namespace runmech
