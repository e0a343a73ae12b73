// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_leitch_2011.hpp"

#include <cmath>
#include <numbers>

#include "rule.hpp"
#include "runmech/gait/leg_angles.hpp"
#include "runmech/signal/interpolate.hpp"

namespace runmech {

static_assert(Detector<AfterLeitch2011>);

GaitEvents AfterLeitch2011::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_leitch_2011");
  constexpr double kDegree = std::numbers::pi / 180.0;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    if (!rule.ready() || leg.heel.rows() == 0 || leg.toe.rows() == 0) continue;
    const detail::SagittalPath heel = rule.path(leg.heel, cutoff_hz);
    const detail::SagittalPath toe = rule.path(leg.toe, slow_cutoff_hz);
    const Eigen::VectorXd pitch = rule.smooth(leg_angles(signals, side).foot_pitch, cutoff_hz);
    const double standing = signals.standing.foot_pitch_rad[side];
    const double limit = rearfoot_deg * kDegree + (std::isfinite(standing) ? standing : 0.0);
    const auto heel_peaks = detail::where_low(rule.maxima(heel.ay), heel.y, low_share);
    const auto toe_peaks = detail::where_low(rule.maxima(toe.ay), toe.y, low_share);
    const auto fall = rule.minima(rule.path(detail::between(leg.heel, leg.toe), cutoff_hz).vy);
    rule.strikes(side, [&](const FootSwing& step) {
      const double at = std::isnan(step.strike_s) ? step.forward_s : step.strike_s;
      const TimeSpan window = rule.strike_window(step);
      if (value_at(pitch, rule.time_s(), at) > limit) return detail::highest(heel_peaks, window);
      return detail::lowest(fall, window);
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(toe_peaks, rule.toe_off_window(step));
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
