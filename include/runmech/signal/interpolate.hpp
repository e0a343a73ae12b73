// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

namespace runmech {

/// x at time t by linear interpolation between the two samples around it; NaN outside the time
/// range and where either of them is missing.
[[nodiscard]] double value_at(const Eigen::Ref<const Eigen::VectorXd>& x,
                              std::span<const double> time_s, double t_s);

/// The series at other times, by the shape-keeping cubic of each stretch without missing samples;
/// NaN outside them.
[[nodiscard]] Eigen::VectorXd resample(const Eigen::Ref<const Eigen::VectorXd>& x,
                                       std::span<const double> time_s,
                                       std::span<const double> at_s);

/// How even a clock is.
struct Clock {
  double rate_hz = 0.0;     ///< 1 / median step; 0 with fewer than two times
  double unevenness = 0.0;  ///< largest deviation of a step from the median step, as a share of it
};
[[nodiscard]] Clock clock_of(std::span<const double> time_s);

/// Evenly spaced times from the first to the last of `time_s`, at rate_hz.
[[nodiscard]] std::vector<double> even_times(std::span<const double> time_s, double rate_hz);

}  // namespace runmech
