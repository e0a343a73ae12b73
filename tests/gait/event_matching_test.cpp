// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/event_matching.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/gait/event_scores.hpp"

namespace runmech {
namespace {

using Status = EventOutcome::Status;
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;
static_assert(lists_all_fields<MatchOptions>());

/// Every one-to-one matching in order, by brute force: most pairs, then least distance.
void search(const std::vector<double>& a, const std::vector<double>& b, double window_s,
            std::size_t i, std::size_t j, std::size_t pairs, double distance,
            std::pair<std::size_t, double>& best) {
  if (pairs > best.first || (pairs == best.first && distance < best.second)) {
    best = {pairs, distance};
  }
  for (std::size_t k = i; k < a.size(); ++k) {
    for (std::size_t l = j; l < b.size(); ++l) {
      const double d = std::abs(a[k] - b[l]);
      if (d <= window_s) search(a, b, window_s, k + 1, l + 1, pairs + 1, distance + d, best);
    }
  }
}

TEST(MatchTimes, IsTheBestOfAllMatchings) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> time(0.0, 0.5);
  std::uniform_int_distribution<int> count(0, 7);
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<double> a(static_cast<std::size_t>(count(random)));
    std::vector<double> b(static_cast<std::size_t>(count(random)));
    for (double& t : a) t = time(random);
    for (double& t : b) t = time(random);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    for (const double window : {0.03, 0.1, 0.4}) {
      std::pair<std::size_t, double> best{0, 0.0};
      search(a, b, window, 0, 0, 0, 0.0, best);
      const Pairs found = match_times(a, b, window);
      double distance = 0.0;
      for (std::size_t k = 0; k < found.size(); ++k) {
        const auto [i, j] = found[k];
        distance += std::abs(a[i] - b[j]);
        EXPECT_LE(std::abs(a[i] - b[j]), window);
        if (k > 0) {
          EXPECT_GT(i, found[k - 1].first);
          EXPECT_GT(j, found[k - 1].second);
        }
      }
      ASSERT_EQ(found.size(), best.first);
      EXPECT_NEAR(distance, best.second, 1e-12);
    }
  }
}

TEST(MatchTimes, KnownAnswers) {
  // The nearest of 0.05 is 0.06, but taking it leaves 0.08 alone.
  EXPECT_EQ(match_times(std::vector{0.05, 0.08}, std::vector{0.01, 0.06}, 0.05),
            (Pairs{{0, 0}, {1, 1}}));
  // A greedy one in order would pair 0.00 with 0.049.
  EXPECT_EQ(match_times(std::vector{0.0, 0.05}, std::vector{0.049}, 0.05), (Pairs{{1, 0}}));
  EXPECT_EQ(match_times(std::vector{1.0}, std::vector{1.05001}, 0.05), Pairs{});
  EXPECT_EQ(match_times({}, std::vector{1.0}, 0.05), Pairs{});
  EXPECT_THROW((void)match_times(std::vector{2.0, 1.0}, std::vector{1.0}, 0.05), InvalidArgument);
  EXPECT_THROW((void)match_times(std::vector{std::nan("")}, {}, 0.05), InvalidArgument);
  EXPECT_THROW((void)match_times({}, {}, 0.0), InvalidArgument);
}

GaitEvents running(double from_s, int steps) {
  GaitEvents out;
  for (int i = 0; i < steps; ++i) {
    const Side side = i % 2 == 0 ? Side::left : Side::right;
    out.events.push_back({side, EventType::foot_strike, from_s + 0.36 * i, 0.0, ""});
    out.events.push_back({side, EventType::toe_off, from_s + 0.36 * i + 0.25, 0.0, ""});
  }
  return out;
}

TEST(MatchEvents, EveryFaultIsCountedOnce) {
  const GaitEvents expected = running(1.0, 10);
  GaitEvents found = expected;
  for (GaitEvent& e : found.events) e.time_s += 0.004;
  found.events[4].time_s += 0.2;                                           // one missed, one extra
  found.events[8].side = Side::right;                                      // wrong side
  found.events.erase(found.events.begin() + 11);                           // missed toe-off
  found.events.push_back({Side::left, EventType::toe_off, 0.2, 0.0, ""});  // before the truth
  const auto outcomes = match_events(expected, found, TimeSpan{0.0, 6.0});
  const DetectionCounts strikes = count_detections(outcomes, EventType::foot_strike, 0.05);
  EXPECT_EQ(strikes.expected, 10);
  EXPECT_EQ(strikes.within, 8);
  EXPECT_EQ(strikes.missed, 1);
  EXPECT_EQ(strikes.extra, 1);
  EXPECT_EQ(strikes.wrong_side, 1);
  EXPECT_DOUBLE_EQ(strikes.f1(), 16.0 / 20.0);
  const DetectionCounts offs = count_detections(outcomes, EventType::toe_off, 0.05);
  EXPECT_EQ(offs.missed, 1);
  EXPECT_EQ(offs.extra, 0);
  EXPECT_EQ(offs.within, 9);
  EXPECT_EQ(count_detections(outcomes, EventType::toe_off, 0.003).within, 0);
  for (const EventOutcome& o : outcomes) {
    if (o.status == Status::matched) {
      EXPECT_NEAR(o.error_s(), 0.004, 1e-12);
    }
  }
}

TEST(MatchEvents, EndsOfTheRecordDoNotCount) {
  const GaitEvents expected = running(0.02, 6);
  const auto outcomes = match_events(expected, GaitEvents{}, TimeSpan{0.0, 1.83});
  for (const EventOutcome& o : outcomes) {
    EXPECT_GE(o.expected_s, 0.05);
    EXPECT_LE(o.expected_s, 1.78);
    EXPECT_EQ(o.status, Status::missed);
  }
  EXPECT_EQ(outcomes.size(), 9u);  // the strike at 0.02 and those from 1.78 on are left out
  EXPECT_TRUE(match_events(GaitEvents{}, expected).empty());
  EXPECT_THROW((void)match_events(expected, expected, {}, {.window_s = -1.0}), InvalidArgument);
}

TEST(EventScores, KnownStatistics) {
  const ErrorStatistics s = error_statistics(std::vector{-3.0, 1.0, 2.0, 4.0, std::nan("")});
  EXPECT_EQ(s.n, 4);
  EXPECT_DOUBLE_EQ(s.bias, 1.0);
  EXPECT_DOUBLE_EQ(s.rmse, std::sqrt(30.0 / 4.0));
  EXPECT_DOUBLE_EQ(s.sd, std::sqrt(26.0 / 3.0));
  EXPECT_DOUBLE_EQ(s.mae, 2.5);
  EXPECT_DOUBLE_EQ(s.median, 1.5);
  EXPECT_DOUBLE_EQ(s.mad, 1.5);
  EXPECT_DOUBLE_EQ(s.abs_max, 4.0);
  EXPECT_DOUBLE_EQ(s.loa_high - s.loa_low, 2.0 * 1.96 * s.sd);
  EXPECT_TRUE(std::isnan(error_statistics({}).rmse));
}

TEST(EventScores, IntervalsAddOrCancelTheErrorsOfTheirEnds) {
  const GaitEvents expected = running(1.0, 6);
  GaitEvents found = expected;
  for (GaitEvent& e : found.events) e.time_s += e.type == EventType::foot_strike ? 0.01 : -0.02;
  const auto errors = interval_errors(match_events(expected, found));
  int contacts = 0, flights = 0, steps = 0;
  for (const IntervalError& e : errors) {
    const bool contact = e.kind == IntervalError::Kind::contact;
    const bool flight = e.kind == IntervalError::Kind::flight;
    (contact ? contacts : flight ? flights : steps)++;
    EXPECT_NEAR(e.error_s(), contact ? -0.03 : flight ? 0.03 : 0.0, 1e-12);
  }
  EXPECT_EQ(contacts, 6);
  EXPECT_EQ(flights, 5);
  EXPECT_EQ(steps, 5);
}

}  // namespace
}  // namespace runmech
