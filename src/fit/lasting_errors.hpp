// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "fit_steps.hpp"
#include "runmech/fit/motion.hpp"

namespace runmech {

/// Sums over time of one marker's residuals in its own sigmas: their squares, and their products
/// with those 10 ms before. White noise is gone by then, soft tissue (30 to 105 ms) is not.
struct MarkerLag {
  double squares = 0.0;
  double products = 0.0;
  long n = 0;
};
inline constexpr double kLag_s = 0.01;

/// Of a motion, at moments spread over its trial; outliers are left out.
[[nodiscard]] std::vector<MarkerLag> marker_lags(const Recording& recording, const Columns& columns,
                                                 const Motion& motion);

/// Standard deviation (n_coordinates, rad or m; NaN where not observed) of what residuals that last
/// do to each coordinate. The part of the residuals' variance that is still there after kLag_s, of
/// the markers on both segments of the coordinate's joint, errs as a single frame does: smoothing
/// does not average it.
[[nodiscard]] std::vector<double> lasting_errors(const std::vector<MarkerLag>& lags,
                                                 const Motion& motion);

}  // namespace runmech
