// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/oconnor_2007.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<OConnor2007>);

GaitEvents OConnor2007::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "oconnor_2007");
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    if (leg.heel.rows() == 0 || leg.toe.rows() == 0) continue;
    const Points middle = detail::between(leg.heel, leg.toe);
    const Eigen::VectorXd heel = rule.path(leg.heel, strike_cutoff_hz).y;
    const auto down =
        detail::where_low(rule.minima(rule.path(middle, strike_cutoff_hz).vy), heel, heel_share);
    const auto up = rule.maxima(rule.path(middle, toe_off_cutoff_hz).vy);
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::lowest(down, {rule.swing_to_swing(step).start_s, step.rearward_s});
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(up, {step.forward_s, rule.swing_to_swing(step).end_s});
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
