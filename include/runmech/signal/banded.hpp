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
/// x <- L'^-1 x: turns independent standard normal numbers into a sample with covariance (L L')^-1.
void colour_band(const Band& factor, Eigen::Ref<Eigen::VectorXd> x);
/// The entries of (L L')^-1 that lie within the band, stored as the band is (Takahashi, Fagan &
/// Chen 1973). Linear in n.
[[nodiscard]] Band inverse_band(const Band& factor);
/// log det(L L').
[[nodiscard]] double log_determinant(const Band& factor);

}  // namespace runmech
