// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/filter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTwoPi = 2.0 * std::numbers::pi;

Eigen::VectorXd sine(double amplitude, double hz, double rate, Eigen::Index n, double phase = 0.3) {
  Eigen::VectorXd x(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    x[i] = amplitude * std::sin(kTwoPi * hz * static_cast<double>(i) / rate + phase);
  }
  return x;
}

/// Amplitude and lag [s] of the hz component in the middle of the record, by projection.
std::pair<double, double> component(const Eigen::VectorXd& x, double hz, double rate,
                                    double phase = 0.3) {
  const auto period = static_cast<Eigen::Index>(std::lround(rate / hz * 60.0));
  const Eigen::Index n = period - period % static_cast<Eigen::Index>(std::lround(rate));
  const Eigen::Index from = (x.size() - n) / 2;
  double s = 0, c = 0;
  for (Eigen::Index i = from; i < from + n; ++i) {
    const double a = kTwoPi * hz * static_cast<double>(i) / rate + phase;
    s += x[i] * std::sin(a);
    c += x[i] * std::cos(a);
  }
  s *= 2.0 / static_cast<double>(n);
  c *= 2.0 / static_cast<double>(n);
  return {std::hypot(s, c), -std::atan2(c, s) / (kTwoPi * hz)};
}

// C28: the cut-off of a two-pass filter means what it says.
TEST(LowPass, CutOffIsTheEffectiveOne) {
  for (const double cutoff : {3.0, 6.0, 12.0, 30.0, 45.0}) {
    const auto [amplitude, lag] =
        component(low_pass(sine(0.100, cutoff, 100.0, 2000), 100.0, cutoff), cutoff, 100.0);
    EXPECT_NEAR(amplitude, 0.0707, 0.0003) << cutoff;
    EXPECT_NEAR(lag, 0.0, 1e-4) << cutoff;  // of what C28 asks, a tenth
  }
}

TEST(LowPass, LeavesSlowMotionAlone) {
  const Eigen::VectorXd x = sine(0.100, 1.0, 100.0, 2000);
  const Eigen::VectorXd y = low_pass(x, 100.0, 6.0);
  EXPECT_LT((y - x).cwiseAbs().maxCoeff(), 0.0003);  // ends included
}

TEST(LowPass, RefusesWhatCannotBe) {
  const Eigen::VectorXd x = Eigen::VectorXd::Ones(50);
  EXPECT_THROW((void)low_pass(x, 100.0, 60.0), InvalidArgument);
  EXPECT_THROW((void)low_pass(x, 100.0, 50.0), InvalidArgument);
  EXPECT_THROW((void)low_pass(x, 100.0, 0.0), InvalidArgument);
  EXPECT_THROW((void)low_pass(x, 100.0, kNaN), InvalidArgument);
  EXPECT_THROW((void)low_pass(x, 0.0, 6.0), InvalidArgument);
  try {
    (void)low_pass(x, 100.0, 60.0);
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("60"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("50"), std::string::npos);
  }
}

TEST(LowPass, NothingLeaksAcrossAGap) {
  Eigen::VectorXd x = sine(1.0, 2.0, 100.0, 400);
  x.segment(200, 12).setConstant(kNaN);
  Eigen::VectorXd changed = x;
  changed.tail(188).array() += 50.0;
  const Eigen::VectorXd y = low_pass(x, 100.0, 8.0);
  const Eigen::VectorXd z = low_pass(changed, 100.0, 8.0);
  for (Eigen::Index i = 0; i < 400; ++i) {
    EXPECT_EQ(std::isnan(y[i]), i >= 200 && i < 212) << i;
    if (i < 200) {
      EXPECT_EQ(y[i], z[i]) << i;
    } else if (i >= 212) {
      EXPECT_NEAR(z[i] - y[i], 50.0, 1e-9) << i;
    }
  }
  EXPECT_EQ(low_pass(x.head(200), 100.0, 8.0), y.head(200));
}

TEST(LowPass, ShortStretchesStayFiniteAndInRange) {
  EXPECT_EQ(low_pass(Eigen::VectorXd(), 100.0, 6.0).size(), 0);
  for (Eigen::Index n = 1; n < 12; ++n) {
    const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(n, 1.0, 2.0);
    const Eigen::VectorXd y = low_pass(x, 100.0, 6.0);
    ASSERT_EQ(y.size(), n);
    EXPECT_LT((y - x).cwiseAbs().maxCoeff(), 1e-6) << n;  // a ramp passes
  }
}

TEST(LowPass, IsTheSameBackwards) {
  Eigen::VectorXd x = sine(1.0, 1.3, 100.0, 333) + sine(0.4, 17.0, 100.0, 333);
  const Eigen::VectorXd y = low_pass(x, 100.0, 8.0);
  const Eigen::VectorXd mirrored = low_pass(x.reverse(), 100.0, 8.0).reverse();
  EXPECT_LT((y - mirrored).segment(60, 200).cwiseAbs().maxCoeff(), 1e-6);
}

TEST(LowPass, PathsColumnByColumn) {
  Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor> path(300, 3);
  path.col(0) = sine(1.0, 2.0, 100.0, 300);
  path.col(1) = sine(1.0, 9.0, 100.0, 300);
  path.col(2).setConstant(kNaN);
  const auto out = low_pass_path(path, 100.0, 6.0);
  EXPECT_EQ(out.col(1), low_pass(path.col(1), 100.0, 6.0));
  EXPECT_TRUE(out.col(2).array().isNaN().all());
}

}  // namespace
}  // namespace runmech
