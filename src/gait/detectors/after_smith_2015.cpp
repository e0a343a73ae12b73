// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_smith_2015.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<AfterSmith2015>);

GaitEvents AfterSmith2015::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_smith_2015");
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const auto heel = rule.maxima(rule.path(leg.heel, strike_cutoff_hz).ay);
    const auto toe = rule.maxima(rule.path(leg.toe, strike_cutoff_hz).ay);
    const auto off = rule.maxima(rule.path(leg.toe, toe_off_cutoff_hz).ay);
    rule.strikes(side, [&](const FootSwing& step) -> std::optional<double> {
      const auto of_heel = detail::highest_of(heel, rule.strike_window(step));
      const auto of_toe = detail::highest_of(toe, rule.strike_window(step));
      if (!of_heel && !of_toe) return std::nullopt;
      const bool heel_first = of_heel && !(of_toe && of_toe->value > of_heel->value);
      return heel_first ? of_heel->time_s : of_toe->time_s;
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(off, rule.toe_off_window(step));
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
