// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>

namespace runmech {

struct Period {
  double period_s = 0.0;
  double strength = 0.0;  ///< autocorrelation at that lag, 1 = repeats exactly
};

/// The repetition time of a series by its autocorrelation: the shortest lag in [shortest_s,
/// longest_s] that is a local maximum and reaches 85 % of the highest one (our choice: the true
/// period, not its double), refined by a parabola. Missing samples are left out pair by pair.
/// Nothing when no lag has a positive maximum or fewer than 1.5 periods are there. `x` is evenly
/// sampled. Throws InvalidArgument unless 0 < shortest_s < longest_s and rate_hz > 0.
[[nodiscard]] std::optional<Period> find_period(const Eigen::Ref<const Eigen::VectorXd>& x,
                                                double rate_hz, double shortest_s,
                                                double longest_s);

/// Autocorrelation at one lag [samples] over the pairs that are both there, 1 at lag 0; NaN with
/// fewer than three pairs.
[[nodiscard]] double autocorrelation(const Eigen::Ref<const Eigen::VectorXd>& x, Eigen::Index lag);

}  // namespace runmech
