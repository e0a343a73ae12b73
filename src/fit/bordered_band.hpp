// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <vector>

namespace runmech {

/// Cholesky factor of a symmetric positive definite matrix of a trajectory: `n_blocks` groups of
/// `block` unknowns in order of time, each coupled to itself and the next `reach` groups, and a
/// border of a few unknowns coupled to everything:
///
///     [ A  E ]   A block-banded
///     [ E' F ]   E tall and thin, F small
///
/// Linear in the number of blocks in time. The factor takes `max_bytes` at most: what does not fit
/// is kept as the few groups that stand between one window of time and the next, and its windows
/// are factored again from there when a solution passes through them. The numbers are the same to
/// the last bit, whatever the windows.
///
/// factor(), then solve, draw or read the entries of the inverse that lie within the band
/// (Takahashi, Fagan & Chen 1973), which nothing outside the band is needed for.
class BorderedBand {
 public:
  static constexpr int kWindow = 512;  ///< groups that come and go together

  BorderedBand(int n_blocks, int block, int reach, int border,
               std::size_t max_bytes = std::numeric_limits<std::size_t>::max(),
               int window = kWindow);
  BorderedBand(BorderedBand&&) = default;  // not to be copied: it is large
  BorderedBand& operator=(BorderedBand&&) = default;

  [[nodiscard]] int n_blocks() const { return n_blocks_; }
  [[nodiscard]] int block() const { return block_; }
  [[nodiscard]] int reach() const { return reach_; }
  [[nodiscard]] int border() const { return border_; }
  [[nodiscard]] Eigen::Index size() const {
    return static_cast<Eigen::Index>(n_blocks_) * block_ + border_;
  }
  /// Whether all of it stays in memory.
  [[nodiscard]] bool whole() const { return passed_.size() == 1; }

  /// Writes the groups first .. first + count - 1 of the matrix through at() and edge(), which hold
  /// zeros before. It is kept, and asked for the same numbers again whenever a window is needed
  /// that did not stay in memory.
  using Fill = std::function<void(int first, int count)>;
  /// Element (i, j) of the block that couples group k + r with group k, r = 0..reach; of r = 0 only
  /// i >= j is read.
  [[nodiscard]] double& at(int k, int r, int i, int j) {
    return panel(k)[r * block_ + i + j * stride_];
  }
  /// Element i of the border's coupling with unknown j of group k.
  [[nodiscard]] double& edge(int k, int i, int j) { return edges(k)[i + j * edge_stride_]; }
  /// The border's own block, to be set before factor(); only the lower triangle is read.
  [[nodiscard]] Eigen::MatrixXd& corner() { return corner_; }

  /// False when the matrix is not positive definite. `forward`, where given, becomes L^-1 forward
  /// on the way: colour() makes it the solution.
  [[nodiscard]] bool factor(Fill fill, Eigen::VectorXd* forward = nullptr);

  // After factor():
  /// x <- matrix^-1 x, column by column; x holds the groups in order, then the border.
  void solve(Eigen::Ref<Eigen::MatrixXd> x);
  /// x <- L^-T x: turns independent standard normal numbers into samples with the inverse as their
  /// covariance.
  void colour(Eigen::Ref<Eigen::MatrixXd> x);
  [[nodiscard]] double log_determinant();

  /// Column `k` of the inverse within the band: rows (reach + 1) * block, group k first.
  using InverseColumn =
      std::function<void(int k, const Eigen::Ref<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>&)>;
  /// Calls visit(k, column) for k = n_blocks - 1 down to 0. Columns near the end hold zeros below
  /// the last group.
  void visit_inverse(const InverseColumn& visit);
  /// The border's block of the inverse.
  [[nodiscard]] Eigen::MatrixXd corner_inverse() const;

 private:
  /// A window in memory, and the groups just after it: they take what it gives on.
  struct Window {
    int index = -1;
    std::vector<double> panels;
    std::vector<double> edges;
  };

  [[nodiscard]] int first_of(int window) const { return window * window_; }
  [[nodiscard]] int end_of(int window) const { return std::min(n_blocks_, first_of(window + 1)); }
  [[nodiscard]] int n_windows() const { return static_cast<int>(passed_.size()); }
  [[nodiscard]] double* panel(int k) {
    return current_->panels.data() + (k - first_of(current_->index)) * panel_size_;
  }
  [[nodiscard]] double* edges(int k) {
    return current_->edges.data() + (k - first_of(current_->index)) * edge_size_;
  }
  [[nodiscard]] bool factor_panel(double* p, double* e) const;
  /// Fills and factors; adds to the corner and to what is passed on where `corner` is given.
  [[nodiscard]] bool factor_window(int window, Eigen::MatrixXd* corner);
  /// Makes the window current, factoring it again where it did not stay.
  void use(int window);
  /// The current window's part of L^-1 x, column by column.
  void forward_current(Eigen::Ref<Eigen::MatrixXd> x);

  int n_blocks_;
  int block_;
  int reach_;
  int border_;
  int window_;
  std::ptrdiff_t stride_;  // between columns of a panel, the padding below included
  std::ptrdiff_t edge_stride_;
  std::ptrdiff_t panel_size_;
  std::ptrdiff_t edge_size_;
  std::vector<Window> held_;    // the first in turn for those that have no place of their own
  std::vector<Window> passed_;  // per window: its first groups as those before it leave them
  Window* current_ = nullptr;   // of held_
  Fill fill_;
  Eigen::MatrixXd corner_;
};

}  // namespace runmech
