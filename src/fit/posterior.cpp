// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/posterior.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/signal/bspline.hpp"

namespace runmech {

double MotionPosterior::sd(int coordinate, double t_s, int derivative) const {
  if (coordinate < 0 || coordinate >= static_cast<int>(column.size())) {
    throw InvalidArgument("coordinate " + std::to_string(coordinate) + "; allowed: 0 to " +
                          std::to_string(static_cast<int>(column.size()) - 1));
  }
  if (derivative < 0 || derivative > 1) {
    throw InvalidArgument("derivative is " + std::to_string(derivative) + "; allowed: 0 or 1");
  }
  const int j = column[coordinate];
  if (j < 0 || std::isnan(t_s)) return std::numeric_limits<double>::quiet_NaN();
  const Eigen::Index n = variance.cols() / (degree + 1);
  const SplineBasis b = spline_basis(knots, degree, t_s, derivative);
  double sum = 0.0;
  for (int a = 0; a <= degree; ++a) {
    for (int c = 0; c <= a; ++c) {
      sum +=
          (a == c ? 1.0 : 2.0) * b.value[a] * b.value[c] * variance(b.first + c, (a - c) * n + j);
    }
  }
  return std::sqrt(std::max(sum, 0.0));
}

}  // namespace runmech
