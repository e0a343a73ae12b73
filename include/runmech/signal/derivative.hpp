// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <span>

namespace runmech {

/// First derivative on time stamps that need not be even: the slope at each sample of the parabola
/// through it and its two neighbours (exact for quadratics); beside a gap or an end, of the
/// parabola through the three nearest samples of the same stretch, or the plain slope where it has
/// two. Missing where x is, and for a sample that stands alone. Throws InvalidArgument when sizes
/// differ or times do not increase.
[[nodiscard]] Eigen::VectorXd derivative(const Eigen::Ref<const Eigen::VectorXd>& x,
                                         std::span<const double> time_s);

/// Second derivative: twice the curvature coefficient of the same parabola; missing in stretches
/// shorter than three samples.
[[nodiscard]] Eigen::VectorXd second_derivative(const Eigen::Ref<const Eigen::VectorXd>& x,
                                                std::span<const double> time_s);

/// First derivative of each column of a path (n x d).
template <class Derived>
[[nodiscard]] typename Derived::PlainObject derivative_of_path(
    const Eigen::MatrixBase<Derived>& path, std::span<const double> time_s) {
  typename Derived::PlainObject out(path.rows(), path.cols());
  for (Eigen::Index c = 0; c < path.cols(); ++c) out.col(c) = derivative(path.col(c), time_s);
  return out;
}

}  // namespace runmech
