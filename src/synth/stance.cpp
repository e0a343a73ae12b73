// SPDX-License-Identifier: BSD-3-Clause
// The pose in contact: the leg that joins the pelvis under its centre of mass to the resting foot.
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "runmech/core/units.hpp"
#include "runner.hpp"

namespace runmech::synth {
namespace {

constexpr int kMostIterations = 60;
constexpr double kClose = 1e-10;  // m and rad
constexpr double kLongestStep_rad = 0.3;
constexpr double kBentKnee = 10.0 * kDegree;
constexpr double kStraightKnee = 0.5 * kDegree;
constexpr double kStep_s = 1e-3;  // for slopes at the ends of a contact

}  // namespace

void Runner::set_translation(double t_s, Eigen::VectorXd& q, SkeletonState<double>& state) const {
  forward_kinematics(skeleton_, q.data(), state);
  Eigen::Vector3d target = centre_.position(t_s);
  target.y() += controls_.height_m;
  const Eigen::Vector3d shift = target - centre_of_mass(skeleton_, state);
  q.segment<3>(tx_) += shift;
  for (auto& origin : state.origin) origin += shift;
  for (auto& anchor : state.anchor) anchor += shift;
}

bool Runner::solve_stance(std::size_t k, double t_s, Eigen::VectorXd& q,
                          SkeletonState<double>& state) const {
  const LegIndices& leg = leg_[contacts_[k].side];
  const FootPlan plan = foot_plan(k, t_s);
  q[leg.mtp] = plan.toes;
  double& knee = q[leg.coordinate[kKnee]];
  knee = std::max(knee, kBentKnee);
  using Matrix6 = Eigen::Matrix<double, kLegSize, kLegSize>;
  for (int iteration = 0; iteration < kMostIterations; ++iteration) {
    set_translation(t_s, q, state);
    const Eigen::Vector3d& foot = state.origin[leg.calcn];
    const Eigen::AngleAxisd turn(
        Eigen::Matrix3d(plan.rotation * state.rotation[leg.calcn].transpose()));
    LegVector error;
    error << plan.origin - foot, turn.angle() * turn.axis();
    if (error.cwiseAbs().maxCoeff() < kClose) return true;
    Matrix6 jacobian;
    for (int i = 0; i < kLegSize; ++i) {
      const int j = leg.coordinate[i];
      jacobian.col(i) << state.axis[j].cross(foot - state.anchor[j]), state.axis[j];
    }
    LegVector step = jacobian.partialPivLu().solve(error);
    if (!step.allFinite()) return false;
    const double longest = step.cwiseAbs().maxCoeff();
    if (longest > kLongestStep_rad) step *= kLongestStep_rad / longest;
    for (int i = 0; i < kLegSize; ++i) q[leg.coordinate[i]] += step[i];
    knee = std::max(knee, kStraightKnee);  // the other solution bends it backwards
  }
  return false;
}

void Runner::place_foot(std::size_t k) {
  constexpr int kMostTries = 12, kMostRises = 48;
  constexpr double kBack_m = 0.004, kProbe_m = 1e-4, kCloseKnee_rad = 1e-4, kLongest_m = 0.01;
  constexpr double kLeastKnee_rad = 6.0 * kDegree, kHeelStep_rad = 0.25 * kDegree;
  const Contact& contact = contacts_[k];
  const int knee = leg_[contact.side].coordinate[kKnee];
  SkeletonState<double> state;
  const auto knee_at = [&](double t_s) {
    Eigen::VectorXd q = free_pose(t_s);
    return solve_stance(k, t_s, q, state) ? q[knee] : std::nan("");
  };
  double& x = heel_place_[k].x();
  for (int i = 0; i < kMostTries; ++i) {
    const double now = knee_at(contact.on_s);
    if (std::isnan(now)) {
      x -= kBack_m;
      continue;
    }
    const double miss = knee_at_strike_[k] - now;
    if (std::abs(miss) < kCloseKnee_rad) break;
    x -= kProbe_m;
    const double slope = (now - knee_at(contact.on_s)) / kProbe_m;
    x += kProbe_m;
    x += std::clamp(miss / slope, -kLongest_m, kLongest_m);
  }
  // The leg is straightest somewhere in the push-off.
  const auto bent = [&] {
    for (const double share : {1.0, 0.95, 0.9, 0.85, 0.8, 0.7}) {
      const double t_s = contact.on_s + share * (contact.off_s - contact.on_s);
      if (!(knee_at(t_s) >= kLeastKnee_rad)) return false;
    }
    return true;
  };
  for (int i = 0; i < kMostRises && !bent(); ++i) heel_rise_[k] += kHeelStep_rad;
}

bool Runner::update_offsets() {
  bool reached = true;
  std::vector<Offset> strikes = at_strike_;
  std::vector<Offset> toe_offs = at_toe_off_;
  SkeletonState<double> state;
  for (std::size_t k = 0; k < contacts_.size(); ++k) {
    const Contact& contact = contacts_[k];
    const LegIndices& leg = leg_[contact.side];
    const auto at = [&](double t_s) {
      Eigen::VectorXd q = free_pose(t_s);
      const bool joined = solve_stance(k, t_s, q, state);
      // The contacts at either end are there to lead in and out only.
      if (k >= 2 && k + 2 < contacts_.size()) reached = reached && joined;
      Eigen::Matrix<double, kLegSize + 1, 1> out;
      const LegVector curve = leg_curve(contact.side, t_s);
      for (int i = 0; i < kLegSize; ++i) out[i] = q[leg.coordinate[i]] - curve[i];
      out[kLegSize] = q[leg.mtp];
      return out;
    };
    const auto end = [&](double t_s, double step_s) {
      const auto x0 = at(t_s);
      const auto slope =
          ((-3.0 * x0 + 4.0 * at(t_s + step_s) - at(t_s + 2.0 * step_s)) / (2.0 * step_s)).eval();
      return Offset{x0.head<kLegSize>(), slope.head<kLegSize>(), x0[kLegSize], slope[kLegSize]};
    };
    strikes[k] = end(contact.on_s, kStep_s);
    toe_offs[k] = end(contact.off_s, -kStep_s);
  }
  at_strike_ = std::move(strikes);
  at_toe_off_ = std::move(toe_offs);
  return reached;
}

Eigen::VectorXd Runner::pose(double t_s, SkeletonState<double>& state) const {
  Eigen::VectorXd q = free_pose(t_s);
  const std::size_t k = centre_.contact_before(t_s);
  if (t_s >= contacts_[k].on_s && t_s <= contacts_[k].off_s) {
    if (!solve_stance(k, t_s, q, state)) q.setConstant(std::nan(""));
  } else {
    set_translation(t_s, q, state);
  }
  return q;
}

}  // namespace runmech::synth
