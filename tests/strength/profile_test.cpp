// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/strength/profile.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"

namespace runmech {
namespace {

StrengthTrials both(const std::string& test, std::initializer_list<double> left,
                    std::initializer_list<double> right, const std::string& unit = "kgf") {
  StrengthTrials trials;
  int number = 0;
  for (const double v : left) trials.push_back({test, Side::left, ++number, v, unit});
  number = 0;
  for (const double v : right) trials.push_back({test, Side::right, ++number, v, unit});
  return trials;
}

Subject of_mass(double kg) {
  Subject subject;
  subject.mass_kg = kg;
  return subject;
}

TEST(Welch, PublishedVector) {
  const auto test =
      welch_test({40, 41, 39.5, 40.2, 39.1, 40.6}, {37, 38.2, 36.5, 37.4, 36.9, 37.8});
  EXPECT_NEAR(test.t, 7.23, 5e-3);
  EXPECT_NEAR(test.p, 3.0e-5, 5e-7);
  EXPECT_TRUE(std::isnan(welch_test({1}, {1, 2}).p));
  EXPECT_TRUE(std::isnan(welch_test({1, 1}, {2, 2}).p));
}

TEST(StrengthProfile, AsymmetricTodayButWithinTheErrorBetweenDays) {
  const auto profile = strength_profile(
      both("hip_abduction", {37, 38.2, 36.5, 37.4, 36.9, 37.8}, {40, 41, 39.5, 40.2, 39.1, 40.6}));
  ASSERT_EQ(profile.results.size(), 1u);
  const auto& r = profile.results[0];
  EXPECT_NEAR(r.limb.right.mean, 40.067, 5e-4);
  EXPECT_NEAR(r.limb.left.mean, 37.300, 5e-4);
  EXPECT_NEAR(r.limb.right.sd, 0.698, 5e-4);
  EXPECT_NEAR(r.limb.left.sd, 0.626, 5e-4);
  EXPECT_NEAR(r.limb.right.cv_pct, 1.74, 5e-3);
  EXPECT_NEAR(r.limb.left.cv_pct, 1.68, 5e-3);
  EXPECT_NEAR(r.indices.log_ratio_pct, 7.16, 5e-3);
  EXPECT_TRUE(r.gate_cv);
  EXPECT_TRUE(r.gate_today);
  EXPECT_FALSE(r.gate_days);
  EXPECT_NEAR(r.noise_days_pct, 14 * std::sqrt(2.0), 0.01);
  EXPECT_EQ(r.verdict, AsymmetryVerdict::today_only);
  EXPECT_EQ(r.text,
            "left weaker by 6.9 % today, within the error between days (18 %): measure again");
}

TEST(StrengthProfile, LargeConsistentDifferenceIsAsymmetric) {
  const auto profile =
      strength_profile(both("hip_abduction", {28, 28.5, 27.6}, {20, 20.4, 19.7}), of_mass(70));
  const auto& r = profile.results[0];
  EXPECT_EQ(r.verdict, AsymmetryVerdict::asymmetric);
  EXPECT_TRUE(r.unusual);
  EXPECT_EQ(r.words.side, Side::right);
  EXPECT_EQ(r.normalised_unit, "%BM");
  EXPECT_NEAR(r.limb.left.normalised, 100 * 28.0333 / 70, 1e-3);
  EXPECT_FALSE(r.limb.left.weak);
  EXPECT_TRUE(r.limb.right.weak);  // 28.6 %BM against the norm's p10 of 29.4
  EXPECT_GT(r.limb.right.weak_probability, 0.5);
  EXPECT_LT(r.limb.right.weak_probability, 0.9);  // but 0.8 %BM is within the error
  EXPECT_NEAR(r.limb.left.percentile,
              100 * 0.5 * std::erfc(-((40.0476 - 38.1) / 7.2) / std::sqrt(2.0)), 0.01);
}

TEST(StrengthProfile, SingleTrialsUseTheStatedNoise) {
  const auto words = [](double left, double right) {
    return strength_profile(both("any_test", {left}, {right})).results[0];
  };
  EXPECT_EQ(words(53, 47).words.text, "right weaker by 11.3 %");
  EXPECT_EQ(words(47, 53).words.text, "left weaker by 11.3 %");
  EXPECT_EQ(words(50, 50).verdict, AsymmetryVerdict::none);
  EXPECT_EQ(words(50.2, 49.8).verdict, AsymmetryVerdict::none);
  EXPECT_NE(words(50.2, 49.8).text.find("no difference beyond 8.3 %"), std::string::npos);
  const auto contact = strength_profile(both("contact_time", {0.25}, {0.22}, "s")).results[0];
  EXPECT_EQ(contact.words.text, "left longer by 13.6 %");
  EXPECT_DOUBLE_EQ(contact.limb.left.best, 0.25);
}

TEST(StrengthProfile, ZeroMissingAndNegativeSides) {
  const auto zero = strength_profile(both("heel_raise", {0}, {25}, "reps")).results[0];
  EXPECT_EQ(zero.limb.left.n_available, 1);
  EXPECT_EQ(zero.words.text, "left weaker by 100.0 %");
  const auto nothing = strength_profile(both("heel_raise", {0}, {0}, "reps")).results[0];
  EXPECT_EQ(nothing.verdict, AsymmetryVerdict::not_available);
  EXPECT_EQ(nothing.text, "undefined: both sides are zero");
  const auto missing = strength_profile(both("heel_raise", {NAN}, {25}, "reps")).results[0];
  EXPECT_EQ(missing.limb.left.n_trials, 1);
  EXPECT_EQ(missing.limb.left.n_available, 0);
  EXPECT_EQ(missing.text, "not available: left side is missing");
  EXPECT_THROW(static_cast<void>(strength_profile(both("heel_raise", {-5}, {250}))),
               InvalidArgument);
  EXPECT_THROW(static_cast<void>(strength_profile(both("heel_raise", {INFINITY}, {2}))),
               InvalidArgument);
}

TEST(StrengthProfile, UnitsConvertOrAreRefused) {
  auto trials = both("hip_abduction", {25}, {25});
  trials[0].value *= kGravity;
  trials[0].unit = "N";
  const auto r = strength_profile(trials, of_mass(70)).results[0];
  EXPECT_NEAR(r.limb.right.normalised, r.limb.left.normalised, 1e-9);
  trials[0].unit = "Nm";
  try {
    static_cast<void>(strength_profile(trials));
    FAIL() << "accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("hip_abduction"), std::string::npos);
  }
}

TEST(StrengthProfile, NoMassMeansNoNorm) {
  const auto r = strength_profile(both("hip_abduction", {20}, {20})).results[0];
  EXPECT_TRUE(r.normalised_unit.empty());
  EXPECT_TRUE(std::isnan(r.limb.left.percentile));
  EXPECT_FALSE(r.limb.left.weak);
}

TEST(StrengthProfile, TrialGivenTwiceIsRefused) {
  auto trials = both("hip_abduction", {20, 21}, {20});
  trials[1].trial = 1;
  EXPECT_THROW(static_cast<void>(strength_profile(trials)), InvalidArgument);
}

TEST(StrengthTests, CatalogueIsSane) {
  const auto tests = strength_tests();
  EXPECT_GE(tests.size(), 10u);
  for (const auto& test : tests) {
    const bool has_mdc = test.mdc_pct > 0 || test.mdc_units > 0;
    EXPECT_EQ(has_mdc, !test.mdc_source.empty()) << test.id;
    if (test.norm_sd > 0) {
      EXPECT_LT(test.norm_p10, test.norm_p50);
      EXPECT_FALSE(test.norm_population.empty());
    }
  }
  EXPECT_THROW(static_cast<void>(strength_tests("/nowhere.json")), IoError);
}

}  // namespace
}  // namespace runmech
