// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/falbriard_2018.hpp"

#include "rule.hpp"
#include "runmech/gait/leg_angles.hpp"

namespace runmech {

static_assert(Detector<Falbriard2018>);

GaitEvents Falbriard2018::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "falbriard_2018");
  for (const Side side : kSides) {
    const Eigen::VectorXd pitch = leg_angles(signals, side).foot_pitch;
    const auto first = rule.minima(rule.slope(rule.smooth(pitch, strike_cutoff_hz)));
    const auto second = rule.minima(rule.slope(rule.smooth(pitch, toe_off_cutoff_hz)));
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::lowest(
          first, {rule.strike_window(step).start_s, 0.5 * (step.forward_s + step.rearward_s)});
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return detail::lowest(
          second, {0.5 * (step.forward_s + step.rearward_s), rule.swing_to_swing(step).end_s});
    });
  }
  return rule.events("heel and toe");
}

}  // namespace runmech
