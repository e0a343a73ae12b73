// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <vector>

namespace runmech {

/// How far an element of a joint moves for a coordinate: a polynomial, or a cubic spline with
/// straight ends. Made by the functions below; the identity where nothing is said.
struct JointFunction {
  std::vector<double> knots;   ///< of a spline, increasing; empty: a polynomial
  std::vector<double> values;  ///< of a spline, at its knots
  /// Polynomial: of q^0, q^1, ... Spline: four for each of its n + 1 pieces (before the first knot,
  /// between knots, after the last), powers of the distance from the piece's left knot.
  std::vector<double> coefficients{0.0, 1.0};

  template <class Scalar>
  struct Value {
    Scalar value;
    Scalar slope;      ///< first derivative
    Scalar curvature;  ///< second derivative
  };

  /// Value and derivatives at q. The Scalar may be double or an automatic-differentiation type.
  template <class Scalar>
  [[nodiscard]] Value<Scalar> at(const Scalar& q) const {
    const double* c = coefficients.data();
    auto n = static_cast<int>(coefficients.size());
    Scalar x = q;
    if (!knots.empty()) {
      const auto piece =
          std::upper_bound(knots.begin(), knots.end(), q,
                           [](const Scalar& left, double right) { return left < right; }) -
          knots.begin();
      n = 4;
      c += n * piece;
      x -= knots[std::max<std::ptrdiff_t>(piece - 1, 0)];
    }
    Value<Scalar> out{Scalar(0.0), Scalar(0.0), Scalar(0.0)};
    for (int k = n - 1; k >= 0; --k) {  // Horner's rule, for the derivatives too
      out.curvature = out.curvature * x + 2.0 * out.slope;
      out.slope = out.slope * x + out.value;
      out.value = out.value * x + c[k];
    }
    return out;
  }

  [[nodiscard]] bool is_constant() const { return knots.empty() && coefficients.size() == 1; }
  [[nodiscard]] bool is_linear() const { return knots.empty() && coefficients.size() == 2; }
};

/// sum of coefficients[k] q^k. Throws InvalidArgument when there is none or one is not finite.
[[nodiscard]] JointFunction polynomial(std::vector<double> coefficients);

/// The interpolating cubic spline of SIMM and of OpenSim's SimmSpline: continuous curvature; the
/// third derivative of the first and last piece is that of the cubic through the four points next
/// to them (zero with three points); straight on outside (Forsythe, Malcolm & Moler 1977, ch. 4).
/// Throws InvalidArgument for fewer than two points, different numbers of them, knots that do not
/// increase, values that are not finite.
[[nodiscard]] JointFunction simm_spline(std::vector<double> knots, std::vector<double> values);

/// factor * f(q).
[[nodiscard]] JointFunction scaled(JointFunction f, double factor);

/// f(slope * q + offset). Throws InvalidArgument for a slope of zero.
[[nodiscard]] JointFunction after_line(const JointFunction& f, double slope, double offset);

}  // namespace runmech
