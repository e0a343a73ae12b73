// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace runmech {

/// Columns of a block are stored with this many rows of zeros (at least) below them: the kernel
/// works on whole vectors and runs over the end.
inline constexpr int kRowPadding = 8;
[[nodiscard]] constexpr int padded_rows(int rows) {
  return (rows + 2 * kRowPadding - 1) / kRowPadding * kRowPadding;
}

/// C (m x n) -= A (m x k) B (k x n). A and C by columns, `lda` and `ldc` apart; element (p, j) of B
/// lies at b[p * b_row + j * b_column], so that B may be the transpose of a stored block.
///
/// Rows m .. m + kRowPadding - 1 of A are read and must hold zeros; those of C are written as they
/// were. Compiled for several instruction sets, chosen at load time: Eigen's products, fixed to
/// what every x86-64 has, take three times as long on these small blocks.
void subtract_product(int m, int n, int k, const double* a, std::ptrdiff_t lda, const double* b,
                      std::ptrdiff_t b_row, std::ptrdiff_t b_column, double* c, std::ptrdiff_t ldc);

/// y (n) -= A' x, A (m x n) by columns. Rows m .. m + kRowPadding - 1 of A and of x are read: A's
/// must hold zeros, those of x numbers.
void subtract_transposed(int m, int n, const double* a, std::ptrdiff_t lda, const double* x,
                         double* y);

/// y += x, x scaled: the same dispatch for accumulating packed matrices.
void add_scaled(int n, double scale, const double* x, double* y);

}  // namespace runmech
