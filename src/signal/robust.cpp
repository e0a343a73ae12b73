// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/robust.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> finite(std::span<const double> values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const double v : values) {
    if (std::isfinite(v)) out.push_back(v);
  }
  return out;
}

}  // namespace

double quantile(std::span<const double> values, double p) {
  if (!(p >= 0.0 && p <= 1.0)) {
    throw InvalidArgument("quantile: p is " + printed(p) + "; allowed: 0 to 1");
  }
  std::vector<double> sorted = finite(values);
  if (sorted.empty()) return kNaN;
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(sorted.begin(), at, sorted.end());
  if (below + 1 == sorted.size()) return *at;
  const double next = *std::min_element(at + 1, sorted.end());
  return *at + (place - static_cast<double>(below)) * (next - *at);
}

double median(std::span<const double> values) {
  return quantile(values, 0.5);
}

double median_absolute_deviation(std::span<const double> values) {
  std::vector<double> kept = finite(values);
  const double centre = median(kept);
  for (double& v : kept) v = std::abs(v - centre);
  return median(kept);
}

double robust_sd(std::span<const double> values) {
  return 1.4826 * median_absolute_deviation(values);
}

double mean(std::span<const double> values) {
  const std::vector<double> kept = finite(values);
  if (kept.empty()) return kNaN;
  double sum = 0.0;
  for (const double v : kept) sum += v;
  return sum / static_cast<double>(kept.size());
}

double standard_deviation(std::span<const double> values) {
  const std::vector<double> kept = finite(values);
  if (kept.size() < 2) return kNaN;
  const double centre = mean(kept);
  double sum = 0.0;
  for (const double v : kept) sum += (v - centre) * (v - centre);
  return std::sqrt(sum / static_cast<double>(kept.size() - 1));
}

std::vector<double> running_median(std::span<const double> values, int width) {
  if (width < 1 || width % 2 == 0) {
    throw InvalidArgument("running_median: width is " + std::to_string(width) +
                          "; allowed: odd and positive");
  }
  const auto n = static_cast<std::ptrdiff_t>(values.size());
  const std::ptrdiff_t half = width / 2;
  std::vector<double> out(values.size());
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const std::ptrdiff_t reach = std::min({half, i, n - 1 - i});
    out[static_cast<std::size_t>(i)] = median(values.subspan(
        static_cast<std::size_t>(i - reach), static_cast<std::size_t>(2 * reach + 1)));
  }
  return out;
}

}  // namespace runmech
