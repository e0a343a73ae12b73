// SPDX-License-Identifier: BSD-3-Clause
#include "bordered_band.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "block_kernel.hpp"

namespace runmech {
namespace {

constexpr int kStrip = 8;  // columns factored at once

/// Columns first .. first + count - 1 of `rows` x (columns) <- their values times the inverse
/// transpose of the lower triangle that stands in the same columns of `triangle`.
void divide_strip(int rows, int first, int count, const double* triangle,
                  std::ptrdiff_t triangle_stride, double* x, std::ptrdiff_t stride) {
  for (int j = first; j < first + count; ++j) {
    double* xj = x + j * stride;
    for (int p = first; p < j; ++p) {
      add_scaled(rows, -triangle[j + p * triangle_stride], x + p * stride, xj);
    }
    const double inverse = 1.0 / triangle[j + j * triangle_stride];
    for (int i = 0; i < rows; ++i) xj[i] *= inverse;
  }
}

}  // namespace

BorderedBand::BorderedBand(int n_blocks, int block, int reach, int border)
    : n_blocks_(n_blocks),
      block_(block),
      reach_(reach),
      border_(border),
      stride_(padded_rows((reach + 1) * block)),
      edge_stride_(padded_rows(border)),
      panel_size_(static_cast<std::size_t>(stride_) * block),
      edge_size_(border > 0 ? static_cast<std::size_t>(edge_stride_) * block : 0),
      panels_(panel_size_ * n_blocks, 0.0),
      edges_(edge_size_ * n_blocks, 0.0),
      corner_(Eigen::MatrixXd::Zero(border, border)) {}

void BorderedBand::set_zero() {
  std::fill(panels_.begin(), panels_.end(), 0.0);
  std::fill(edges_.begin(), edges_.end(), 0.0);
  corner_.setZero();
}

// Left-looking in strips of columns: what lies below the diagonal block (and the border's rows)
// comes along.
bool BorderedBand::factor_panel(double* p, double* e) const {
  const int rows = (reach_ + 1) * block_;
  for (int first = 0; first < block_; first += kStrip) {
    const int count = std::min(kStrip, block_ - first);
    if (first > 0) {
      subtract_product(rows - first, count, first, p + first, stride_, p + first, stride_, 1,
                       p + first + first * stride_, stride_);
    }
    for (int j = first; j < first + count; ++j) {
      double* column = p + j * stride_;
      for (int q = first; q < j; ++q) {
        add_scaled(rows - j, -p[j + q * stride_], p + j + q * stride_, column + j);
      }
      if (!(column[j] > 0.0)) return false;
      const double inverse = 1.0 / std::sqrt(column[j]);
      for (int i = j; i < rows; ++i) column[i] *= inverse;
    }
    if (border_ == 0) continue;
    if (first > 0) {
      subtract_product(border_, count, first, e, edge_stride_, p + first, stride_, 1,
                       e + first * edge_stride_, edge_stride_);
    }
    divide_strip(border_, first, count, p, stride_, e, edge_stride_);
  }
  return true;
}

bool BorderedBand::factor() {
  const int m = padded_rows(border_);
  Eigen::MatrixXd corner = Eigen::MatrixXd::Zero(m, border_);
  corner.topRows(border_) = corner_;
  for (int k = 0; k < n_blocks_; ++k) {
    double* p = panel(k);
    double* e = border_ > 0 ? edges(k) : nullptr;
    if (!factor_panel(p, e)) return false;
    const int below = std::min(reach_, n_blocks_ - 1 - k);
    for (int s = 1; s <= below; ++s) {
      const double* row = p + s * block_;
      subtract_product((reach_ - s + 1) * block_, block_, block_, row, stride_, row, stride_, 1,
                       panel(k + s), stride_);
      if (border_ > 0) {
        subtract_product(border_, block_, block_, e, edge_stride_, row, stride_, 1, edges(k + s),
                         edge_stride_);
      }
    }
    if (border_ > 0) {
      subtract_product(border_, border_, block_, e, edge_stride_, e, edge_stride_, 1, corner.data(),
                       m);
    }
  }
  if (border_ == 0) return true;
  const Eigen::LLT<Eigen::MatrixXd> llt(corner.topRows(border_));
  if (llt.info() != Eigen::Success) return false;
  corner_ = llt.matrixL();
  return true;
}

void BorderedBand::solve(Eigen::Ref<Eigen::VectorXd> x) const {
  const int rows = (reach_ + 1) * block_;
  for (int k = 0; k < n_blocks_; ++k) {
    const double* p = panel(k);
    double* y = x.data() + static_cast<Eigen::Index>(k) * block_;
    const int here = std::min(rows, (n_blocks_ - k) * block_);
    for (int j = 0; j < block_; ++j) {
      const double* column = p + j * stride_;
      y[j] /= column[j];
      for (int i = j + 1; i < here; ++i) y[i] -= column[i] * y[j];
      for (int b = 0; b < border_; ++b) {
        x[x.size() - border_ + b] -= edges(k)[b + j * edge_stride_] * y[j];
      }
    }
  }
  if (border_ > 0) corner_.triangularView<Eigen::Lower>().solveInPlace(x.tail(border_));
  colour(x);
}

void BorderedBand::colour(Eigen::Ref<Eigen::VectorXd> x) const {
  if (border_ > 0) {
    corner_.transpose().triangularView<Eigen::Upper>().solveInPlace(x.tail(border_));
  }
  const int rows = (reach_ + 1) * block_;
  for (int k = n_blocks_ - 1; k >= 0; --k) {
    const double* p = panel(k);
    double* y = x.data() + static_cast<Eigen::Index>(k) * block_;
    const int here = std::min(rows, (n_blocks_ - k) * block_);
    for (int j = block_ - 1; j >= 0; --j) {
      const Eigen::Map<const Eigen::VectorXd> column(p + j * stride_, here);
      double sum = y[j];
      sum -= column.segment(j + 1, here - j - 1)
                 .dot(Eigen::Map<const Eigen::VectorXd>(y + j + 1, here - j - 1));
      for (int b = 0; b < border_; ++b) {
        sum -= edges(k)[b + j * edge_stride_] * x[x.size() - border_ + b];
      }
      y[j] = sum / column[j];
    }
  }
}

double BorderedBand::log_determinant() const {
  double sum = 0.0;
  for (int k = 0; k < n_blocks_; ++k) {
    for (int j = 0; j < block_; ++j) sum += std::log(panel(k)[j + j * stride_]);
  }
  if (border_ > 0) sum += corner_.diagonal().array().log().sum();
  return 2.0 * sum;
}

Eigen::MatrixXd BorderedBand::corner_inverse() const {
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(border_, border_);
  if (border_ == 0) return inverse;
  corner_.triangularView<Eigen::Lower>().solveInPlace(inverse);
  return inverse.transpose() * inverse;
}

}  // namespace runmech
