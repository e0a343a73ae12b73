// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/schache_2001.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<Schache2001>);

GaitEvents Schache2001::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "schache_2001");
  for (const Side side : kSides) {
    const detail::SagittalPath heel = rule.path(signals.leg[side].heel, cutoff_hz);
    rule.strikes(side, [&](const FootSwing& step) {
      return rule.crossing(
          heel.vy, 0.0, Crossing::rising,
          {rule.strike_window(step).start_s, 0.5 * (step.forward_s + step.rearward_s)});
    });
  }
  return rule.events("a heel");
}

}  // namespace runmech
