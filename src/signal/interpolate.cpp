// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/interpolate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "hermite.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Index i with time_s[i] <= t < time_s[i + 1] (the last interval includes its end); -1 outside.
Eigen::Index interval(std::span<const double> time_s, double t) {
  if (time_s.empty() || !(t >= time_s.front() && t <= time_s.back())) return -1;
  const auto above = std::upper_bound(time_s.begin(), time_s.end(), t);
  return std::min(static_cast<Eigen::Index>(above - time_s.begin()) - 1,
                  static_cast<Eigen::Index>(time_s.size()) - 2);
}

}  // namespace

double value_at(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const double> time_s,
                double t_s) {
  if (time_s.size() == 1 && t_s == time_s[0]) return x[0];
  const Eigen::Index i = interval(time_s, t_s);
  if (i < 0) return kNaN;
  const double share = (t_s - time_s[i]) / (time_s[i + 1] - time_s[i]);
  if (share == 0.0) return x[i];  // on a sample its neighbour may be missing
  if (share == 1.0) return x[i + 1];
  return x[i] + share * (x[i + 1] - x[i]);
}

Eigen::VectorXd resample(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const double> time_s,
                         std::span<const double> at_s) {
  if (x.size() != static_cast<Eigen::Index>(time_s.size())) {
    throw InvalidArgument("resample: " + std::to_string(x.size()) + " samples but " +
                          std::to_string(time_s.size()) + " times");
  }
  Eigen::VectorXd out(static_cast<Eigen::Index>(at_s.size()));
  const auto secant = [&](Eigen::Index i) {
    if (i < 0 || i + 1 >= x.size()) return kNaN;
    return (x[i + 1] - x[i]) / (time_s[i + 1] - time_s[i]);
  };
  const auto step = [&](Eigen::Index i) {
    return i < 0 || i + 1 >= x.size() ? 0.0 : time_s[i + 1] - time_s[i];
  };
  for (std::size_t k = 0; k < at_s.size(); ++k) {
    const Eigen::Index i = interval(time_s, at_s[k]);
    double& value = out[static_cast<Eigen::Index>(k)];
    if (i < 0) {
      value = kNaN;
    } else if (!std::isfinite(secant(i))) {
      value = value_at(x, time_s, at_s[k]);  // exactly on a sample beside a gap, else NaN
    } else {
      const double here = secant(i);
      const detail::HermitePiece piece{
          time_s[i],
          x[i],
          time_s[i + 1],
          x[i + 1],
          detail::monotone_slope(secant(i - 1), step(i - 1), here, step(i)),
          detail::monotone_slope(here, step(i), secant(i + 1), step(i + 1))};
      value = piece(at_s[k]);
    }
  }
  return out;
}

Clock clock_of(std::span<const double> time_s) {
  Clock out;
  if (time_s.size() < 2) return out;
  std::vector<double> steps(time_s.size() - 1);
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i] = time_s[i + 1] - time_s[i];
  const double typical = median(steps);
  out.rate_hz = 1.0 / typical;
  for (const double s : steps) {
    out.unevenness = std::max(out.unevenness, std::abs(s - typical) / typical);
  }
  return out;
}

std::vector<double> even_times(std::span<const double> time_s, double rate_hz) {
  if (!(rate_hz > 0.0)) throw InvalidArgument("even_times: rate_hz must be positive");
  std::vector<double> out;
  if (time_s.empty()) return out;
  const double span = time_s.back() - time_s.front();
  const auto n = static_cast<std::size_t>(std::floor(span * rate_hz + 1e-6)) + 1;
  out.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = std::min(time_s.front() + static_cast<double>(i) / rate_hz, time_s.back());
  }
  return out;
}

}  // namespace runmech
