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

/// A random positive definite matrix of that shape.
Eigen::MatrixXd random_matrix(const Case& c) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  const int inner = c.n_blocks * c.block;
  const int n = inner + c.border;
  Eigen::MatrixXd root = Eigen::MatrixXd::Zero(n, n);
  const double spread = 0.5 / std::sqrt((c.reach + 1.0) * c.block);  // well conditioned at any size
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      const bool coupled = i >= inner || i / c.block - j / c.block <= c.reach;
      if (coupled) root(i, j) = spread * normal(random);
    }
    root(i, i) = 1.0 + std::abs(normal(random));
  }
  return root * root.transpose();
}

/// Factors it in a BorderedBand.
bool factor(const Case& c, const Eigen::MatrixXd& dense, BorderedBand& band,
            Eigen::VectorXd* forward = nullptr) {
  const int inner = c.n_blocks * c.block;
  band.corner() = dense.bottomRightCorner(c.border, c.border);
  return band.factor(
      [&c, &dense, &band, inner](int first, int count) {
        for (int j = first * c.block; j < (first + count) * c.block; ++j) {
          const int k = j / c.block;
          for (int i = j; i < dense.rows(); ++i) {
            if (i >= inner) {
              band.edge(k, i - inner, j % c.block) = dense(i, j);
            } else if (i / c.block - k <= c.reach) {
              band.at(k, i / c.block - k, i % c.block, j % c.block) = dense(i, j);
            }
          }
        }
      },
      forward);
}

class BorderedBandTest : public testing::TestWithParam<Case> {};

TEST_P(BorderedBandTest, SolvesAndInvertsLikeADenseMatrix) {
  const Case c = GetParam();
  BorderedBand band(c.n_blocks, c.block, c.reach, c.border);
  const Eigen::MatrixXd dense = random_matrix(c);
  ASSERT_TRUE(factor(c, dense, band));
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

// A factor that does not fit: whatever stays in memory, the same numbers to the last bit.
TEST(BorderedBand, WindowsChangeNothing) {
  const Case c{37, 7, 3, 4};
  const Eigen::MatrixXd dense = random_matrix(c);
  BorderedBand whole(c.n_blocks, c.block, c.reach, c.border);
  Eigen::MatrixXd right = Eigen::MatrixXd::Random(whole.size(), 2);
  Eigen::VectorXd forward = right.col(0);
  ASSERT_TRUE(whole.whole());
  ASSERT_TRUE(factor(c, dense, whole, &forward));
  std::vector<Eigen::MatrixXd> columns;
  whole.visit_inverse([&](int, const auto& column) { columns.emplace_back(column); });
  Eigen::MatrixXd solution = right;
  whole.solve(solution);
  const double log_determinant = whole.log_determinant();
  whole.colour(forward);
  EXPECT_TRUE(forward == solution.col(0));
  for (const auto& [bytes, window] :
       {std::pair{1UL, 5}, std::pair{30000UL, 5}, std::pair{60000UL, 4}, std::pair{1UL, 1}}) {
    BorderedBand band(c.n_blocks, c.block, c.reach, c.border, bytes, window);
    EXPECT_FALSE(band.whole());
    Eigen::VectorXd x = right.col(0);
    ASSERT_TRUE(factor(c, dense, band, &x));
    band.colour(x);
    EXPECT_TRUE(x == solution.col(0));
    Eigen::MatrixXd both = right;
    band.solve(both);
    EXPECT_TRUE(both == solution);
    EXPECT_EQ(band.log_determinant(), log_determinant);
    EXPECT_TRUE(band.corner_inverse() == whole.corner_inverse());
    band.visit_inverse([&](int k, const auto& column) {
      EXPECT_TRUE(column == columns[c.n_blocks - 1 - k]) << k;
    });
  }
}

TEST(BorderedBand, SaysWhenTheMatrixIsNotPositiveDefinite) {
  const Case c{3, 2, 1, 1};
  BorderedBand band(c.n_blocks, c.block, c.reach, c.border);
  Eigen::MatrixXd dense = Eigen::MatrixXd::Identity(7, 7);
  EXPECT_TRUE(factor(c, dense, band));
  dense(3, 3) = -1.0;
  EXPECT_FALSE(factor(c, dense, band));
  dense(3, 3) = 1.0;
  dense(6, 0) = 2.0;  // more than the border has itself
  EXPECT_FALSE(factor(c, dense, band));
}

}  // namespace
}  // namespace runmech
