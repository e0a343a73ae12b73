// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/assess/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runner_table.hpp"

namespace runmech {
namespace {

static_assert(lists_all_fields<CompareOptions>());

Session visit(const test::Runner& runner, const char* date) {
  Session s;
  s.date = date;
  s.assessment.table = test::table_of(runner);
  return s;
}

test::Runner miss_x_followup() {
  auto r = test::miss_x();
  r.cadence = 167;
  r.lean = 8.0;
  r.knee_lift += 5.0;
  r.reach -= 0.03;
  r.shank -= 3.0;
  r.drop_right -= 3.0;
  return r;
}

const Change& change(const Reassessment& r, const char* metric, RowSide side = RowSide::both) {
  for (const auto& c : r.changes) {
    if (c.metric == metric && c.side == side) return c;
  }
  throw InvalidArgument(metric);
}

TEST(ReliableChange, PublishedVector) {
  const auto c = reliable_change(10, 1.5, 20, 7, 1.5, 20, 1.0, 1.0);
  EXPECT_DOUBLE_EQ(c.difference, -3);
  EXPECT_NEAR(c.sd, 1.4916, 5e-5);
  EXPECT_NEAR(c.index, -2.011, 5e-4);
  EXPECT_THROW(static_cast<void>(reliable_change(10, 1.5, 0, 7, 1.5, 20, 1.0, 1.0)),
               InvalidArgument);
}

TEST(Compare, MissXMovesTheRightWay) {
  const auto r =
      compare(visit(test::miss_x(), "2025-07-06"), visit(miss_x_followup(), "2025-07-20"));
  EXPECT_TRUE(r.comparable);
  EXPECT_EQ(change(r, "trunk_lean").verdict, ChangeVerdict::real_change_toward);
  EXPECT_EQ(change(r, "overstride").verdict, ChangeVerdict::real_change_toward);
  EXPECT_EQ(change(r, "knee_lift").verdict, ChangeVerdict::real_change_toward);
  EXPECT_EQ(change(r, "cadence").verdict, ChangeVerdict::real_change_toward);
  EXPECT_EQ(change(r, "pelvic_drop", RowSide::right).direction, 1);
  EXPECT_EQ(change(r, "pelvic_drop", RowSide::left).verdict, ChangeVerdict::no_detectable_change);
  EXPECT_EQ(change(r, "contact_time").verdict, ChangeVerdict::no_detectable_change);
  for (const auto& c : r.changes) EXPECT_NE(c.verdict, ChangeVerdict::real_change_away) << c.metric;
  // And back again.
  const auto back =
      compare(visit(miss_x_followup(), "2025-07-06"), visit(test::miss_x(), "2025-07-20"));
  EXPECT_EQ(change(back, "trunk_lean").verdict, ChangeVerdict::real_change_away);
}

TEST(Compare, TheSentenceCountsMetricsByWhereTheyLead) {
  const auto r =
      compare(visit(test::miss_x(), "2025-07-06"), visit(miss_x_followup(), "2025-07-20"));
  EXPECT_EQ(change(r, "trunk_lean").lead, ChangeLead::toward);
  const auto starts = [](const std::string& text, const std::string& start) {
    EXPECT_EQ(text.substr(0, start.size()), start) << text;
  };
  const auto back =
      compare(visit(miss_x_followup(), "2025-07-06"), visit(test::miss_x(), "2025-07-20"));
  EXPECT_EQ(back.text.find("toward"), std::string::npos) << back.text;
  EXPECT_NE(back.text.find("away from it"), std::string::npos) << back.text;

  // Inside the usual range before and after: changed, but neither better nor worse.
  test::Runner a, b;
  a.lean = 5.0;
  b.lean = 9.5;
  const auto inside = compare(visit(a, "2025-07-06"), visit(b, "2025-07-20"));
  ASSERT_EQ(change(inside, "trunk_lean").direction, 0);
  EXPECT_EQ(change(inside, "trunk_lean").lead, ChangeLead::inside);
  starts(inside.text, "Of 7 metrics compared, 1 really changed: 1 inside it before and after. 0");

  // A metric without limits of its own is not graded, wherever its range lies.
  test::Runner c, d;
  d.contact = c.contact + 0.040;
  const auto shown = compare(visit(c, "2025-07-06"), visit(d, "2025-07-20"));
  EXPECT_EQ(change(shown, "contact_time").lead, ChangeLead::ungraded);
  EXPECT_EQ(shown.text.find("toward"), std::string::npos) << shown.text;
  EXPECT_NE(shown.text.find("not graded"), std::string::npos) << shown.text;

  // One side toward the range, one away from it: one metric, and the wrong way is told.
  test::Runner e = test::miss_x(), f = test::miss_x();
  f.drop_right -= 6.0;
  f.drop_left += 9.0;
  const auto split = compare(visit(e, "2025-07-06"), visit(f, "2025-07-20"));
  ASSERT_EQ(change(split, "pelvic_drop", RowSide::right).lead, ChangeLead::toward);
  ASSERT_EQ(change(split, "pelvic_drop", RowSide::left).lead, ChangeLead::away);
  EXPECT_NE(split.text.find("1 away from it"), std::string::npos) << split.text;
}

TEST(Compare, ToTheOtherSideOfTheBandIsAway) {
  test::Runner a, b;
  a.lean = 8.0;
  b.lean = -2.0;  // leaning back: past the band, not an improvement
  const auto r = compare(visit(a, "2025-07-06"), visit(b, "2025-07-20"));
  EXPECT_EQ(change(r, "trunk_lean").verdict, ChangeVerdict::real_change_away);
}

TEST(Compare, NothingChangedIsSaidSo) {
  const auto r = compare(visit({}, "2025-07-06"), visit({}, "2025-07-20"));
  for (const auto& c : r.changes)
    EXPECT_EQ(c.verdict, ChangeVerdict::no_detectable_change) << c.metric;
}

TEST(Compare, ChanceAloneRarelyMakesARealChange) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  int with_a_real_change = 0;
  constexpr int kPairs = 300;
  for (int i = 0; i < kPairs; ++i) {
    const auto measured = [&] {
      test::Runner r;  // the same runner, with the between-session errors of the change limits
      r.cadence += 3.0 / 2.772 * normal(random);
      r.lean += 3.0 / 2.772 * normal(random);
      r.knee_lift += 4.0 / 2.772 * normal(random);
      r.reach += 0.020 / 2.772 * normal(random);
      r.shank += 4.0 / 2.772 * normal(random);
      r.contact += 0.006 / 2.772 * normal(random);
      r.drop_left += 3.0 / 2.772 * normal(random);
      r.drop_right += 3.0 / 2.772 * normal(random);
      return r;
    };
    const auto r = compare(visit(measured(), "2025-07-06"), visit(measured(), "2025-07-20"));
    bool real = false;
    for (const auto& c : r.changes) real |= c.verdict >= ChangeVerdict::real_change_toward;
    with_a_real_change += real;
  }
  EXPECT_LE(with_a_real_change, kPairs / 10);
}

TEST(Compare, OtherConditionsAreNotComparable) {
  const auto baseline = visit(test::miss_x(), "2025-07-06");
  const auto refused = [&](auto&& alter, const char* word) {
    Session other = visit(miss_x_followup(), "2025-07-20");
    alter(other.assessment.table.context);
    const auto r = compare(baseline, other);
    EXPECT_FALSE(r.comparable);
    ASSERT_FALSE(r.reasons.empty());
    EXPECT_NE(r.reasons[0].find(word), std::string::npos) << r.reasons[0];
    for (const auto& c : r.changes) EXPECT_EQ(c.verdict, ChangeVerdict::not_comparable);
  };
  refused([](TrialContext& c) { c.speed_m_s = 3.31; }, "speeds differ");
  refused([](TrialContext& c) { c.speed_m_s = 2.75; }, "speeds differ");  // 8.3 %
  refused([](TrialContext& c) { c.speed_m_s = NAN; }, "not known");
  refused([](TrialContext& c) { c.surface = Surface::overground; }, "surfaces differ");
  refused([](TrialContext& c) { c.keypoints = true; }, "keypoints");
  refused([](TrialContext& c) { c.view = View::side; }, "views differ");
}

TEST(Compare, OtherDetectorStopsOnlyWhatHangsOnEvents) {
  Session other = visit(miss_x_followup(), "2025-07-20");
  other.assessment.table.context.detector = "zeni_2008";
  const auto r = compare(visit(test::miss_x(), "2025-07-06"), other);
  EXPECT_TRUE(r.comparable);
  EXPECT_EQ(change(r, "contact_time").verdict, ChangeVerdict::not_comparable);
  EXPECT_EQ(change(r, "trunk_lean").verdict, ChangeVerdict::real_change_toward);
}

// One detector, two rules behind it: what each gets wrong does not cancel, so it counts.
TEST(Compare, AHandOverOfTheDetectorCostsCertaintyInWhatHangsOnEvents) {
  const Session before = visit(test::miss_x(), "2025-07-06");
  Session other = visit(miss_x_followup(), "2025-07-20");
  const auto plain = compare(before, other);
  other.assessment.table.context.told_by = "foot_anchor";
  const auto r = compare(before, other);
  EXPECT_TRUE(r.comparable);
  const MetricRow* one = before.assessment.table.summary("contact_time", RowSide::both);
  const MetricRow* two = other.assessment.table.summary("contact_time", RowSide::both);
  ASSERT_TRUE(one != nullptr && two != nullptr);
  EXPECT_GE(change(r, "contact_time").difference_sd, std::hypot(one->sd, two->sd));
  EXPECT_GE(change(r, "contact_time").difference_sd, change(plain, "contact_time").difference_sd);
  EXPECT_EQ(change(r, "trunk_lean").difference_sd, change(plain, "trunk_lean").difference_sd);
  EXPECT_EQ(change(r, "trunk_lean").verdict, ChangeVerdict::real_change_toward);
}

TEST(Compare, ChangeOfSpeedIsTakenOff) {
  test::Runner slow, fast;
  slow.speed = 3.0;
  fast.speed = 3.2;
  fast.knee_lift = slow.knee_lift + 6.0 * 0.2;  // what 0.2 m/s bring
  const auto r = compare(visit(slow, "2025-07-06"), visit(fast, "2025-07-20"));
  EXPECT_NEAR(change(r, "knee_lift").by_speed, 1.2, 1e-9);
  EXPECT_NEAR(change(r, "knee_lift").difference, 0.0, 1e-9);
}

TEST(Compare, OrderIsThatOfTheInstants) {
  const auto first = visit(test::miss_x(), "2025-07-06T10:00:00+12:00");
  const auto second = visit(miss_x_followup(), "2025-07-06T08:00:00+02:00");
  const auto r = compare(second, first);
  EXPECT_EQ(r.baseline.date, first.date);
  EXPECT_LT(change(r, "trunk_lean").difference, 0.0);
  EXPECT_THROW(static_cast<void>(compare(visit({}, "2025-07-06T01:44:02+02:00"),
                                         visit({}, "2025-07-05T23:44:02Z"))),
               InvalidArgument);
  EXPECT_THROW(static_cast<void>(
                   compare(visit({}, "2025-07-06 01:44:02"), visit({}, "2025-07-06 01:44:02"))),
               InvalidArgument);
  const auto undated = compare(visit(test::miss_x(), ""), visit(miss_x_followup(), ""));
  EXPECT_LT(change(undated, "trunk_lean").difference, 0.0);
}

TEST(Compare, NotObservedOnceIsNotComparable) {
  Session other = visit(miss_x_followup(), "2025-07-20");
  for (auto& row : other.assessment.table.rows) {
    if (row.metric != "trunk_lean") continue;
    row.status = MetricStatus::not_observed;
    row.value = NAN;
    row.reason = "points of the trunk were not recorded";
  }
  const auto r = compare(visit(test::miss_x(), "2025-07-06"), other);
  EXPECT_EQ(change(r, "trunk_lean").verdict, ChangeVerdict::not_comparable);
  EXPECT_NE(change(r, "trunk_lean").reason.find("second session"), std::string::npos);
}

TEST(Compare, RegressionToTheMeanIsStated) {
  const auto r =
      compare(visit(test::miss_x(), "2025-07-06"), visit(miss_x_followup(), "2025-07-20"));
  const auto& drop = change(r, "pelvic_drop", RowSide::right);
  EXPECT_LT(drop.regression_to_mean, 0.0);  // down, without any treatment
  EXPECT_GT(drop.regression_to_mean, -5.0);
  EXPECT_TRUE(std::isnan(change(r, "contact_time").regression_to_mean));
}

TEST(Compare, StrengthPerLimb) {
  Session a = visit({}, "2025-07-06"), b = visit({}, "2025-08-20");
  a.assessment.strength = strength_profile(test::strength_trials(26.0, 17.5));
  b.assessment.strength = strength_profile(test::strength_trials(26.3, 24.0));
  const auto r = compare(a, b);
  ASSERT_EQ(r.strength.size(), 2u);
  EXPECT_EQ(r.strength[0].side, RowSide::left);
  EXPECT_EQ(r.strength[0].verdict, ChangeVerdict::no_detectable_change);
  EXPECT_EQ(r.strength[1].verdict, ChangeVerdict::real_change_toward);
}

}  // namespace
}  // namespace runmech
