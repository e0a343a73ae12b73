// SPDX-License-Identifier: BSD-3-Clause
#include "block_kernel.hpp"

// Function multi-versioning needs the GNU linker's indirect functions, which do not go together
// with the sanitizers' start-up.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RUNMECH_FOR_EACH_CPU \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define RUNMECH_FOR_EACH_CPU
#endif

namespace runmech {
namespace {

constexpr int kColumns = 4;
static_assert(kRowPadding == 8, "one vector");
using Rows = double __attribute__((vector_size(64), aligned(8), may_alias));

/// Eight rows of C in `Count` columns: they stay in registers over the whole sum.
template <int Count>
[[gnu::always_inline]] inline void tile(int k, const double* a, std::ptrdiff_t lda, const double* b,
                                        std::ptrdiff_t b_row, std::ptrdiff_t b_column, double* c,
                                        std::ptrdiff_t ldc) {
  Rows sum[Count];
  for (int j = 0; j < Count; ++j) sum[j] = *reinterpret_cast<const Rows*>(c + j * ldc);
  for (int p = 0; p < k; ++p) {
    const Rows column = *reinterpret_cast<const Rows*>(a + p * lda);
    for (int j = 0; j < Count; ++j) sum[j] -= column * b[p * b_row + j * b_column];
  }
  for (int j = 0; j < Count; ++j) *reinterpret_cast<Rows*>(c + j * ldc) = sum[j];
}

}  // namespace

RUNMECH_FOR_EACH_CPU
void subtract_product(int m, int n, int k, const double* a, std::ptrdiff_t lda, const double* b,
                      std::ptrdiff_t b_row, std::ptrdiff_t b_column, double* c,
                      std::ptrdiff_t ldc) {
  for (int j = 0; j < n; j += kColumns) {
    const double* bj = b + j * b_column;
    for (int i = 0; i < m; i += kRowPadding) {
      double* cij = c + i + j * ldc;
      switch (n - j) {
        case 1:
          tile<1>(k, a + i, lda, bj, b_row, b_column, cij, ldc);
          break;
        case 2:
          tile<2>(k, a + i, lda, bj, b_row, b_column, cij, ldc);
          break;
        case 3:
          tile<3>(k, a + i, lda, bj, b_row, b_column, cij, ldc);
          break;
        default:
          tile<kColumns>(k, a + i, lda, bj, b_row, b_column, cij, ldc);
      }
    }
  }
}

RUNMECH_FOR_EACH_CPU
void subtract_transposed(int m, int n, const double* a, std::ptrdiff_t lda, const double* x,
                         double* y) {
  for (int j = 0; j < n; ++j) {
    const double* column = a + j * lda;
    Rows sum{};
    for (int i = 0; i < m; i += kRowPadding) {
      sum += *reinterpret_cast<const Rows*>(column + i) * *reinterpret_cast<const Rows*>(x + i);
    }
    y[j] -= ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
  }
}

RUNMECH_FOR_EACH_CPU
void add_scaled(int n, double scale, const double* x, double* y) {
  for (int i = 0; i < n; ++i) y[i] += scale * x[i];
}

}  // namespace runmech
