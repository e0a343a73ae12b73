// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "fit_steps.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {

/// How one pose answers to its markers, to first order.
struct PoseAnswer {
  double time_s = 0.0;
  const SkeletonState<double>& state;
  const Eigen::MatrixXd& covariance;  ///< n x n over the free coordinates, sigmas taken as true
  const Eigen::MatrixXd& answer;      ///< n x 3 n_markers: rad or m per metre of a marker's error
  /// Per marker, of its squared residual in stated variances what is expected: 3, less what the
  /// pose follows; 0 where it was not seen.
  const Eigen::VectorXd& left;
};

/// Poses of a motion over its trial, the free coordinates being those that are not locked. Keeps
/// what it needs of the recording: which markers were seen.
class PoseErrors {
 public:
  PoseErrors(const Recording& recording, const Columns& columns, const Motion& motion);

  [[nodiscard]] const std::vector<int>& coordinates() const { return coordinate_; }
  /// One pose every so many seconds, not fewer than kFewest where there are as many frames. Frames
  /// in which nothing is known are left out.
  void visit(double every_s, const std::function<void(const PoseAnswer&)>& visitor) const;

 private:
  static constexpr Eigen::Index kFewest = 24;

  Motion motion_;  // its splines and skeleton; frame tables left out
  std::vector<int> coordinate_;
  Eigen::Matrix<bool, Eigen::Dynamic, Eigen::Dynamic> seen_;  // n_markers x n_frames
};

}  // namespace runmech
