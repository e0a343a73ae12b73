// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Core>
#include <cmath>
#include <unsupported/Eigen/SpecialFunctions>

#include "runmech/strength/profile.hpp"

namespace runmech {

WelchTest welch_test(const std::vector<double>& a, const std::vector<double>& b) {
  constexpr double kNaN = StrengthTest::kNaN;
  if (a.size() < 2 || b.size() < 2) return {kNaN, kNaN, kNaN};
  const auto moments = [](const std::vector<double>& v) {
    const Eigen::Map<const Eigen::ArrayXd> x(v.data(), static_cast<Eigen::Index>(v.size()));
    const double n = static_cast<double>(v.size());
    return std::pair{x.mean(), (x - x.mean()).square().sum() / (n - 1.0) / n};
  };
  const auto [mean_a, var_a] = moments(a);  // variances of the means
  const auto [mean_b, var_b] = moments(b);
  const double variance = var_a + var_b;
  if (!(variance > 0.0)) return {kNaN, kNaN, kNaN};
  const double t = (mean_a - mean_b) / std::sqrt(variance);
  const double dof = variance * variance /
                     (var_a * var_a / static_cast<double>(a.size() - 1) +
                      var_b * var_b / static_cast<double>(b.size() - 1));
  return {t, dof, Eigen::numext::betainc(0.5 * dof, 0.5, dof / (dof + t * t))};
}

}  // namespace runmech
