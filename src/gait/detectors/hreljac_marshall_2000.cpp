// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/hreljac_marshall_2000.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<HreljacMarshall2000>);

GaitEvents HreljacMarshall2000::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "hreljac_marshall_2000");
  for (const Side side : kSides) {
    const auto heel = rule.maxima(rule.path(signals.leg[side].heel, strike_cutoff_hz).ay);
    const auto toe = rule.maxima(rule.path(signals.leg[side].toe, toe_off_cutoff_hz).ax);
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::highest(heel, rule.strike_window(step));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(toe, {step.rearward_s - 0.07 * rule.phases().stride_time_s,
                                   rule.swing_to_swing(step).end_s});
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
