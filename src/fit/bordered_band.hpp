// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <vector>

namespace runmech {

/// Cholesky factor of a symmetric positive definite matrix of a trajectory: `n_blocks` groups of
/// `block` unknowns in order of time, each coupled to itself and the next `reach` groups, and a
/// border of a few unknowns coupled to everything:
///
///     [ A  E ]   A block-banded
///     [ E' F ]   E tall and thin, F small
///
/// Linear in the number of blocks in time and memory. Fill it, factor() in place, then solve, draw
/// or read the entries of the inverse that lie within the band (Takahashi, Fagan & Chen 1973),
/// which nothing outside the band is needed for.
class BorderedBand {
 public:
  BorderedBand(int n_blocks, int block, int reach, int border);

  [[nodiscard]] int n_blocks() const { return n_blocks_; }
  [[nodiscard]] int block() const { return block_; }
  [[nodiscard]] int reach() const { return reach_; }
  [[nodiscard]] int border() const { return border_; }
  [[nodiscard]] Eigen::Index size() const {
    return static_cast<Eigen::Index>(n_blocks_) * block_ + border_;
  }

  /// To be filled before factor(); all zero after set_zero(). Element (i, j) of the block that
  /// couples group k + r with group k, r = 0..reach; of r = 0 only i >= j is read.
  void set_zero();
  [[nodiscard]] double& at(int k, int r, int i, int j) {
    return panel(k)[r * block_ + i + j * stride_];
  }
  /// Element i of the border's coupling with unknown j of group k.
  [[nodiscard]] double& edge(int k, int i, int j) { return edges(k)[i + j * edge_stride_]; }
  /// The border's own block; only the lower triangle is read.
  [[nodiscard]] Eigen::MatrixXd& corner() { return corner_; }

  /// False when the matrix is not positive definite (its content is then lost).
  [[nodiscard]] bool factor();

  // After factor():
  /// x <- matrix^-1 x; x holds the groups in order, then the border.
  void solve(Eigen::Ref<Eigen::VectorXd> x) const;
  /// x <- L^-T x: turns independent standard normal numbers into a sample with the inverse as its
  /// covariance.
  void colour(Eigen::Ref<Eigen::VectorXd> x) const;
  [[nodiscard]] double log_determinant() const;

  /// Column `k` of the inverse within the band: rows (reach + 1) * block, group k first.
  using InverseColumn =
      std::function<void(int k, const Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>&)>;
  /// Calls visit(k, column) for k = n_blocks - 1 down to 0. Columns near the end hold zeros below
  /// the last group.
  void visit_inverse(const InverseColumn& visit) const;
  /// The border's block of the inverse.
  [[nodiscard]] Eigen::MatrixXd corner_inverse() const;

 private:
  [[nodiscard]] double* panel(int k) { return &panels_[static_cast<std::size_t>(k) * panel_size_]; }
  [[nodiscard]] const double* panel(int k) const {
    return &panels_[static_cast<std::size_t>(k) * panel_size_];
  }
  [[nodiscard]] double* edges(int k) { return &edges_[static_cast<std::size_t>(k) * edge_size_]; }
  [[nodiscard]] const double* edges(int k) const {
    return &edges_[static_cast<std::size_t>(k) * edge_size_];
  }
  [[nodiscard]] bool factor_panel(double* p, double* e) const;

  int n_blocks_;
  int block_;
  int reach_;
  int border_;
  std::ptrdiff_t stride_;  // between columns of a panel, the padding below included
  std::ptrdiff_t edge_stride_;
  std::size_t panel_size_;
  std::size_t edge_size_;
  std::vector<double> panels_;
  std::vector<double> edges_;
  Eigen::MatrixXd corner_;
};

}  // namespace runmech
