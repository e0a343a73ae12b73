// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <vector>

#include "runmech/data/recording.hpp"

namespace runmech {

/// What chance does to a fit: the covariance of its control values, and what smoothing may have
/// taken away. Shrinks with more frames and more strides. Of a trajectory: from the Hessian at the
/// optimum, lengths included. Of frames: from each frame's normal equations and the scatter of the
/// frames about the smooth curve.
struct MotionPosterior {
  std::vector<double> knots;
  int degree = 3;
  std::vector<int> column;  ///< per coordinate: its place below, -1 where it is no spline
  /// n_control x (degree + 1) n: covariance of control value (k, j) with (k + r, j) in column r n +
  /// j.
  FrameMatrix variance;

  /// Random standard deviation of a coordinate (derivative 0) or its velocity (1) at time t; NaN
  /// where it is no spline. Throws InvalidArgument for an unknown coordinate or derivative.
  [[nodiscard]] double sd(int coordinate, double t_s, int derivative = 0) const;

  /// `n` deviations of the control values (n_control x n) from the result, drawn from the random
  /// part. The same seed gives the same numbers.
  std::function<std::vector<FrameMatrix>(int n, std::uint64_t seed)> sample;
};

}  // namespace runmech
