// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/period.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"

namespace runmech {

double autocorrelation(const Eigen::Ref<const Eigen::VectorXd>& x, Eigen::Index lag) {
  // Pearson's correlation of the pairs: unlike the plain sum it is not shrunk by the lag or by
  // gaps.
  double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  double shift = std::numeric_limits<double>::quiet_NaN();
  for (Eigen::Index i = 0; i + lag < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(x[i + lag])) continue;
    if (std::isnan(shift)) shift = x[i];
    const double u = x[i] - shift;
    const double v = x[i + lag] - shift;
    n += 1, a += u, b += v, aa += u * u, bb += v * v, ab += u * v;
  }
  if (n < 3) return std::numeric_limits<double>::quiet_NaN();
  const double var_a = aa - a * a / n;
  const double var_b = bb - b * b / n;
  if (!(var_a > 0.0 && var_b > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  return (ab - a * b / n) / std::sqrt(var_a * var_b);
}

std::optional<Period> find_period(const Eigen::Ref<const Eigen::VectorXd>& x, double rate_hz,
                                  double shortest_s, double longest_s) {
  if (!(rate_hz > 0.0)) throw InvalidArgument("find_period: rate_hz must be positive");
  if (!(shortest_s > 0.0 && longest_s > shortest_s)) {
    throw InvalidArgument("find_period: lags from " + printed(shortest_s) + " to " +
                          printed(longest_s) + " s; allowed: 0 < shortest < longest");
  }
  const auto first = std::max<Eigen::Index>(1, static_cast<Eigen::Index>(shortest_s * rate_hz));
  // A third of the record must overlap itself, or chance agreement decides.
  const auto last =
      std::min(static_cast<Eigen::Index>(std::ceil(longest_s * rate_hz)) + 1, x.size() * 2 / 3);
  if (last - first < 2) return std::nullopt;
  std::vector<double> r(static_cast<std::size_t>(last - first + 1));
  for (Eigen::Index lag = first; lag <= last; ++lag) {
    r[static_cast<std::size_t>(lag - first)] = autocorrelation(x, lag);
  }
  double highest = 0.0;
  const auto is_peak = [&](std::size_t i) {
    return r[i] > 0.0 && r[i] >= r[i - 1] && r[i] > r[i + 1];
  };
  for (std::size_t i = 1; i + 1 < r.size(); ++i) {
    if (is_peak(i)) highest = std::max(highest, r[i]);
  }
  for (std::size_t i = 1; i + 1 < r.size(); ++i) {
    if (!is_peak(i) || r[i] < 0.85 * highest) continue;
    const double curvature = r[i - 1] - 2.0 * r[i] + r[i + 1];
    const double shift = curvature < 0.0 ? 0.5 * (r[i - 1] - r[i + 1]) / curvature : 0.0;
    const double lag = static_cast<double>(first) + static_cast<double>(i) + shift;
    return Period{lag / rate_hz, r[i]};
  }
  return std::nullopt;
}

}  // namespace runmech
