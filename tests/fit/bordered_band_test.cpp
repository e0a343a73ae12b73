// SPDX-License-Identifier: BSD-3-Clause
#include "../../src/fit/bordered_band.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <random>

namespace runmech {
namespace {

struct Case {
  int n_blocks, block, reach, border;
};

/// A random positive definite matrix of that shape, and the same in a BorderedBand.
Eigen::MatrixXd random_matrix(const Case& c, BorderedBand& band) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  const int n = static_cast<int>(band.size());
  Eigen::MatrixXd root = Eigen::MatrixXd::Zero(n, n);
  const int inner = c.n_blocks * c.block;
  const double spread = 0.5 / std::sqrt((c.reach + 1.0) * c.block);  // well conditioned at any size
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      const bool coupled = i >= inner || i / c.block - j / c.block <= c.reach;
      if (coupled) root(i, j) = spread * normal(random);
    }
    root(i, i) = 1.0 + std::abs(normal(random));
  }
  const Eigen::MatrixXd dense = root * root.transpose();
  for (int j = 0; j < inner; ++j) {
    const int k = j / c.block;
    for (int i = j; i < n; ++i) {
      if (i >= inner) {
        band.edge(k, i - inner, j % c.block) = dense(i, j);
      } else if (i / c.block - k <= c.reach) {
        band.at(k, i / c.block - k, i % c.block, j % c.block) = dense(i, j);
      }
    }
  }
  band.corner() = dense.bottomRightCorner(c.border, c.border);
  return dense;
}

class BorderedBandTest : public testing::TestWithParam<Case> {};

TEST_P(BorderedBandTest, SolvesAndInvertsLikeADenseMatrix) {
  const Case c = GetParam();
  BorderedBand band(c.n_blocks, c.block, c.reach, c.border);
  const Eigen::MatrixXd dense = random_matrix(c, band);
  ASSERT_TRUE(band.factor());
  const Eigen::LLT<Eigen::MatrixXd> llt(dense);
  const Eigen::VectorXd right = Eigen::VectorXd::Random(band.size());
  Eigen::VectorXd x = right;
  band.solve(x);
  EXPECT_LT((x - llt.solve(right)).norm(), 1e-11 * right.norm());
  const Eigen::MatrixXd l = llt.matrixL();
  EXPECT_NEAR(band.log_determinant(), 2.0 * l.diagonal().array().log().sum(), 1e-9);
  x = right;
  band.colour(x);
  EXPECT_LT((x - llt.matrixU().solve(right)).norm(), 1e-11 * right.norm());

  const Eigen::MatrixXd inverse = dense.inverse();
  int visited = 0;
  band.visit_inverse([&](int k, const auto& column) {
    ++visited;
    const int rows = std::min((c.reach + 1) * c.block, (c.n_blocks - k) * c.block);
    const Eigen::MatrixXd want = inverse.block(k * c.block, k * c.block, rows, c.block);
    EXPECT_LT((column.topRows(rows) - want).norm(), 1e-11 * want.norm()) << k;
  });
  EXPECT_EQ(visited, c.n_blocks);
  EXPECT_LT((band.corner_inverse() - inverse.bottomRightCorner(c.border, c.border)).norm(), 1e-11);
}

INSTANTIATE_TEST_SUITE_P(Shapes, BorderedBandTest,
                         testing::Values(Case{9, 5, 3, 2}, Case{12, 31, 3, 8}, Case{7, 16, 5, 0},
                                         Case{3, 4, 5, 1}, Case{1, 3, 3, 2}, Case{6, 9, 1, 9},
                                         Case{5, 1, 3, 0}, Case{4, 33, 0, 3}));

TEST(BorderedBand, SaysWhenTheMatrixIsNotPositiveDefinite) {
  BorderedBand band(3, 2, 1, 1);
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 2; ++i) band.at(k, 0, i, i) = k == 1 && i == 1 ? -1.0 : 1.0;
  }
  band.corner()(0, 0) = 1.0;
  EXPECT_FALSE(band.factor());
  band.set_zero();
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 2; ++i) band.at(k, 0, i, i) = 1.0;
  }
  band.edge(0, 0, 0) = 2.0;
  band.corner()(0, 0) = 1.0;  // less than what the group's share takes away
  EXPECT_FALSE(band.factor());
}

}  // namespace
}  // namespace runmech
