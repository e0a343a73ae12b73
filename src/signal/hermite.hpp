// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>

namespace runmech::detail {

/// Cubic between two samples with given slopes.
struct HermitePiece {
  double t0, x0, t1, x1, slope0, slope1;
  double operator()(double t) const {
    const double h = t1 - t0;
    const double u = (t - t0) / h;
    const double v = 1.0 - u;
    return v * v * ((1.0 + 2.0 * u) * x0 + u * h * slope0) +
           u * u * ((3.0 - 2.0 * u) * x1 - v * h * slope1);
  }
};

/// Slope at a sample from the secants on its two sides (weighted harmonic mean, Fritsch and Butland
/// 1984); 0 at an extremum, the other secant where one is missing (NaN).
inline double monotone_slope(double secant_left, double h_left, double secant_right,
                             double h_right) {
  if (std::isnan(secant_left)) return secant_right;
  if (std::isnan(secant_right)) return secant_left;
  if (secant_left * secant_right <= 0.0) return 0.0;
  const double w1 = 2.0 * h_right + h_left;
  const double w2 = h_right + 2.0 * h_left;
  return (w1 + w2) / (w1 / secant_left + w2 / secant_right);
}

/// The piece across a gap: slopes from the secants outside it (NaN where there is none) and across
/// it.
inline HermitePiece monotone_piece(double t0, double x0, double t1, double x1, double secant_before,
                                   double secant_after) {
  const double h = t1 - t0;
  const double across = (x1 - x0) / h;
  return {t0,
          x0,
          t1,
          x1,
          monotone_slope(secant_before, h, across, h),
          monotone_slope(across, h, secant_after, h)};
}

}  // namespace runmech::detail
