// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_maiwald_2009.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<AfterMaiwald2009>);

GaitEvents AfterMaiwald2009::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_maiwald_2009");
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const auto low_peaks = [&](const Points& points, double cutoff_hz) {
      const detail::SagittalPath path = rule.path(points, cutoff_hz);
      return detail::where_low(rule.maxima(path.ay), path.y, low_share);
    };
    const auto heel = low_peaks(leg.heel, strike_cutoff_hz);
    const auto mt5 = low_peaks(leg.mt5.rows() > 0 ? leg.mt5 : leg.toe, strike_cutoff_hz);
    const auto toe = low_peaks(leg.toe, toe_off_cutoff_hz);
    rule.strikes(side, [&](const FootSwing& step) {
      const TimeSpan window = rule.strike_window(step);
      return detail::earlier(detail::highest(heel, window), detail::highest(mt5, window));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(toe, rule.toe_off_window(step));
    });
  }
  return rule.events("heel and forefoot");
}

}  // namespace runmech
