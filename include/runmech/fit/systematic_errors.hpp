// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/data/recording.hpp"

namespace runmech {

/// What no number of strides takes away from a motion's error, in two parts (docs/uncertainty.md):
///
/// Shape: repeats every stride, its mean over the stride is that of the offset. Skin that moves
/// over bones, joints simpler than they are, residuals that last.
/// Offset: one constant over the trial. Landmarks placed beside where they should be; ranges,
/// changes and shapes within a trial do not know of it.
struct SystematicErrors {
  std::vector<double> time_s;  ///< n_samples, of poses over the trial
  FrameMatrix shape_sd;        ///< n_samples x n_coordinates, rad or m; NaN where not observed
  /// Mean over the trial, n_coordinates x n_coordinates, 0 where not observed.
  Eigen::MatrixXd shape_covariance;
  Eigen::MatrixXd offset_covariance;
  /// Of the shape part: how fast it changes, as SD of its velocity over its own SD.
  double rate_rad_s = 0.0;
  bool skin =
      false;  ///< markers on a person's skin: the table's errors are in; else residuals only

  /// Root mean square over the trial; NaN where not observed.
  [[nodiscard]] double shape(int coordinate) const;
  /// At one time, linear between samples.
  [[nodiscard]] double shape(int coordinate, double t_s) const;
  [[nodiscard]] double offset(int coordinate) const;
};

}  // namespace runmech
