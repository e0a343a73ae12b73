// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/after_smith_2015.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<AfterSmith2015>);

GaitEvents AfterSmith2015::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "after_smith_2015");
  struct Features {
    std::vector<Extremum> falls, peaks;
  };
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const auto features = [&](const Points& points) {
      const detail::SagittalPath path = rule.path(points, strike_cutoff_hz);
      return Features{rule.minima(path.vy), rule.maxima(path.ay)};
    };
    const Features heel = features(leg.heel), toe = features(leg.toe);
    const auto off = rule.maxima(rule.path(leg.toe, toe_off_cutoff_hz).ay);
    rule.strikes(side, [&](const FootSwing& step) {
      const TimeSpan window = rule.strike_window(step);
      const auto arrested = [&](const Features& m) {
        const auto fastest = detail::lowest(m.falls, window);
        const double near_s = near_strides * step.stride_s;
        return detail::highest(m.peaks, fastest ? TimeSpan{*fastest, *fastest + near_s} : window);
      };
      return detail::earlier(arrested(heel), arrested(toe));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::highest(off, rule.toe_off_window(step));
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
