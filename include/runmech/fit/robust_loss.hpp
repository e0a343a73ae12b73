// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

namespace runmech {

/// How far-off markers lose influence. With s = squared distance / sigma^2 and c = the scale:
/// none: s; huber: linear beyond c; cauchy: c^2 log(1 + s/c^2); tukey: constant beyond c.
enum class RobustLoss : std::uint8_t { none, huber, cauchy, tukey };
[[nodiscard]] std::string_view to_string(RobustLoss);
[[nodiscard]] RobustLoss parse_robust_loss(std::string_view);

/// The scale that keeps 95 % of the efficiency of least squares under white noise in three
/// dimensions (asymptotic variance of the location estimate, computed by simulation).
[[nodiscard]] constexpr double standard_scale(RobustLoss loss) {
  switch (loss) {
    case RobustLoss::huber:
      return 1.65;
    case RobustLoss::cauchy:
      return 2.7;
    case RobustLoss::tukey:
      return 5.5;
    case RobustLoss::none:
      break;
  }
  return 1.0;
}

/// Weight of iteratively re-weighted least squares: d loss / d s, in 0..1.
[[nodiscard]] inline double robust_weight(RobustLoss loss, double s, double c) {
  const double x = s / (c * c);
  switch (loss) {
    case RobustLoss::none:
      return 1.0;
    case RobustLoss::huber:
      return x <= 1.0 ? 1.0 : 1.0 / std::sqrt(x);
    case RobustLoss::cauchy:
      return 1.0 / (1.0 + x);
    case RobustLoss::tukey:
      return x < 1.0 ? (1.0 - x) * (1.0 - x) : 0.0;
  }
  return 1.0;
}

/// Second derivative of the loss along the residual, averaged over the directions of space and kept
/// positive: weights of the Hessian with which Newton steps converge faster than re-weighting
/// alone. `weight` is robust_weight(loss, s, c).
[[nodiscard]] inline double robust_curvature(RobustLoss loss, double s, double c, double weight) {
  const double x = s / (c * c);
  switch (loss) {
    case RobustLoss::none:
      return 1.0;
    case RobustLoss::huber:
      return x <= 1.0 ? 1.0 : 2.0 / 3.0 * weight;
    case RobustLoss::cauchy:
      return weight * (1.0 - 2.0 / 3.0 * x * weight);
    case RobustLoss::tukey:
      return weight;  // not convex: plain re-weighting always descends
  }
  return 1.0;
}

/// The loss itself, in units of s.
[[nodiscard]] inline double robust_cost(RobustLoss loss, double s, double c) {
  const double x = s / (c * c);
  switch (loss) {
    case RobustLoss::none:
      return s;
    case RobustLoss::huber:
      return x <= 1.0 ? s : c * c * (2.0 * std::sqrt(x) - 1.0);
    case RobustLoss::cauchy:
      return c * c * std::log1p(x);
    case RobustLoss::tukey: {
      const double y = 1.0 - x;
      return x < 1.0 ? c * c / 3.0 * (1.0 - y * y * y) : c * c / 3.0;
    }
  }
  return s;
}

}  // namespace runmech
