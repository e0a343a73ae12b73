// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/banded.hpp"

#include <algorithm>
#include <cmath>

namespace runmech {

bool factor_band(Band& a) {
  const Eigen::Index n = a.rows();
  const Eigen::Index b = a.cols() - 1;
  for (Eigen::Index i = 0; i < n; ++i) {
    double* row = &a(i, 0);
    const Eigen::Index first = std::max<Eigen::Index>(0, i - b);
    for (Eigen::Index j = first; j <= i; ++j) {
      const double* other = &a(j, 0);
      const Eigen::Index from = std::max(first, j - b);
      double sum = row[b - (i - j)];
      for (Eigen::Index k = from; k < j; ++k) sum -= row[b - (i - k)] * other[b - (j - k)];
      if (j < i) {
        row[b - (i - j)] = sum / other[b];
      } else {
        if (!(sum > 0.0)) return false;
        row[b] = std::sqrt(sum);
      }
    }
  }
  return true;
}

void solve_band(const Band& factor, Eigen::Ref<Eigen::VectorXd> x) {
  const Eigen::Index n = factor.rows();
  const Eigen::Index b = factor.cols() - 1;
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::Index width = std::min(i, b);
    double sum = x[i];
    for (Eigen::Index d = 1; d <= width; ++d) sum -= factor(i, b - d) * x[i - d];
    x[i] = sum / factor(i, b);
  }
  colour_band(factor, x);
}

void colour_band(const Band& factor, Eigen::Ref<Eigen::VectorXd> x) {
  const Eigen::Index b = factor.cols() - 1;
  for (Eigen::Index i = factor.rows() - 1; i >= 0; --i) {
    x[i] /= factor(i, b);
    const Eigen::Index width = std::min(i, b);
    for (Eigen::Index d = 1; d <= width; ++d) x[i - d] -= factor(i, b - d) * x[i];
  }
}

Band inverse_band(const Band& factor) {
  const Eigen::Index n = factor.rows();
  const Eigen::Index b = factor.cols() - 1;
  Band out = Band::Zero(n, b + 1);
  const auto at = [&out, b](Eigen::Index i, Eigen::Index j) -> double& {
    return i >= j ? out(i, b - (i - j)) : out(j, b - (j - i));
  };
  for (Eigen::Index i = n - 1; i >= 0; --i) {
    const Eigen::Index last = std::min(i + b, n - 1);
    const double pivot = factor(i, b);
    for (Eigen::Index j = last; j >= i; --j) {
      double sum = i == j ? 1.0 / pivot : 0.0;
      for (Eigen::Index k = i + 1; k <= last; ++k) sum -= factor(k, b - (k - i)) * at(k, j);
      at(i, j) = sum / pivot;
    }
  }
  return out;
}

double log_determinant(const Band& factor) {
  return 2.0 * factor.col(factor.cols() - 1).array().log().sum();
}

}  // namespace runmech
