// SPDX-License-Identifier: BSD-3-Clause
#include "bordered_band.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "block_kernel.hpp"

namespace runmech {
namespace {

constexpr int kStrip = 8;   // columns factored at once
constexpr int kPiece = 16;  // groups filled at once

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

/// y <- L'^-1 y.
void back_substitute(int n, const double* l, std::ptrdiff_t stride, double* y) {
  for (int j = n - 1; j >= 0; --j) {
    const double* column = l + j * stride;
    double sum = y[j];
    for (int i = j + 1; i < n; ++i) sum -= column[i] * y[i];
    y[j] = sum / column[j];
  }
}

}  // namespace

BorderedBand::BorderedBand(int n_blocks, int block, int reach, int border, std::size_t max_bytes,
                           int window)
    : n_blocks_(n_blocks),
      block_(block),
      reach_(reach),
      border_(border),
      window_(n_blocks),
      stride_(padded_rows((reach + 1) * block)),
      edge_stride_(padded_rows(border)),
      panel_size_(stride_ * block),
      edge_size_(border > 0 ? edge_stride_ * block : 0),
      corner_(Eigen::MatrixXd::Zero(border, border)) {
  const std::size_t bytes = sizeof(double) * static_cast<std::size_t>(panel_size_ + edge_size_);
  std::size_t n_windows = 1;
  std::size_t n_held = 1;
  if (bytes * static_cast<std::size_t>(n_blocks) > max_bytes && n_blocks > window) {
    window_ = std::max(window, reach);
    n_windows = static_cast<std::size_t>((n_blocks + window_ - 1) / window_);
    n_held = max_bytes / (bytes * static_cast<std::size_t>(window_ + reach));
    n_held = std::clamp<std::size_t>(n_held, 1, n_windows);
  }
  held_.resize(n_held);
  passed_.resize(n_windows);
  const auto groups = static_cast<std::size_t>(n_windows > 1 ? window_ + reach : n_blocks);
  for (Window& held : held_) {
    held.panels.resize(groups * static_cast<std::size_t>(panel_size_));
    held.edges.resize(groups * static_cast<std::size_t>(edge_size_));
  }
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

bool BorderedBand::factor_window(int window, Eigen::MatrixXd* corner) {
  const int n_held = static_cast<int>(held_.size());
  current_ = &held_[static_cast<std::size_t>(std::max(0, window - (n_windows() - n_held)))];
  current_->index = window;
  const int end = end_of(window);
  const int end_new = std::min(end + reach_, n_blocks_);
  int filled = window == 0 ? 0 : std::min(first_of(window) + reach_, n_blocks_);
  std::copy(passed_[window].panels.begin(), passed_[window].panels.end(), current_->panels.begin());
  std::copy(passed_[window].edges.begin(), passed_[window].edges.end(), current_->edges.begin());
  // What is filled shall still be in the processor's cache when it is factored.
  const int piece = whole() ? kPiece : window_ + reach_;
  const auto fill_until = [&](int group) {
    while (filled < std::min(group, end_new)) {
      const int count = std::min(piece, end_new - filled);
      std::fill(panel(filled), panel(filled + count), 0.0);
      std::fill(edges(filled), edges(filled + count), 0.0);
      fill_(filled, count);
      filled += count;
    }
  };
  const auto m = static_cast<int>(edge_stride_);
  for (int k = first_of(window); k < end; ++k) {
    fill_until(k + reach_ + 1);
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
    if (border_ > 0 && corner != nullptr) {
      subtract_product(border_, border_, block_, e, edge_stride_, e, edge_stride_, 1,
                       corner->data(), m);
    }
  }
  if (corner != nullptr && window + 1 < n_windows()) {
    Window& next = passed_[static_cast<std::size_t>(window) + 1];
    next.panels.assign(panel(end), panel(end_new));
    next.edges.assign(edges(end), edges(end_new));
  }
  return true;
}

void BorderedBand::use(int window) {
  for (Window& held : held_) {
    if (held.index != window) continue;
    current_ = &held;
    return;
  }
  static_cast<void>(factor_window(window, nullptr));  // went well before
}

bool BorderedBand::factor(Fill fill, Eigen::VectorXd* forward_x) {
  fill_ = std::move(fill);
  Eigen::MatrixXd corner = Eigen::MatrixXd::Zero(edge_stride_, border_);
  corner.topRows(border_) = corner_;
  for (int w = 0; w < n_windows(); ++w) {
    if (!factor_window(w, &corner)) return false;
    if (forward_x != nullptr) forward_current(*forward_x);
  }
  if (border_ == 0) return true;
  const Eigen::LLT<Eigen::MatrixXd> llt(corner.topRows(border_));
  if (llt.info() != Eigen::Success) return false;
  corner_ = llt.matrixL();
  if (forward_x != nullptr) {
    corner_.triangularView<Eigen::Lower>().solveInPlace(forward_x->tail(border_));
  }
  return true;
}

void BorderedBand::forward_current(Eigen::Ref<Eigen::MatrixXd> x) {
  const int wide = reach_ * block_;
  const int cols = static_cast<int>(x.cols());
  Eigen::MatrixXd y = Eigen::MatrixXd::Zero(padded_rows(wide + block_), cols);  // of k and R
  Eigen::MatrixXd border = Eigen::MatrixXd::Zero(edge_stride_, cols);
  border.topRows(border_) = x.bottomRows(border_);
  for (int k = first_of(current_->index); k < end_of(current_->index); ++k) {
    const double* p = panel(k);
    const int here = std::min(wide + block_, (n_blocks_ - k) * block_);
    auto stretch = x.middleRows(static_cast<Eigen::Index>(k) * block_, here);
    y.topRows(here) = stretch;
    for (int c = 0; c < cols; ++c) {
      for (int j = 0; j < block_; ++j) {
        const double* column = p + j * stride_;
        y(j, c) /= column[j];
        add_scaled(block_ - 1 - j, -y(j, c), column + j + 1, &y(j + 1, c));
      }
    }
    if (wide > 0) {
      subtract_product(wide, cols, block_, p + block_, stride_, y.data(), 1, y.outerStride(),
                       y.data() + block_, y.outerStride());
    }
    if (border_ > 0) {
      subtract_product(border_, cols, block_, edges(k), edge_stride_, y.data(), 1, y.outerStride(),
                       border.data(), edge_stride_);
    }
    stretch = y.topRows(here);
  }
  x.bottomRows(border_) = border.topRows(border_);
}

void BorderedBand::solve(Eigen::Ref<Eigen::MatrixXd> x) {
  for (int w = 0; w < n_windows(); ++w) {
    use(w);
    forward_current(x);
  }
  if (border_ > 0) corner_.triangularView<Eigen::Lower>().solveInPlace(x.bottomRows(border_));
  colour(x);
}

void BorderedBand::colour(Eigen::Ref<Eigen::MatrixXd> x) {
  if (border_ > 0) {
    corner_.transpose().triangularView<Eigen::Upper>().solveInPlace(x.bottomRows(border_));
  }
  const int wide = reach_ * block_;
  Eigen::VectorXd y = Eigen::VectorXd::Zero(padded_rows(wide + block_));  // of k and R
  Eigen::MatrixXd border = Eigen::MatrixXd::Zero(edge_stride_, x.cols());
  border.topRows(border_) = x.bottomRows(border_);
  for (int w = n_windows() - 1; w >= 0; --w) {
    use(w);
    for (int k = end_of(w) - 1; k >= first_of(w); --k) {
      const double* p = panel(k);
      const int here = std::min(wide + block_, (n_blocks_ - k) * block_);
      for (Eigen::Index c = 0; c < x.cols(); ++c) {
        auto stretch = x.col(c).segment(static_cast<Eigen::Index>(k) * block_, here);
        y.head(here) = stretch;
        y.segment(here, wide + block_ - here).setZero();
        subtract_transposed(wide, block_, p + block_, stride_, y.data() + block_, y.data());
        if (border_ > 0) {
          subtract_transposed(border_, block_, edges(k), edge_stride_, &border(0, c), y.data());
        }
        back_substitute(block_, p, stride_, y.data());
        stretch.head(block_) = y.head(block_);
      }
    }
  }
}

double BorderedBand::log_determinant() {
  double sum = 0.0;
  for (int w = 0; w < n_windows(); ++w) {
    use(w);
    for (int k = first_of(w); k < end_of(w); ++k) {
      for (int j = 0; j < block_; ++j) sum += std::log(panel(k)[j + j * stride_]);
    }
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
