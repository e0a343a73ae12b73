// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "block_kernel.hpp"
#include "bordered_band.hpp"

namespace runmech {

// With R the groups that group k is coupled to, L_R and L_k its column of the factor, G = L_R
// L_k^-1 and Z = A^-1: Z_Rk = -Z_RR G and Z_kk = L_k^-T L_k^-1 - G' Z_Rk. Only Z_RR is kept, and
// shifted on by one group. The border adds W S^-1 W', W = A^-1 E and S the Schur complement of A.
void BorderedBand::visit_inverse(const InverseColumn& visit) {
  const int n = block_;
  const int wide = reach_ * n;
  const int rows = wide + n;
  const int padded = padded_rows(rows);
  Eigen::MatrixXd z_rr = Eigen::MatrixXd::Zero(padded, wide);
  Eigen::MatrixXd z_k = Eigen::MatrixXd::Zero(padded, n);
  Eigen::MatrixXd g = Eigen::MatrixXd::Zero(padded, n);
  Eigen::MatrixXd g_transposed = Eigen::MatrixXd::Zero(padded_rows(n), wide);
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(padded_rows(n), n);  // of L_k, negative
  Eigen::MatrixXd transposed = Eigen::MatrixXd::Zero(padded_rows(n), n);
  Eigen::MatrixXd own = Eigen::MatrixXd::Zero(padded_rows(n), n);
  Eigen::MatrixXd w = Eigen::MatrixXd::Zero(padded, border_);  // W of k and R
  Eigen::MatrixXd own_w(n, border_);
  Eigen::MatrixXd shared(border_, n);  // minus S^-1 W_k'
  Eigen::MatrixXd full = Eigen::MatrixXd::Zero(border_ > 0 ? padded : 0, n);
  const Eigen::MatrixXd corner = corner_inverse();
  for (int k = n_blocks_ - 1; k >= 0; --k) {
    if (k == n_blocks_ - 1 || k + 1 == first_of(current_->index)) use(k / window_);
    using Panel = Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;
    const Panel l(panel(k), rows, n, Eigen::OuterStride<>(stride_));
    const auto l_k = l.topRows(n).triangularView<Eigen::Lower>();
    inverse.topRows(n) = -Eigen::MatrixXd::Identity(n, n);
    l_k.solveInPlace(inverse.topRows(n));
    transposed.topRows(n) = inverse.topRows(n).transpose();
    g.setZero();
    subtract_product(wide, n, n, panel(k) + n, stride_, inverse.data(), 1, inverse.outerStride(),
                     g.data(), padded);
    g.bottomRows(padded - wide).setZero();
    g_transposed.topRows(n) = g.topRows(wide).transpose();
    z_k.setZero();
    subtract_product(wide, n, wide, z_rr.data(), padded, g.data(), 1, padded, z_k.data() + n,
                     padded);
    z_k.bottomRows(padded - rows).setZero();
    own.setZero();  // -L^-T L^-1, then + G' Z_Rk
    subtract_product(n, n, n, transposed.data(), transposed.outerStride(), inverse.data(), 1,
                     inverse.outerStride(), own.data(), own.outerStride());
    own = -own;
    subtract_product(n, n, wide, g_transposed.data(), g_transposed.outerStride(), z_k.data() + n, 1,
                     padded, own.data(), own.outerStride());
    z_k.topRows(n) = 0.5 * (own.topRows(n) + own.topRows(n).transpose());
    if (border_ == 0) {
      visit(k, z_k.topRows(rows));
    } else {
      using Edges = Eigen::Map<const Eigen::MatrixXd, 0, Eigen::OuterStride<>>;
      const Edges e(edges(k), border_, n, Eigen::OuterStride<>(edge_stride_));
      for (int b = 0; b < border_; ++b) {
        double* column = w.col(b).data();
        std::copy_backward(column, column + wide, column + rows);
        own_w.col(b) = e.row(b).transpose();
        subtract_transposed(wide, n, panel(k) + n, stride_, column + n, own_w.col(b).data());
      }
      l_k.transpose().solveInPlace(own_w);
      w.topRows(n) = own_w;
      shared.noalias() = -corner.lazyProduct(own_w.transpose());
      full = z_k;
      subtract_product(rows, n, border_, w.data(), padded, shared.data(), 1, border_, full.data(),
                       padded);
      visit(k, full.topRows(rows));
    }
    // Group k becomes the first of the next R, the last drops out.
    if (reach_ == 0) continue;
    for (int c = wide - 1; c >= n; --c) {
      z_rr.col(c).segment(n, wide - n) = z_rr.col(c - n).head(wide - n).eval();
    }
    z_rr.leftCols(n).topRows(wide) = z_k.topRows(wide);
    z_rr.topRows(n).rightCols(wide - n) = z_rr.leftCols(n).middleRows(n, wide - n).transpose();
  }
}

}  // namespace runmech
