// SPDX-License-Identifier: BSD-3-Clause
#include "pose_errors.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "runmech/core/units.hpp"
#include "runmech/fit/common_errors.hpp"

namespace runmech {
namespace {

// What holds coordinates that the markers do not (as in a single frame's fit).
constexpr double kHold_rad = 170.0 * kDegree;
constexpr double kHold_m = 1.0;

/// Weights of markers whose segment has a common error: with it eliminated, they are no longer each
/// for itself. `weighted`: weight * jacobian, 3 n_markers rows.
void take_common(const Skeleton& skeleton, const Eigen::VectorXd& weight,
                 Eigen::MatrixXd& weighted) {
  const CommonErrors common(skeleton);
  for (const CommonErrors::Group& group : common.groups()) {
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      double mass = group.information;
      Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(weighted.cols());
      for (const int k : group.markers) {
        mass += weight[3 * k + axis];
        sum += weighted.row(3 * k + axis);
      }
      for (const int k : group.markers) {
        weighted.row(3 * k + axis) -= weight[3 * k + axis] / mass * sum;
      }
    }
  }
}

}  // namespace

PoseErrors::PoseErrors(const Recording& recording, const Columns& columns, const Motion& motion)
    : motion_(motion) {
  motion_.frame_coordinates.resize(0, 0);
  motion_.quality.clear();
  motion_.posterior = nullptr;
  motion_.report = nullptr;
  for (int j = 0; j < motion.skeleton.n_coordinates(); ++j) {
    if (motion.coordinate_status[j] != CoordinateStatus::locked) coordinate_.push_back(j);
  }
  seen_.setConstant(static_cast<Eigen::Index>(columns.size()), recording.n_frames(), false);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (!columns[k]) continue;
    for (Eigen::Index i = 0; i < recording.n_frames(); ++i) {
      const auto p = recording.positions_m.row(i).segment<3>(3 * *columns[k]);
      seen_(static_cast<Eigen::Index>(k), i) = p.allFinite() && !(p.array() == 0.0).all();
    }
  }
}

void PoseErrors::visit(double every_s,
                       const std::function<void(const PoseAnswer&)>& visitor) const {
  const Skeleton& skeleton = motion_.skeleton;
  const auto n = static_cast<Eigen::Index>(coordinate_.size());
  const Eigen::Index n_markers = seen_.rows();
  const Eigen::Index n_frames = seen_.cols();
  const int unseen = motion_.view == View::spatial ? -1 : motion_.view == View::side ? 2 : 0;
  const auto wanted =
      std::max(kFewest, static_cast<Eigen::Index>((motion_.end_s() - motion_.start_s()) / every_s));
  const Eigen::Index step = std::max<Eigen::Index>(1, n_frames / wanted);
  const Eigen::VectorXd neutral = skeleton.neutral_pose();
  SkeletonState<double> state;
  Eigen::Matrix3Xd rates;
  Eigen::MatrixXd jacobian(3 * n_markers, n);
  Eigen::VectorXd weight(3 * n_markers);
  Eigen::VectorXd left(n_markers);
  for (Eigen::Index i = step / 2; i < n_frames; i += step) {
    Eigen::VectorXd pose = motion_.coordinates(motion_.time_s[i]);
    if (pose.array().isNaN().all()) continue;
    for (Eigen::Index j = 0; j < pose.size(); ++j) {
      if (std::isnan(pose[j])) pose[j] = neutral[j];
    }
    forward_kinematics(skeleton, pose.data(), state);
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      const Marker& marker = skeleton.markers[k];
      weight.segment<3>(3 * k).setConstant(seen_(k, i) ? 1.0 / (marker.sigma_m * marker.sigma_m)
                                                       : 0.0);
      if (unseen >= 0) weight[3 * k + unseen] = 0.0;
      point_jacobian(skeleton, state, marker.at, rates);
      for (Eigen::Index a = 0; a < n; ++a) {
        jacobian.block<3, 1>(3 * k, a) = rates.col(coordinate_[a]);
      }
    }
    Eigen::MatrixXd weighted = weight.asDiagonal() * jacobian;
    take_common(skeleton, weight, weighted);
    Eigen::MatrixXd information = jacobian.transpose() * weighted;
    for (Eigen::Index a = 0; a < n; ++a) {
      const double hold = skeleton.coordinates[coordinate_[a]].rotation ? kHold_rad : kHold_m;
      information(a, a) += 1.0 / (hold * hold);
    }
    const Eigen::LLT<Eigen::MatrixXd> factor(information);
    if (factor.info() != Eigen::Success) continue;
    const Eigen::MatrixXd covariance = factor.solve(Eigen::MatrixXd::Identity(n, n));
    const Eigen::MatrixXd answer = covariance * weighted.transpose();
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      const auto moved = jacobian.middleRows<3>(3 * k) * answer.middleCols<3>(3 * k);
      left[k] =
          static_cast<double>((weight.segment<3>(3 * k).array() > 0.0).count()) - moved.trace();
    }
    visitor(PoseAnswer{motion_.time_s[i], state, covariance, answer, left});
  }
}

}  // namespace runmech
