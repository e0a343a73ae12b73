// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "fit_steps.hpp"
#include "runmech/fit/motion.hpp"

namespace runmech {

/// Sums over time of whitened residuals: their squares, and their products with those 10 ms before.
/// White noise is gone by then, soft tissue (30 to 105 ms) is not.
struct LagSums {
  double squares = 0.0;
  double products = 0.0;
  long n = 0;
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();  ///< of the residuals, in the segment's axes

  /// Products without those of the mean: a constant is no movement.
  [[nodiscard]] double moving() const;
};
inline constexpr double kLag_s = 0.01;

/// Of each marker on its own, less what its segment's markers are off together, in its sigmas; and
/// of that, per segment, in its own SDs (zero where no common error is stated). Both together are
/// the residuals whitened by all that is stated of them.
struct ResidualLags {
  std::vector<LagSums> markers;
  std::vector<LagSums> segments;
};

/// Of a motion, at moments spread over its trial; outliers are left out.
[[nodiscard]] ResidualLags residual_lags(const Recording& recording, const Columns& columns,
                                         const Motion& motion);

/// Per segment, what lasts of the residuals of its markers: the part of their squares in stated
/// variances that is still there after kLag_s and not constant, per marker and frame. Smoothing
/// does not average it.
struct Lasting {
  std::vector<double> share;  ///< n_segments, 0 where no marker was seen
  double of_all = 0.0;
};
[[nodiscard]] Lasting lasting_residuals(const ResidualLags& lags, const Skeleton& skeleton);

}  // namespace runmech
