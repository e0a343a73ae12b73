// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/ghoussayni_2004_scaled.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<Ghoussayni2004Scaled>);

GaitEvents Ghoussayni2004Scaled::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "ghoussayni_2004_scaled");
  for (const Side side : kSides) {
    const detail::SagittalPath heel = rule.path(signals.leg[side].heel, cutoff_hz);
    const detail::SagittalPath toe = rule.path(signals.leg[side].toe, cutoff_hz);
    rule.strikes(side, [&](const FootSwing& step) {
      return rule.crossing(detail::speed_over_ground(heel, step), strike_share * step.speed_m_s,
                           Crossing::falling, rule.strike_window(step));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return rule.last_crossing(detail::speed_over_ground(toe, step),
                                toe_off_share * step.speed_m_s, Crossing::rising,
                                {rule.toe_off_window(step).start_s, step.rearward_s});
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
