// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/alton_1998.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<Alton1998>);

GaitEvents Alton1998::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "alton_1998");
  for (const Side side : kSides) {
    const auto heel = rule.minima(rule.path(signals.leg[side].heel, cutoff_hz).y);
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::lowest(heel, rule.strike_window(step));
    });
  }
  return rule.events("a heel");
}

}  // namespace runmech
