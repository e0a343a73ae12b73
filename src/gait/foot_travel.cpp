// SPDX-License-Identifier: BSD-3-Clause
#include "foot_travel.hpp"

#include <span>
#include <vector>

#include "phase_channels.hpp"
#include "runmech/signal/robust.hpp"
#include "signal_parts.hpp"

namespace runmech {

bool detail::feet_swing(const GaitSignals& signals) {
  constexpr double kPassing = 0.5;  // of thigh and shank, our choice; runners 1.3 and more
  if (signals.view == View::rear || signals.view == View::front) return false;
  const Eigen::VectorXd beat = detail::beat_of(signals);
  if (beat.size() == 0 || unseen_foot(signals)) return false;
  const std::span<const double> x(beat.data(), static_cast<std::size_t>(beat.size()));
  return quantile(x, 0.95) - quantile(x, 0.05) > kPassing * detail::thigh_and_shank_m(signals);
}

std::string detail::wrong_way(const GaitSignals& signals, const GaitPhases& phases) {
  if (phases.backward_s > 0.0 || signals.view == View::rear || signals.view == View::front) {
    return {};
  }
  std::vector<double> feet, knees;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    for (Eigen::Index i = 0; i < signals.n_frames(); ++i) {
      if (leg.toe.rows() > i && leg.heel.rows() > i) feet.push_back(leg.toe(i, 0) - leg.heel(i, 0));
      if (leg.hip.rows() > i && leg.knee.rows() > i && leg.ankle.rows() > i) {
        knees.push_back(leg.knee(i, 0) - 0.5 * (leg.hip(i, 0) + leg.ankle(i, 0)));
      }
    }
  }
  if (median(feet) < 0.0 && !(median(knees) > 0.0)) {
    return "the feet point backward: the direction of progression is the wrong way round";
  }
  return {};
}

bool detail::runs_backward(const GaitPhases& phases) {
  std::vector<double> speed;
  for (const FootSwing& s : phases.steps) speed.push_back(s.speed_m_s);
  return phases.backward_s == 0.0 && median(speed) < 0.0;
}

}  // namespace runmech
