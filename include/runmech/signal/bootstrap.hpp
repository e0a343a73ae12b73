// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace runmech {

struct BootstrapOptions {
  int resamples = 2000;
  double coverage = 0.95;  ///< of the percentile interval
  std::uint64_t seed = 1;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("resamples", self.resamples, "number of resamples, at least 20");
    f("coverage", self.coverage, "share of resamples inside the interval, between 0 and 1");
    f("seed", self.seed, "of the random numbers: the same seed gives the same interval");
  }
};

struct Interval {
  double lower = 0.0;
  double upper = 0.0;
  double sd = 0.0;  ///< of the statistic over the resamples
};

/// A number computed from the chosen items (indices, with repetitions); NaN results are left out.
using Statistic = std::function<double(std::span<const std::size_t>)>;

/// Percentile interval of `statistic` over resamples of n items drawn with replacement (Efron
/// 1979). Throws InvalidArgument for n == 0 or options out of range.
[[nodiscard]] Interval bootstrap(std::size_t n, const Statistic& statistic,
                                 const BootstrapOptions& options = {});

/// The same drawing whole clusters with replacement: `cluster[i]` is the cluster (runner, trial) of
/// item i. To be used wherever items of one runner resemble each other.
[[nodiscard]] Interval cluster_bootstrap(std::span<const int> cluster, const Statistic& statistic,
                                         const BootstrapOptions& options = {});

}  // namespace runmech
