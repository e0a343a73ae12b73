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
    const detail::SagittalPath heel = rule.path(leg.heel, cutoff_hz);
    const detail::SagittalPath middle = rule.path(detail::between(leg.heel, leg.toe), cutoff_hz);
    const auto down = detail::where_low(rule.minima(middle.vy), heel.y, heel_share);
    const auto up = rule.maxima(middle.vy);
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
