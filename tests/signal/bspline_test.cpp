// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/bspline.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

std::vector<double> uneven_times(int n, double rate, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> jitter(-0.3, 0.3);
  std::vector<double> t;
  for (int i = 0; i < n; ++i) t.push_back(10.0 + (i + jitter(random)) / rate);
  return t;
}

double value(const SplineSmoother& smoother, const SmoothedSeries& series, double t,
             int derivative = 0) {
  const auto b = spline_basis(smoother.knots(), SplineSmoother::kDegree, t, derivative);
  double sum = 0.0;
  for (int i = 0; i <= SplineSmoother::kDegree; ++i)
    sum += b.value[i] * series.control[b.first + i];
  return sum;
}

TEST(SplineBasis, SumsToOneAndDerivativesMatchDifferences) {
  const std::vector<double> breaks{0.0, 0.1, 0.35, 0.5, 0.9, 1.0, 1.4};
  for (const int degree : {0, 1, 3, 5, 7}) {
    const auto knots = clamped_knots(breaks, degree);
    for (double t = 0.003; t < 1.4; t += 0.0171) {
      const auto b = spline_basis(knots, degree, t);
      double sum = 0.0;
      for (const double v : b.value) {
        EXPECT_GE(v, 0.0);
        sum += v;
      }
      EXPECT_NEAR(sum, 1.0, 1e-14);
      for (int d = 1; d <= std::min(degree, 3); ++d) {
        const auto at = spline_basis(knots, degree, t, d);
        const auto left = spline_basis(knots, degree, t - 1e-6, d - 1);
        const auto right = spline_basis(knots, degree, t + 1e-6, d - 1);
        if (left.first != right.first) continue;
        for (int i = 0; i <= degree; ++i) {
          EXPECT_NEAR(at.value[i], (right.value[i] - left.value[i]) / 2e-6,
                      1e-5 * (1.0 + std::abs(at.value[i])));
        }
      }
    }
  }
}

TEST(SplineBasis, BothEndsBelongToTheSpline) {
  const auto knots = clamped_knots(std::vector{0.0, 1.0, 2.0}, 3);
  EXPECT_EQ(spline_basis(knots, 3, 0.0).value[0], 1.0);
  const auto end = spline_basis(knots, 3, 2.0);
  EXPECT_EQ(end.first, 1);
  EXPECT_DOUBLE_EQ(end.value[3], 1.0);
  EXPECT_THROW(static_cast<void>(clamped_knots(std::vector{0.0}, 3)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(clamped_knots(std::vector{0.0, 0.0}, 3)), InvalidArgument);
}

TEST(Band, SolvesLikeADenseCholesky) {
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  const int n = 23, b = 4;
  Eigen::MatrixXd l = Eigen::MatrixXd::Zero(n, n);
  for (int i = 0; i < n; ++i) {
    for (int j = std::max(0, i - b); j <= i; ++j) l(i, j) = i == j ? 2.0 + i % 3 : normal(random);
  }
  const Eigen::MatrixXd a = l * l.transpose();
  Band band = Band::Zero(n, b + 1);
  for (int i = 0; i < n; ++i) {
    for (int d = 0; d <= std::min(i, b); ++d) band(i, b - d) = a(i, i - d);
  }
  ASSERT_TRUE(factor_band(band));
  Eigen::VectorXd x = Eigen::VectorXd::NullaryExpr(n, [&] { return normal(random); });
  const Eigen::VectorXd expected = a.llt().solve(x);
  solve_band(band, x);
  EXPECT_LT((x - expected).norm() / expected.norm(), 1e-12);
  EXPECT_NEAR(log_determinant(band), 2.0 * l.diagonal().array().log().sum(), 1e-10);
  const Eigen::MatrixXd inverse = a.inverse();
  const Band within = inverse_band(band);
  for (int i = 0; i < n; ++i) {
    for (int d = 0; d <= std::min(i, b); ++d) {
      EXPECT_NEAR(within(i, b - d), inverse(i, i - d), 1e-12 * inverse.norm());
    }
  }
  // colour_band is half of solve_band: its image of the unit vectors squares to the inverse.
  Eigen::MatrixXd half = Eigen::MatrixXd::Identity(n, n);
  for (int i = 0; i < n; ++i) colour_band(band, half.col(i));
  EXPECT_LT((half * half.transpose() - inverse).norm() / inverse.norm(), 1e-12);
  Band negative = Band::Constant(3, 2, 1.0);
  negative(0, 1) = -1.0;
  EXPECT_FALSE(factor_band(negative));
}

TEST(SplineSmoother, ReproducesParabolasWhateverTheSmoothing) {
  const auto t = uneven_times(60, 100.0, 3);
  Eigen::VectorXd y(60);
  for (int i = 0; i < 60; ++i) y[i] = 4.0 - 3.0 * (t[i] - 10.0) + 7.0 * std::pow(t[i] - 10.0, 2);
  const SplineSmoother smoother(t, 0.0);
  for (const double cutoff : {2.0, 5.0, 20.0}) {
    const auto s = smoother.smooth(y, {}, cutoff);
    for (const double u : {10.05, 10.3, 10.55}) {
      EXPECT_NEAR(value(smoother, s, u), 4.0 - 3.0 * (u - 10.0) + 7.0 * std::pow(u - 10.0, 2),
                  1e-7);
      EXPECT_NEAR(value(smoother, s, u, 1), -3.0 + 14.0 * (u - 10.0), 1e-5);
      EXPECT_NEAR(value(smoother, s, u, 2), 14.0, 1e-3);
    }
  }
}

TEST(SplineSmoother, PassesHalfThePowerAtItsStatedCutoff) {
  std::vector<double> t;
  for (int i = 0; i < 2000; ++i) t.push_back(i / 200.0);
  const SplineSmoother smoother(t, 0.005);
  for (const double f : {4.0, 8.0, 15.0}) {
    Eigen::VectorXd y(2000);
    for (int i = 0; i < 2000; ++i) y[i] = std::sin(2.0 * std::numbers::pi * f * t[i]);
    const auto s = smoother.smooth(y, {}, f);
    double largest = 0.0;
    for (double u = 4.0; u < 6.0; u += 0.0007) largest = std::max(largest, value(smoother, s, u));
    EXPECT_NEAR(largest, std::sqrt(0.5), 0.01) << f;
  }
}

TEST(SplineSmoother, FindsTheNoiseAndANearlyBestSmoothingWithoutTheTruth) {
  const double noise = 0.03;
  for (unsigned seed = 1; seed <= 8; ++seed) {
    const auto t = uneven_times(1000, 150.0, seed);
    std::mt19937 random(seed);
    std::normal_distribution<double> normal(0.0, noise);
    Eigen::VectorXd y(1000), truth(1000);
    for (int i = 0; i < 1000; ++i) {
      const double w = 2.0 * std::numbers::pi * t[i];
      truth[i] = 0.8 * std::sin(1.4 * w) + 0.3 * std::sin(2.8 * w + 1.0) + 0.05 * std::sin(5.6 * w);
      y[i] = truth[i] + normal(random);
    }
    const SplineSmoother smoother(t, 0.005);
    const auto error = [&](const SmoothedSeries& s) {
      double sum = 0.0;
      for (int i = 20; i < 980; ++i) sum += std::pow(value(smoother, s, t[i]) - truth[i], 2);
      return std::sqrt(sum / 960.0);
    };
    const auto found = smoother.smooth(y);
    EXPECT_NEAR(found.noise_sd, noise, 0.08 * noise);
    double best = 1.0;
    for (double f = 3.0; f < 40.0; f *= 1.1)
      best = std::min(best, error(smoother.smooth(y, {}, f)));
    EXPECT_LT(error(found), 1.15 * best) << "at " << found.cutoff_hz << " Hz";
  }
}

TEST(SplineSmoother, MissingSamplesDoNotCountAndWeightsDo) {
  const auto t = uneven_times(300, 100.0, 5);
  Eigen::VectorXd y(300), w = Eigen::VectorXd::Ones(300);
  for (int i = 0; i < 300; ++i) y[i] = std::sin(6.0 * t[i]);
  const SplineSmoother smoother(t, 0.005);
  Eigen::VectorXd holes = y, spoiled = y;
  for (int i = 100; i < 105; ++i) {
    holes[i] = std::numeric_limits<double>::quiet_NaN();
    spoiled[i] = 1e3;
    w[i] = 0.0;
  }
  const auto a = smoother.smooth(holes, {}, 8.0);
  const auto b = smoother.smooth(spoiled, w, 8.0);
  EXPECT_EQ(a.n_used, 295);
  EXPECT_TRUE(a.control == b.control);
  EXPECT_NEAR(value(smoother, a, t[102]), std::sin(6.0 * t[102]), 1e-3);
  const auto few = smoother.smooth(Eigen::VectorXd::Constant(300, std::nan("")));
  EXPECT_EQ(few.n_used, 0);
  EXPECT_TRUE(few.control.array().isNaN().all());
}

TEST(SplineSmoother, ACutoffMeansTheSameBesideAGap) {
  std::vector<double> t;
  Eigen::VectorXd y(600);
  for (int i = 0; i < 600; ++i) {
    t.push_back(0.01 * i);
    y[i] = std::sin(2.0 * std::numbers::pi * 7.0 * t.back());
  }
  const SplineSmoother smoother(t, 0.005);
  Eigen::VectorXd holed = y;
  holed.segment(300, 200).setConstant(std::nan(""));
  const auto whole = smoother.smooth(y, {}, 8.0);
  const auto part = smoother.smooth(holed, {}, 8.0);
  for (double at = 0.5; at < 2.5; at += 0.013) {
    EXPECT_NEAR(value(smoother, part, at), value(smoother, whole, at), 1e-4) << at;
  }
}

TEST(SplineSmoother, SeriesTogetherShareTheCutoffBetweenTheirOwn) {
  std::mt19937 random(4);
  std::normal_distribution<double> noise(0.0, 0.05);
  std::vector<double> t;
  std::vector<Eigen::VectorXd> y(2, Eigen::VectorXd(800));
  for (int i = 0; i < 800; ++i) {
    t.push_back(0.005 * i);
    y[0][i] = std::sin(2.0 * std::numbers::pi * 1.0 * t.back()) + noise(random);
    y[1][i] = 10.0 * (std::sin(2.0 * std::numbers::pi * 4.0 * t.back()) + noise(random));
  }
  const SplineSmoother smoother(t, 0.005);
  const double slow = smoother.smooth(y[0]).cutoff_hz;
  const double fast = smoother.smooth(y[1]).cutoff_hz;
  const double both = smoother.common_cutoff_hz(y);
  EXPECT_LT(slow, both);
  EXPECT_LT(both, fast);
  EXPECT_NEAR(smoother.common_cutoff_hz({y[1]}), fast, 1e-9);
  EXPECT_TRUE(
      std::isnan(smoother.common_cutoff_hz({Eigen::VectorXd::Constant(800, std::nan(""))})));
}

TEST(SplineSmoother, RefusesTimesThatDoNotIncrease) {
  EXPECT_THROW(SplineSmoother({0.0, 0.1, 0.1}, 0.005), InvalidArgument);
  EXPECT_THROW(SplineSmoother({0.0}, 0.005), InvalidArgument);
  const SplineSmoother smoother({0.0, 0.1, 0.2, 0.3}, 0.005);
  EXPECT_THROW(static_cast<void>(smoother.smooth(Eigen::VectorXd::Zero(3))), InvalidArgument);
}

}  // namespace
}  // namespace runmech
