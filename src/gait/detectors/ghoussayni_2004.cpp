// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/ghoussayni_2004.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<Ghoussayni2004>);

GaitEvents Ghoussayni2004::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "ghoussayni_2004");
  for (const Side side : kSides) {
    const detail::SagittalPath heel = rule.path(signals.leg[side].heel, cutoff_hz);
    const detail::SagittalPath toe = rule.path(signals.leg[side].toe, cutoff_hz);
    rule.strikes(side, [&](const FootSwing& step) {
      return rule.crossing(detail::speed_over_ground(heel, step), threshold_m_s, Crossing::falling,
                           rule.strike_window(step));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return rule.last_crossing(detail::speed_over_ground(toe, step), threshold_m_s,
                                Crossing::rising,
                                {rule.toe_off_window(step).start_s, step.rearward_s});
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
