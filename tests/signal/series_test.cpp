// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/signal/bootstrap.hpp"
#include "runmech/signal/cubic_spline.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/extrema.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/period.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

static_assert(lists_all_fields<BootstrapOptions>());

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTwoPi = 2.0 * std::numbers::pi;

std::vector<double> times(std::size_t n, double rate) {
  std::vector<double> t(n);
  for (std::size_t i = 0; i < n; ++i) t[i] = 5.0 + static_cast<double>(i) / rate;
  return t;
}

template <class F>
Eigen::VectorXd sampled(const std::vector<double>& t, F&& f) {
  Eigen::VectorXd x(static_cast<Eigen::Index>(t.size()));
  for (std::size_t i = 0; i < t.size(); ++i) x[static_cast<Eigen::Index>(i)] = f(t[i]);
  return x;
}

TEST(Derivative, ExactForParabolasOnAnUnevenClock) {
  const std::vector<double> t{0.0, 0.1, 0.25, 0.3, 0.5, 0.9};
  const auto f = [](double s) { return 3.0 - 2.0 * s + 4.0 * s * s; };
  const Eigen::VectorXd first = derivative(sampled(t, f), t);
  const Eigen::VectorXd second = second_derivative(sampled(t, f), t);
  for (std::size_t i = 0; i < t.size(); ++i) {
    EXPECT_NEAR(first[static_cast<Eigen::Index>(i)], -2.0 + 8.0 * t[i], 1e-12);
    EXPECT_NEAR(second[static_cast<Eigen::Index>(i)], 8.0, 1e-10);
  }
}

TEST(Derivative, StopsAtGaps) {
  const auto t = times(20, 100.0);
  Eigen::VectorXd x = sampled(t, [](double s) { return s * s; });
  x[10] = kNaN;
  x[12] = kNaN;  // sample 11 stands alone
  const Eigen::VectorXd v = derivative(x, t);
  for (Eigen::Index i = 0; i < 20; ++i) {
    if (i >= 10 && i <= 12) {
      EXPECT_TRUE(std::isnan(v[i]));
    } else {
      EXPECT_NEAR(v[i], 2.0 * t[static_cast<std::size_t>(i)], 1e-10);
    }
  }
  EXPECT_THROW((void)derivative(x, std::span(t).first(19)), InvalidArgument);
  EXPECT_THROW((void)derivative(x.head(2), std::vector<double>{1.0, 1.0}), InvalidArgument);
}

TEST(Extrema, FoundBetweenSamples) {
  const auto t = times(400, 100.0);
  const double phase = 0.123;
  const Eigen::VectorXd x =
      sampled(t, [&](double s) { return 2.0 * std::cos(kTwoPi * 1.4 * (s - phase)); });
  const auto peaks = local_maxima(x, t);
  ASSERT_EQ(peaks.size(), 6u);
  for (const auto& peak : peaks) {
    const double cycles = (peak.time_s - phase) * 1.4;
    EXPECT_NEAR(cycles, std::round(cycles), 2e-5);
    EXPECT_NEAR(peak.value, 2.0, 2e-3);
  }
  const auto valleys = local_minima(x, t);
  EXPECT_NEAR(valleys.front().value, -2.0, 2e-3);
  EXPECT_NEAR(valleys[2].prominence, 4.0, 0.02);
}

TEST(Extrema, DistanceProminencePlateauAndGaps) {
  const auto t = times(13, 1.0);
  Eigen::VectorXd x(13);
  x << 0, 3, 1, 5, 1, 0, 2, 2, 2, 0, 4, kNaN, 9;
  auto peaks = local_maxima(x, t);
  ASSERT_EQ(peaks.size(), 3u);  // neither beside the gap nor at the ends
  EXPECT_EQ(peaks[2].index, 7);
  EXPECT_DOUBLE_EQ(peaks[0].prominence, 2.0);
  EXPECT_DOUBLE_EQ(peaks[1].prominence, 5.0);
  peaks = local_maxima(x, t, {.min_distance_s = 3.0});
  ASSERT_EQ(peaks.size(), 2u);
  EXPECT_EQ(peaks[0].index, 3);
  peaks = local_maxima(x, t, {.min_prominence = 2.5});
  ASSERT_EQ(peaks.size(), 1u);
}

TEST(Extrema, CrossingsInterpolate) {
  const std::vector<double> t{0, 1, 2, 3, 4, 5};
  Eigen::VectorXd x(6);
  x << 0, 4, 4, kNaN, 0, 8;
  EXPECT_EQ(crossings(x, t, 1.0, Crossing::rising), (std::vector<double>{0.25, 4.125}));
  EXPECT_TRUE(crossings(x, t, 1.0, Crossing::falling).empty());
  EXPECT_DOUBLE_EQ(*first_crossing(x, t, 1.0, Crossing::either, 0.3, 5.0), 4.125);
  EXPECT_DOUBLE_EQ(*last_crossing(x, t, 1.0, Crossing::either, 0.0, 4.0), 0.25);
  EXPECT_FALSE(first_crossing(x, t, 1.0, Crossing::either, 0.3, 4.0));
}

TEST(Robust, KnownAnswers) {
  const std::vector<double> v{4.0, kNaN, 1.0, 3.0, 100.0, 2.0};
  EXPECT_DOUBLE_EQ(median(v), 3.0);
  EXPECT_DOUBLE_EQ(median_absolute_deviation(v), 1.0);
  EXPECT_DOUBLE_EQ(robust_sd(v), 1.4826);
  EXPECT_DOUBLE_EQ(quantile(v, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(quantile(v, 0.1), 1.4);
  EXPECT_DOUBLE_EQ(quantile(v, 1.0), 100.0);
  EXPECT_DOUBLE_EQ(mean(v), 22.0);
  EXPECT_NEAR(standard_deviation(std::vector<double>{1, 2, 3, 4}), 1.2909944487, 1e-9);
  EXPECT_TRUE(std::isnan(median(std::vector<double>{})));
  EXPECT_TRUE(std::isnan(standard_deviation(std::vector<double>{1.0})));
  EXPECT_THROW((void)quantile(v, 1.5), InvalidArgument);
  EXPECT_EQ(running_median(std::vector<double>{1, 9, 2, 3, 50, 4}, 3),
            (std::vector<double>{1, 2, 3, 3, 4, 4}));
  EXPECT_THROW((void)running_median(v, 4), InvalidArgument);
}

// C23: filling is local, limited and visible.
TEST(Gaps, FilledLocallyLimitedAndFlagged) {
  const auto t = times(100, 100.0);
  const Eigen::VectorXd clean = sampled(t, [](double s) { return std::sin(5.0 * s); });
  Eigen::VectorXd x = clean;
  x.head(5).setConstant(kNaN);
  x.segment(20, 5).setConstant(kNaN);
  x.segment(50, 20).setConstant(kNaN);
  const Filled out = fill_gaps(x, t, 0.10);
  for (Eigen::Index i = 0; i < 100; ++i) {
    const bool short_gap = i >= 20 && i < 25;
    EXPECT_EQ(out.filled[static_cast<std::size_t>(i)] != 0, short_gap);
    if (short_gap) {
      EXPECT_NEAR(out.values[i], clean[i], 5e-3);  // half of a straight line's 25 (0.06)^2 / 8
    } else if (i < 5 || (i >= 50 && i < 70)) {
      EXPECT_TRUE(std::isnan(out.values[i]));
    } else {
      EXPECT_EQ(out.values[i], clean[i]);
    }
  }
  EXPECT_FALSE(std::isnan(fill_gaps(x, t, 0.21).values[60]));
  EXPECT_EQ(finite_runs(x).size(), 3u);
  EXPECT_THROW((void)fill_gaps(x, t, -1.0), InvalidArgument);
}

TEST(Gaps, NeverBeyondTheNeighbours) {
  const std::vector<double> t{0, 1, 2, 3, 4, 5};
  Eigen::VectorXd x(6);
  x << 0, 10, kNaN, kNaN, 10.5, 10.5;
  const Filled out = fill_gaps(x, t, 5.0);
  EXPECT_GE(out.values[2], 10.0);
  EXPECT_LE(out.values[3], 10.5);
}

TEST(Interpolate, ValuesClockAndResampling) {
  const std::vector<double> t{0, 1, 2, 4};
  Eigen::VectorXd x(4);
  x << 0, 2, kNaN, 8;
  EXPECT_DOUBLE_EQ(value_at(x, t, 0.25), 0.5);
  EXPECT_DOUBLE_EQ(value_at(x, t, 1.0), 2.0);
  EXPECT_DOUBLE_EQ(value_at(x, t, 4.0), 8.0);
  EXPECT_TRUE(std::isnan(value_at(x, t, 1.5)));
  EXPECT_TRUE(std::isnan(value_at(x, t, 4.5)));
  EXPECT_DOUBLE_EQ(clock_of(t).rate_hz, 1.0);
  EXPECT_DOUBLE_EQ(clock_of(t).unevenness, 1.0);
  const auto even = times(50, 20.0);
  const Eigen::VectorXd y = sampled(even, [](double s) { return std::sin(3.0 * s); });
  const auto fine = even_times(even, 100.0);
  ASSERT_EQ(fine.size(), 246u);
  const Eigen::VectorXd z = resample(y, even, fine);
  for (std::size_t i = 10; i + 10 < fine.size(); ++i) {
    EXPECT_NEAR(z[static_cast<Eigen::Index>(i)], std::sin(3.0 * fine[i]), 5e-3);
  }
}

TEST(Interpolate, CubicSpline) {
  // The natural spline through 0, 1, 0 at 0, 1, 2 is 1.5 t - 0.5 t^3 on the first interval.
  Eigen::VectorXd bump(3);
  bump << 0, 1, 0;
  const std::vector<double> three{0, 1, 2};
  const std::vector<double> at{-0.1, 0.0, 0.5, 1.0, 1.5, 2.0, 2.1};
  const Eigen::VectorXd found = spline_resample(bump, three, at);
  EXPECT_TRUE(std::isnan(found[0]));
  EXPECT_TRUE(std::isnan(found[6]));
  EXPECT_NEAR(found[2], 0.6875, 1e-12);
  EXPECT_NEAR(found[3], 1.0, 1e-12);
  EXPECT_NEAR(found[4], 0.6875, 1e-12);
  // Fourth order on a smooth series, uneven times; missing stays missing and spoils no neighbour.
  std::vector<double> t = times(60, 30.0);
  for (std::size_t i = 0; i < t.size(); i += 3) t[i] += 0.004;
  Eigen::VectorXd y = sampled(t, [](double s) { return std::sin(kTwoPi * 2.0 * s); });
  y[30] = kNaN;
  const auto fine = even_times(t, 500.0);
  const Eigen::VectorXd z = spline_resample(y, t, fine);
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const double s = fine[i];
    const double truth = std::sin(kTwoPi * 2.0 * s);
    if (s > t[29] && s < t[31]) {
      EXPECT_TRUE(std::isnan(z[static_cast<Eigen::Index>(i)]));
    } else if (s > t[3] && s < t[56] && (s < t[26] || s > t[34])) {
      EXPECT_NEAR(z[static_cast<Eigen::Index>(i)], truth, 1e-3);
    }
  }
  EXPECT_THROW((void)spline_resample(bump, at, at), InvalidArgument);
  EXPECT_THROW((void)spline_resample(bump, std::vector<double>{0, 2, 1}, at), InvalidArgument);
}

TEST(Period, StrideNotItsDouble) {
  const auto t = times(900, 100.0);
  Eigen::VectorXd x = sampled(t, [](double s) {
    return std::sin(kTwoPi * s / 0.713) + 0.5 * std::sin(2.0 * kTwoPi * s / 0.713);
  });
  auto found = find_period(x, 100.0, 0.3, 2.0);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->period_s, 0.713, 0.001);
  EXPECT_GT(found->strength, 0.99);
  x.segment(300, 60).setConstant(kNaN);
  found = find_period(x, 100.0, 0.3, 2.0);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->period_s, 0.713, 0.002);
  EXPECT_FALSE(find_period(Eigen::VectorXd::Ones(900), 100.0, 0.3, 2.0));
  EXPECT_FALSE(find_period(x.head(20), 100.0, 0.3, 2.0));
  EXPECT_THROW((void)find_period(x, 100.0, 2.0, 0.3), InvalidArgument);
}

TEST(Bootstrap, CoversAndRespectsClusters) {
  std::vector<double> values;
  std::vector<int> cluster;
  for (int c = 0; c < 10; ++c) {
    for (int i = 0; i < 20; ++i) {
      values.push_back(static_cast<double>(c));  // items of a cluster are equal
      cluster.push_back(c);
    }
  }
  const Statistic average = [&](std::span<const std::size_t> chosen) {
    double sum = 0.0;
    for (const std::size_t i : chosen) sum += values[i];
    return sum / static_cast<double>(chosen.size());
  };
  const Interval plain = bootstrap(values.size(), average);
  const Interval clustered = cluster_bootstrap(cluster, average);
  // Standard errors: sd of 0..9 (population) is 2.872; / sqrt(200) and / sqrt(10).
  EXPECT_NEAR(plain.sd, 2.872 / std::sqrt(200.0), 0.02);
  EXPECT_NEAR(clustered.sd, 2.872 / std::sqrt(10.0), 0.06);
  EXPECT_NEAR(clustered.lower, 4.5 - 1.96 * clustered.sd, 0.25);
  EXPECT_NEAR(clustered.upper, 4.5 + 1.96 * clustered.sd, 0.25);
  const Interval again = cluster_bootstrap(cluster, average);
  EXPECT_EQ(again.lower, clustered.lower);
  EXPECT_THROW((void)bootstrap(0, average), InvalidArgument);
  EXPECT_THROW((void)bootstrap(5, average, {.resamples = 3}), InvalidArgument);
}

}  // namespace
}  // namespace runmech
