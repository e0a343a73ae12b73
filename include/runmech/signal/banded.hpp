// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>

namespace runmech {

/// Lower band of a symmetric matrix: element (i, i - d) is stored at (i, bandwidth - d), d =
/// 0..bandwidth, so that a row is contiguous. n x (bandwidth + 1).
using Band = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Cholesky factor L (in place) of a positive definite band matrix; false when it is not positive
/// definite. Linear in n. Eigen's own factorisations have no band storage.
[[nodiscard]] bool factor_band(Band& a);
/// x <- (L L')^-1 x.
void solve_band(const Band& factor, Eigen::Ref<Eigen::VectorXd> x);
/// log det(L L').
[[nodiscard]] double log_determinant(const Band& factor);

}  // namespace runmech
