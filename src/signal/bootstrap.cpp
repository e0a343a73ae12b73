// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/bootstrap.hpp"

#include <map>
#include <random>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

void check(std::size_t n, const BootstrapOptions& options) {
  if (n == 0) throw InvalidArgument("bootstrap: nothing to resample");
  if (options.resamples < 20) {
    throw InvalidArgument("bootstrap: resamples is " + std::to_string(options.resamples) +
                          "; allowed: at least 20");
  }
  if (!(options.coverage > 0.0 && options.coverage < 1.0)) {
    throw InvalidArgument("bootstrap: coverage is " + printed(options.coverage) +
                          "; allowed: between 0 and 1");
  }
}

Interval resampled(const std::vector<std::vector<std::size_t>>& groups, const Statistic& statistic,
                   const BootstrapOptions& options) {
  // Bounded draws by our own scaling: std::uniform_int_distribution differs between libraries.
  std::mt19937_64 random(options.seed);
  const auto draw = [&] {
    const double unit = static_cast<double>(random() >> 11) * 0x1.0p-53;
    return static_cast<std::size_t>(unit * static_cast<double>(groups.size()));
  };
  std::vector<double> values(static_cast<std::size_t>(options.resamples));
  std::vector<std::size_t> chosen;
  for (double& value : values) {
    chosen.clear();
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto& group = groups[draw()];
      chosen.insert(chosen.end(), group.begin(), group.end());
    }
    value = statistic(chosen);
  }
  const double tail = 0.5 * (1.0 - options.coverage);
  return {quantile(values, tail), quantile(values, 1.0 - tail), standard_deviation(values)};
}

}  // namespace

Interval bootstrap(std::size_t n, const Statistic& statistic, const BootstrapOptions& options) {
  check(n, options);
  std::vector<std::vector<std::size_t>> groups(n);
  for (std::size_t i = 0; i < n; ++i) groups[i] = {i};
  return resampled(groups, statistic, options);
}

Interval cluster_bootstrap(std::span<const int> cluster, const Statistic& statistic,
                           const BootstrapOptions& options) {
  check(cluster.size(), options);
  std::map<int, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < cluster.size(); ++i) members[cluster[i]].push_back(i);
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [name, items] : members) groups.push_back(std::move(items));
  return resampled(groups, statistic, options);
}

}  // namespace runmech
