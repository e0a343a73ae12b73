// SPDX-License-Identifier: BSD-3-Clause
// What white noise in the markers of one frame does: the pulls that it makes, and how far it moves
// the markers: noise of the covariance that the fit takes it to have, so that the pulls have that
// of the Hessian.
#include <cmath>

#include "frame_terms.hpp"

namespace runmech {
namespace {

constexpr double kHeld = 1e12;    // information that leaves a length where it is
constexpr double kHardly = 1e-9;  // damping, against what rounding takes from a pivot

}  // namespace

void FrameTerms::linearise_noise(const double* number) {
  for (std::size_t k = 0; k < newton_.size(); ++k) {
    auto force = force_.col(static_cast<Eigen::Index>(k));
    force = std::sqrt(newton_[k]) * Eigen::Map<const Eigen::Vector3d>(number + 3 * k);
    if (unseen_ >= 0) force[unseen_] = 0.0;
  }
  const double* shared = number + 3 * newton_.size();
  const std::vector<double> none(newton_.size(), 0.0);
  for (const auto& group : common_.groups()) {
    Eigen::Vector3d together = std::sqrt(equations_.common_variance(group.segment, none.data())) *
                               Eigen::Map<const Eigen::Vector3d>(shared);
    shared += 3;
    if (unseen_ >= 0) together[unseen_] = 0.0;
    for (const int k : group.markers) force_.col(k) += newton_[k] * together;
    const double variance = equations_.common_variance(group.segment, newton_.data());
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    for (const int k : group.markers) sum += force_.col(k);
    for (const int k : group.markers) force_.col(k) -= variance * newton_[k] * sum;
  }
  equations_.accumulate_forces(state_, force_.data());
  share_pull(force_);
}

void FrameTerms::noise_units(const double* step, const double* shared_step, Eigen::Matrix3Xd& out) {
  out.setZero(3, static_cast<Eigen::Index>(markers_.size()));
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    if (newton_[k] == 0.0) continue;
    const Eigen::Vector3d at = point_position(state_, markers_[k]);
    auto moved = out.col(static_cast<Eigen::Index>(k));
    for (const int i : above_[markers_[k].segment]) {
      const double by = spline_of_[i] >= 0 ? step[spline_of_[i]]
                                           : length_of_[i].by * shared_step[length_of_[i].length];
      moved += by * point_rate(problem_.skeleton, state_, equations_.free_coordinates()[i], at);
    }
  }
  for (const FreeMarker& free : free_markers_) {
    if (newton_[free.marker] == 0.0) continue;
    for (const auto& way : free.ways) {
      out.col(free.marker) += shared_step[way.shared] *
                              (state_.rotation[markers_[free.marker].segment] * way.direction);
    }
  }
  for (const auto& group : common_.groups()) {
    const double variance = equations_.common_variance(group.segment, newton_.data());
    Eigen::Vector3d sum = Eigen::Vector3d::Zero();
    for (const int k : group.markers) sum += newton_[k] * out.col(k);
    for (const int k : group.markers) {
      if (newton_[k] > 0.0) out.col(k) -= variance * sum;
    }
  }
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    out.col(static_cast<Eigen::Index>(k)) *= std::sqrt(newton_[k]);
  }
  if (unseen_ >= 0) out.row(unseen_).setZero();
}

bool FrameTerms::noise_units_alone(const double* number, Eigen::Matrix3Xd& out) {
  equations_.accumulate(state_, newton_.data(), newton_.data());
  for (int i = 0; i < equations_.size(); ++i) {
    if (spline_of_[i] < 0) equations_.add_prior(i, kHeld, 0.0);
  }
  if (!equations_.factor(kHardly)) return false;
  linearise_noise(number);
  equations_.solve(alone_);
  Eigen::VectorXd step(problem_.n());
  for (int i = 0; i < equations_.size(); ++i) {
    if (spline_of_[i] >= 0) step[spline_of_[i]] = alone_[i];
  }
  const Eigen::VectorXd none = Eigen::VectorXd::Zero(problem_.n_shared());
  noise_units(step.data(), none.data(), out);
  return true;
}

}  // namespace runmech
