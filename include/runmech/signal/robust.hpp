// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <vector>

namespace runmech {

// Order statistics; missing values are left out, and the answer to nothing is NaN.

/// Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
/// Throws InvalidArgument unless 0 <= p <= 1.
[[nodiscard]] double quantile(std::span<const double> values, double p);
[[nodiscard]] double median(std::span<const double> values);
/// Median absolute deviation from the median, unscaled.
[[nodiscard]] double median_absolute_deviation(std::span<const double> values);
/// 1.4826 x the median absolute deviation: the standard deviation where values are normal.
[[nodiscard]] double robust_sd(std::span<const double> values);

[[nodiscard]] double mean(std::span<const double> values);
/// Sample standard deviation (n - 1); NaN for fewer than two values.
[[nodiscard]] double standard_deviation(std::span<const double> values);

/// Running median of an odd number of neighbours; the window shrinks at the ends.
/// Throws InvalidArgument for an even or non-positive width.
[[nodiscard]] std::vector<double> running_median(std::span<const double> values, int width);

}  // namespace runmech
