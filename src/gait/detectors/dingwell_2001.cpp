// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/dingwell_2001.hpp"

#include "rule.hpp"
#include "runmech/gait/leg_angles.hpp"

namespace runmech {

static_assert(Detector<Dingwell2001>);

GaitEvents Dingwell2001::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "dingwell_2001");
  for (const Side side : kSides) {
    const Eigen::VectorXd flexion = leg_angles(signals, side).knee_flexion;
    const auto swing = rule.minima(rule.smooth(flexion, strike_cutoff_hz));
    const auto stance = rule.minima(rule.smooth(flexion, toe_off_cutoff_hz));
    const double stride_s = rule.phases().stride_time_s;
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::lowest(swing, detail::around(step.forward_s, 0.12 * stride_s));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::lowest(
          stance, {0.5 * (step.forward_s + step.rearward_s), step.rearward_s + 0.03 * stride_s});
    });
  }
  return rule.events("hip, knee and ankle");
}

}  // namespace runmech
