// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/zeni_2008_velocity.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<Zeni2008Velocity>);

GaitEvents Zeni2008Velocity::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "zeni_2008_velocity");
  const bool belt = signals.surface == Surface::treadmill;
  const bool bare = signals.pelvis.rows() != signals.n_frames() || signals.pelvis.rows() == 0;
  if (!rule.ready() || (!belt && bare)) return rule.events("heel and toe, and overground a pelvis");
  const Eigen::VectorXd pelvis =
      belt ? Eigen::VectorXd() : rule.slope(rule.smooth(signals.pelvis.col(0), cutoff_hz));
  const auto velocity = [&](const Points& points) {
    detail::SagittalPath path = rule.path(points, cutoff_hz);
    return belt || !path.seen() ? path.vx : Eigen::VectorXd(path.vx - pelvis);
  };
  const double reach_s = 0.2 * rule.phases().stride_time_s;
  for (const Side side : kSides) {
    const Eigen::VectorXd heel = velocity(signals.leg[side].heel);
    const Eigen::VectorXd toe = velocity(signals.leg[side].toe);
    rule.strikes(side, [&](const FootSwing& step) {
      return rule.crossing(heel, 0.0, Crossing::falling, detail::around(step.forward_s, reach_s));
    });
    rule.toe_offs(side, [&](const FootSwing& step) {
      return rule.crossing(toe, 0.0, Crossing::rising, detail::around(step.rearward_s, reach_s));
    });
  }
  return rule.events("heel and toe, and overground a pelvis");
}

}  // namespace runmech
