// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/assess/assess.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <random>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runner_table.hpp"

namespace runmech {
namespace {

static_assert(lists_all_fields<AssessOptions>());

Finding finding(const Assessment& a, const char* id) {
  for (const auto& f : a.findings) {
    if (f.id == id) return f;
  }
  throw InvalidArgument(std::string("no finding ") + id);
}

TEST(Bands, SpeedCorrectedByInterpolationAndHeldOutside) {
  const auto bands = reference_bands();
  const auto* contact = find_band(bands, "contact_time");
  ASSERT_NE(contact, nullptr);
  EXPECT_DOUBLE_EQ(contact->mean_at(2.5), 0.268);
  EXPECT_DOUBLE_EQ(contact->mean_at(3.0), 0.2455);
  EXPECT_DOUBLE_EQ(contact->mean_at(9.0), 0.194);
  EXPECT_DOUBLE_EQ(contact->mean_at(1.0), 0.268);
  EXPECT_EQ(read_band(*contact, 0.100, 3.0).zone, Zone::none);  // never graded
  const auto* lean = find_band(bands, "trunk_lean");
  EXPECT_EQ(read_band(*lean, 7, 3.0).zone, Zone::green);
  EXPECT_EQ(read_band(*lean, 13, 3.0).zone, Zone::amber);
  EXPECT_EQ(read_band(*lean, 2, 3.0).zone, Zone::amber);
  EXPECT_EQ(read_band(*lean, 16, 3.0).zone, Zone::red);
  const auto* shank = find_band(bands, "shank_angle_contact");
  const auto reading = read_band(*shank, 9.9 + 2.3, 3.5);
  EXPECT_NEAR(reading.z, 1.0, 1e-12);
  EXPECT_NEAR(reading.percent_of_norm, 84.134, 1e-3);
}

TEST(Assess, HealthyRunnerHasNoFinding) {
  const auto a = assess(test::table_of({}));
  for (const auto& f : a.findings) {
    if (f.id == "hip_abductor") continue;
    EXPECT_EQ(f.outcome, Outcome::absent) << f.id << ": " << f.reason;
    EXPECT_LT(f.probability, 0.2) << f.id;
  }
  EXPECT_EQ(finding(a, "hip_abductor").outcome, Outcome::cannot_tell);
  EXPECT_EQ(finding(a, "hip_abductor").reason, "no hip_abduction test was given");
  EXPECT_TRUE(a.plan.items.empty());
}

TEST(Assess, MissX) {
  const auto strength = strength_profile(test::strength_trials(26.0, 17.5), test::of_mass(60));
  const auto a = assess(test::table_of(test::miss_x()), &strength);
  for (const auto& f : a.findings) {
    EXPECT_EQ(f.outcome, Outcome::present) << f.id << ": " << f.reason;
    EXPECT_FALSE(f.caution.empty());
    EXPECT_FALSE(f.evidence.empty());
  }
  EXPECT_EQ(finding(a, "pelvic_drop_one_side").side, "right");
  EXPECT_EQ(finding(a, "hip_abductor").side, "right");
  int cues = 0;
  for (const auto& item : a.plan.items) cues += item.kind == "cue";
  EXPECT_EQ(cues, 2);
  EXPECT_TRUE(a.plan.uncovered.empty());
  EXPECT_EQ(a.plan.items[0].id, "cadence_up");
  EXPECT_EQ(a.plan.items[1].id, "tall_and_drive");
  EXPECT_NE(a.plan.text.find("not strength"), std::string::npos);
}

TEST(Assess, CloseToTheLimitIsCannotTell) {
  test::Runner r;
  r.lean = 11.3;
  const auto& f = finding(assess(test::table_of(r)), "trunk_lean_forward");
  EXPECT_EQ(f.outcome, Outcome::cannot_tell);
  EXPECT_GT(f.probability, 0.5);
  EXPECT_NE(f.reason.find("too close"), std::string::npos);
}

TEST(Assess, WiderErrorBarTurnsPresentIntoCannotTell) {
  auto r = test::miss_x();
  auto table = test::table_of(r);
  EXPECT_EQ(finding(assess(table), "trunk_lean_forward").outcome, Outcome::present);
  for (auto& row : table.rows) row.sd *= 5.0;
  EXPECT_EQ(finding(assess(table), "trunk_lean_forward").outcome, Outcome::cannot_tell);
}

TEST(Assess, NotObservedAndLowQualityAreCannotTellWithTheReason) {
  auto table = test::table_of(test::miss_x());
  for (auto& row : table.rows) {
    if (row.metric == "trunk_lean") {
      row.status = MetricStatus::not_observed;
      row.value = NAN;
      row.reason = "points of the trunk were not recorded";
    }
    if (row.metric == "knee_lift") {
      row.status = MetricStatus::low_quality;
      row.reason = "4 strides, 10 wanted";
    }
  }
  const auto a = assess(table);
  EXPECT_EQ(finding(a, "trunk_lean_forward").outcome, Outcome::cannot_tell);
  EXPECT_NE(finding(a, "trunk_lean_forward").reason.find("not recorded"), std::string::npos);
  EXPECT_NE(finding(a, "low_knee_lift").reason.find("10 wanted"), std::string::npos);
}

TEST(Assess, KneeLiftIsJudgedAtTheRunnersSpeed) {
  test::Runner r;
  r.knee_lift = 27.0;
  r.speed = 2.5;  // usual is 28
  EXPECT_EQ(finding(assess(test::table_of(r)), "low_knee_lift").outcome, Outcome::absent);
  r.speed = 4.0;  // usual is 37
  EXPECT_EQ(finding(assess(test::table_of(r)), "low_knee_lift").outcome, Outcome::present);
  r.speed = NAN;
  const auto& unknown = finding(assess(test::table_of(r)), "low_knee_lift");
  EXPECT_EQ(unknown.outcome, Outcome::cannot_tell);
  EXPECT_NE(unknown.reason.find("speed is not known"), std::string::npos);
  r.speed = 6.0;
  EXPECT_EQ(finding(assess(test::table_of(r)), "low_knee_lift").outcome, Outcome::cannot_tell);
}

TEST(Assess, BothSidesDroppingIsNotADropOnOneSide) {
  auto r = test::miss_x();
  r.drop_left = r.drop_right;
  EXPECT_EQ(finding(assess(test::table_of(r)), "pelvic_drop_one_side").outcome, Outcome::absent);
}

TEST(Assess, TwoSignsOfOverstridingCountTogether) {
  test::Runner r;
  r.reach = 0.204 + 0.030 + 0.006;  // a little beyond one SD
  r.shank = 8.25 + 2.3 + 0.9;
  const auto both = finding(assess(test::table_of(r)), "overstride");
  EXPECT_EQ(both.outcome, Outcome::present) << both.reason;
  r.shank = 8.25;
  EXPECT_EQ(finding(assess(test::table_of(r)), "overstride").outcome, Outcome::cannot_tell);
}

TEST(Bands, LengthsScaleWithTheLeg) {
  const auto bands = reference_bands();
  const auto* reach = find_band(bands, "overstride");
  EXPECT_NEAR(reach->mean_at(3.0, 0.62 * 0.9275), 0.62 * reach->mean_at(3.0), 1e-12);
  EXPECT_NEAR(reach->high_at(3.0, 0.62 * 0.9275), 0.62 * reach->high_at(3.0), 1e-12);
  const auto* lean = find_band(bands, "trunk_lean");
  EXPECT_DOUBLE_EQ(lean->high_at(3.0, 0.5), 11.0);
}

TEST(Assess, HalfOfTheStridesAreNotEnough) {
  auto r = test::miss_x();
  r.lean = 12.0;
  auto table = test::table_of(r);
  int n = 0;
  for (auto& row : table.rows) {
    if (row.metric != "trunk_lean") continue;
    row.sd = 0.5;
    if (row.stride >= 0) row.value = ++n % 2 == 0 ? 10.5 : 13.5;
  }
  const auto& f = finding(assess(table), "trunk_lean_forward");
  EXPECT_EQ(f.outcome, Outcome::cannot_tell);
  EXPECT_NE(f.reason.find("50 % of the strides only"), std::string::npos) << f.reason;
}

TEST(Assess, FalseFindingsInHealthyRunnersStayBelowFivePercent) {
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  int false_findings = 0;
  constexpr int kRunners = 400;
  for (int i = 0; i < kRunners; ++i) {
    // A healthy runner of the reference, measured with the stated errors.
    test::Runner r;
    r.lean += 1.0 * normal(random);
    r.knee_lift += 1.5 * normal(random);
    r.shank += 1.4 * normal(random);
    r.reach += 0.008 * normal(random);
    r.drop_left += 1.1 * normal(random);
    r.drop_right += 1.1 * normal(random);
    for (const auto& f : assess(test::table_of(r)).findings) {
      false_findings += f.outcome == Outcome::present;
    }
  }
  EXPECT_LE(false_findings, kRunners / 20);
}

TEST(Assess, StrengthOutcomes) {
  const auto table = test::table_of({});
  const auto outcome = [&](double left, double right, double mass) {
    const auto profile = strength_profile(test::strength_trials(left, right), test::of_mass(mass));
    return finding(assess(table, &profile), "hip_abductor");
  };
  EXPECT_EQ(outcome(25, 25, 65).outcome, Outcome::absent);
  EXPECT_EQ(outcome(25, 18, 65).side, "right");
  EXPECT_EQ(outcome(18, 25, 65).side, "left");
  EXPECT_EQ(outcome(18, 25, 65).outcome, Outcome::present);
  EXPECT_EQ(outcome(25, 25, 0).outcome, Outcome::cannot_tell);
  EXPECT_NE(outcome(25, 25, 0).reason.find("body mass"), std::string::npos);
}

TEST(Assess, OptionsAndReplacedFilesAreChecked) {
  const auto table = test::table_of({});
  AssessOptions options;
  options.certainty = 0.3;
  EXPECT_THROW(static_cast<void>(assess(table, nullptr, options)), InvalidArgument);
  options.certainty = 0.0;
  options.rules_path = ::testing::TempDir() + "rules.json";
  std::ofstream(options.rules_path) << "{\"rules\": [";
  EXPECT_THROW(static_cast<void>(assess(table, nullptr, options)), IoError);
  std::ofstream(options.rules_path)
      << R"({"speed_range_m_s":[2,5],"stride_share":0.7,"rules":[{"id":"a","title":"b","evidence":"C",
            "certainty":0.8,"all":[{"kind":"level","metric":"cadence"}]}]})";
  EXPECT_THROW(static_cast<void>(assess(table, nullptr, options)), IoError);
  std::remove(options.rules_path.c_str());
}

TEST(Cover, SmallestSetWins) {
  using Covers = std::vector<std::vector<std::string>>;
  const Covers covers{{"a"}, {"b"}, {"a", "b"}, {"c"}};
  EXPECT_EQ(smallest_cover({"a", "b"}, covers, {1, 1, 1, 1}, 2), std::vector<int>({2}));
  EXPECT_EQ(smallest_cover({"a", "b", "c"}, covers, {1, 1, 1, 1}, 2), std::vector<int>({2, 3}));
  EXPECT_EQ(smallest_cover({"a", "b", "c"}, covers, {1, 1, 1, 1}, 1), std::vector<int>({2}));
  EXPECT_TRUE(smallest_cover({"z"}, covers, {1, 1, 1, 1}, 2).empty());
  EXPECT_TRUE(smallest_cover({}, covers, {1, 1, 1, 1}, 2).empty());
  // Equal in size: the better evidence.
  EXPECT_EQ(smallest_cover({"a"}, Covers{{"a"}, {"a"}}, {1.6, 1.1}, 2), std::vector<int>({1}));
  // Greedy would take the big one first and need three.
  const Covers trap{{"a", "b", "c", "d"}, {"a", "b", "e"}, {"c", "d", "f"}};
  EXPECT_EQ(smallest_cover({"a", "b", "c", "d", "e", "f"}, trap, {1, 1, 1}, 3),
            std::vector<int>({1, 2}));
}

}  // namespace
}  // namespace runmech
