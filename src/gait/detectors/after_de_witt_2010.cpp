// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_de_witt_2010.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<AfterDeWitt2010>);

GaitEvents AfterDeWitt2010::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_de_witt_2010");
  for (const Side side : kSides) {
    const detail::SagittalPath toe = rule.path(signals.leg[side].toe, cutoff_hz);
    const auto peaks = rule.maxima(toe.ay);
    const auto low = rule.minima(toe.y);
    rule.toe_offs(side, [&](const FootSwing& step) {
      const TimeSpan window = rule.toe_off_window(step);
      const auto from = detail::lowest(low, {window.start_s, step.rearward_s});
      return detail::highest(peaks, {from.value_or(window.start_s), window.end_s});
    });
  }
  return rule.events("a toe");
}

}  // namespace runmech
