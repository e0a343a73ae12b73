// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/joint_function.hpp"

#include <cmath>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"

namespace runmech {
namespace {

void need_finite(const std::vector<double>& numbers, const char* what) {
  for (const double x : numbers) {
    if (!std::isfinite(x)) throw InvalidArgument(std::string(what) + " holds " + printed(x));
  }
}

/// Divided difference of the third order over the points i .. i + 3.
double third_difference(const std::vector<double>& x, const std::vector<double>& y, std::size_t i) {
  const auto first = [&](std::size_t k) { return (y[k + 1] - y[k]) / (x[k + 1] - x[k]); };
  const auto second = [&](std::size_t k) { return (first(k + 1) - first(k)) / (x[k + 2] - x[k]); };
  return (second(i + 1) - second(i)) / (x[i + 3] - x[i]);
}

/// Second derivatives at the knots, at least three of them. Continuity of the slope at each inner
/// knot and the two conditions on the third derivative at the ends are a tridiagonal system.
std::vector<double> curvatures(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t n = x.size();
  std::vector<double> below(n, 0.0), on(n, 0.0), above(n, 0.0), right(n, 0.0);
  for (std::size_t i = 1; i + 1 < n; ++i) {
    const double before = x[i] - x[i - 1];
    const double after = x[i + 1] - x[i];
    below[i] = before;
    on[i] = 2.0 * (before + after);
    above[i] = after;
    right[i] = 6.0 * ((y[i + 1] - y[i]) / after - (y[i] - y[i - 1]) / before);
  }
  on.front() = on.back() = -1.0;
  above.front() = below.back() = 1.0;
  if (n > 3) {
    right.front() = (x[1] - x[0]) * 6.0 * third_difference(x, y, 0);
    right.back() = -(x[n - 1] - x[n - 2]) * 6.0 * third_difference(x, y, n - 4);
  }
  for (std::size_t i = 1; i < n; ++i) {
    const double ratio = below[i] / on[i - 1];
    on[i] -= ratio * above[i - 1];
    right[i] -= ratio * right[i - 1];
  }
  std::vector<double> m(n);
  m[n - 1] = right[n - 1] / on[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) m[i] = (right[i] - above[i] * m[i + 1]) / on[i];
  return m;
}

}  // namespace

JointFunction polynomial(std::vector<double> coefficients) {
  if (coefficients.empty()) throw InvalidArgument("a polynomial has no coefficients");
  need_finite(coefficients, "a polynomial");
  JointFunction f;
  f.coefficients = std::move(coefficients);
  return f;
}

JointFunction simm_spline(std::vector<double> knots, std::vector<double> values) {
  const std::size_t n = knots.size();
  if (n < 2 || values.size() != n) {
    throw InvalidArgument("a spline has " + std::to_string(n) + " x and " +
                          std::to_string(values.size()) +
                          " y; allowed: as many of each, at least two");
  }
  need_finite(knots, "x of a spline");
  need_finite(values, "y of a spline");
  for (std::size_t i = 1; i < n; ++i) {
    if (!(knots[i] > knots[i - 1])) {
      throw InvalidArgument("x of a spline does not increase: " + printed(knots[i]) + " follows " +
                            printed(knots[i - 1]));
    }
  }
  const std::vector<double> m = n == 2 ? std::vector<double>(2, 0.0) : curvatures(knots, values);
  JointFunction f;
  f.coefficients.assign(4 * (n + 1), 0.0);
  double slope = 0.0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double h = knots[i + 1] - knots[i];
    const double rise = (values[i + 1] - values[i]) / h;
    double* c = &f.coefficients[4 * (i + 1)];
    c[0] = values[i];
    c[1] = rise - h * (2.0 * m[i] + m[i + 1]) / 6.0;
    c[2] = m[i] / 2.0;
    c[3] = (m[i + 1] - m[i]) / (6.0 * h);
    if (i == 0) {
      f.coefficients[0] = values[0];
      f.coefficients[1] = c[1];
    }
    slope = rise + h * (m[i] + 2.0 * m[i + 1]) / 6.0;
  }
  f.coefficients[4 * n] = values.back();
  f.coefficients[4 * n + 1] = slope;
  need_finite(f.coefficients, "a spline");
  f.knots = std::move(knots);
  f.values = std::move(values);
  return f;
}

JointFunction scaled(JointFunction f, double factor) {
  for (double& c : f.coefficients) c *= factor;
  for (double& v : f.values) v *= factor;
  need_finite(f.coefficients, "a scaled function");
  return f;
}

JointFunction after_line(const JointFunction& f, double slope, double offset) {
  if (slope == 0.0 || !std::isfinite(slope) || !std::isfinite(offset)) {
    throw InvalidArgument("the inner line has slope " + printed(slope) + " and offset " +
                          printed(offset) + "; allowed: finite, a slope other than 0");
  }
  if (!f.knots.empty()) {
    std::vector<double> knots = f.knots;
    std::vector<double> values = f.values;
    for (double& x : knots) x = (x - offset) / slope;
    if (slope < 0.0) {
      std::reverse(knots.begin(), knots.end());
      std::reverse(values.begin(), values.end());
    }
    return simm_spline(std::move(knots), std::move(values));
  }
  std::vector<double> out{0.0};  // Horner's rule on polynomials
  for (std::size_t k = f.coefficients.size(); k-- > 0;) {
    std::vector<double> next(out.size() + 1, 0.0);
    for (std::size_t i = 0; i < out.size(); ++i) {
      next[i] += offset * out[i];
      next[i + 1] += slope * out[i];
    }
    next[0] += f.coefficients[k];
    out = std::move(next);
  }
  out.resize(f.coefficients.size());
  return polynomial(std::move(out));
}

}  // namespace runmech
