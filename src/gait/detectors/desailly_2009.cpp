// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/desailly_2009.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<Desailly2009>);

GaitEvents Desailly2009::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "desailly_2009");
  if (!rule.ready()) return rule.events("heel and toe");
  const double stride_s = rule.phases().stride_time_s;
  const auto turning = [&](const Points& points, double strides) {
    const Eigen::VectorXd x = rule.path(points, cutoff_hz).x;
    return x.size() > 0 ? Eigen::VectorXd(x - rule.smooth_on_clock(x, strides / stride_s)) : x;
  };
  for (const Side side : kSides) {
    const auto heel = rule.maxima(turning(signals.leg[side].heel, strike_strides));
    const auto toe = rule.minima(turning(signals.leg[side].toe, toe_off_strides));
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::highest(heel, detail::around(step.forward_s, 0.15 * stride_s));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::lowest(toe, detail::around(step.rearward_s, 0.20 * stride_s));
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
