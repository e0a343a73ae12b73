// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_smith_2015.hpp"

#include <algorithm>
#include <vector>

#include "rule.hpp"

namespace runmech {

static_assert(Detector<AfterSmith2015>);

GaitEvents AfterSmith2015::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_smith_2015");
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const detail::SagittalPath heel = rule.path(leg.heel, strike_cutoff_hz);
    const detail::SagittalPath toe = rule.path(leg.toe, strike_cutoff_hz);
    const auto heel_peaks = rule.maxima(heel.ay), toe_peaks = rule.maxima(toe.ay);
    const auto off = rule.maxima(rule.path(leg.toe, toe_off_cutoff_hz).ay);
    rule.strikes(side, [&](const FootSwing& step) {
      const TimeSpan window = rule.strike_window(step);
      const auto arrested = [&](const detail::SagittalPath& path, std::vector<Extremum> peaks) {
        const auto& t = rule.time_s();
        std::erase_if(peaks, [&](const Extremum& peak) {
          const double before_s = peak.time_s - before_strides * step.stride_s;
          const auto before = std::lower_bound(t.begin(), t.end(), before_s) - t.begin();
          return !(path.vy[before] < 0.0);
        });
        return detail::highest(peaks, window);
      };
      return detail::earlier(arrested(heel, heel_peaks), arrested(toe, toe_peaks));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(off, rule.toe_off_window(step));
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
