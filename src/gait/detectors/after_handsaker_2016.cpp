// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_handsaker_2016.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<AfterHandsaker2016>);

GaitEvents AfterHandsaker2016::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_handsaker_2016");
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const Points& forefoot = leg.mt1.rows() > 0 ? leg.mt1 : leg.toe;
    const auto heel = rule.maxima(rule.path(leg.heel, strike_cutoff_hz).ay);
    const auto mt1 = rule.maxima(rule.path(forefoot, strike_cutoff_hz).ay);
    const auto jerk = rule.maxima(rule.slope(rule.path(leg.toe, toe_off_cutoff_hz).ay));
    rule.strikes(side, [&](const FootSwing& step) {
      const TimeSpan window = rule.strike_window(step);
      return detail::earlier(detail::highest(heel, window), detail::highest(mt1, window));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::nearest(jerk, step.toe_off_s,
                             {rule.toe_off_window(step).start_s, step.rearward_s});
    });
  }
  return rule.events("heel and forefoot");
}

}  // namespace runmech
