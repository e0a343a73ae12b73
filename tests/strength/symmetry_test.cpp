// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/strength/symmetry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Symmetry, PublishedVectors) {
  EXPECT_NEAR(symmetry_index(38, 34), 11.111, 5e-4);
  EXPECT_NEAR(symmetry_angle(38, 34), 3.533, 5e-4);
  EXPECT_NEAR(limb_symmetry_index(34, 38), 89.474, 5e-4);
  EXPECT_NEAR(percent_difference(38, 34), 10.526, 5e-4);
  EXPECT_NEAR(bilateral_asymmetry(38, 34), 5.556, 5e-4);
  EXPECT_NEAR(log_ratio(38, 34), 11.123, 5e-4);
  EXPECT_NEAR(symmetry_index(100, 90), 10.526, 5e-4);
  EXPECT_NEAR(symmetry_angle(100, 90), 3.348, 5e-4);
  EXPECT_NEAR(bilateral_asymmetry(100, 90), 5.263, 5e-4);
  EXPECT_NEAR(log_ratio(100, 90), 10.536, 5e-4);
  EXPECT_NEAR(symmetry_index(90, 100), -10.526, 5e-4);
  EXPECT_NEAR(symmetry_angle(90, 100), -3.348, 5e-4);
  EXPECT_NEAR(symmetry_index(5, -2), 466.667, 5e-3);
  EXPECT_NEAR(symmetry_angle(5, -2), 74.224, 5e-4);
  EXPECT_TRUE(std::isnan(log_ratio(5, -2)));
}

TEST(Symmetry, EveryIndexChangesOnlySignWhenTheLegsAreRenamed) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> value(0.1, 300.0);
  for (int i = 0; i < 200; ++i) {
    const double a = value(random);
    const double b = value(random);
    const auto one = symmetry({a, b});
    const auto two = symmetry({b, a});
    EXPECT_DOUBLE_EQ(one.symmetry_index_pct, -two.symmetry_index_pct);
    EXPECT_NEAR(one.symmetry_angle_pct, -two.symmetry_angle_pct, 1e-10);
    EXPECT_DOUBLE_EQ(one.log_ratio_pct, -two.log_ratio_pct);
    EXPECT_DOUBLE_EQ(one.bilateral_pct, -two.bilateral_pct);
    EXPECT_DOUBLE_EQ(one.smaller_over_larger_pct, two.smaller_over_larger_pct);
    EXPECT_EQ(one.difference > 0, one.log_ratio_pct > 0);
  }
}

TEST(Symmetry, SymmetryAngleIsAntisymmetricForAnySigns) {
  for (const double r : {-5.0, -2.0, 0.0, 3.0}) {
    for (const double l : {-4.0, 1.0, 2.5}) {
      const double forward = symmetry_angle(r, l);
      const double back = symmetry_angle(l, r);
      // +100 and -100 are the same line.
      EXPECT_NEAR(std::remainder(forward + back, 200.0), 0.0, 1e-9) << r << " " << l;
      EXPECT_LE(std::abs(forward), 100.0);
    }
  }
}

// Published complaint: one-leg drills, renamed limbs, dominance (C30).
TEST(Symmetry, OneSideZeroIsBoundedAndNeverInfinite) {
  const auto zero = symmetry({0, 250});
  EXPECT_EQ(zero.status, SymmetryStatus::one_side_zero);
  EXPECT_DOUBLE_EQ(zero.bilateral_pct, 100.0);
  EXPECT_DOUBLE_EQ(zero.percent_difference, 100.0);
  EXPECT_DOUBLE_EQ(zero.symmetry_index_pct, 200.0);
  EXPECT_DOUBLE_EQ(zero.symmetry_angle_pct, 50.0);
  EXPECT_DOUBLE_EQ(zero.smaller_over_larger_pct, 0.0);
  EXPECT_TRUE(std::isnan(zero.log_ratio_pct));
}

TEST(Symmetry, UndefinedPairsSayWhy) {
  EXPECT_EQ(symmetry({0, 0}).status, SymmetryStatus::both_zero);
  EXPECT_TRUE(std::isnan(symmetry({0, 0}).symmetry_index_pct));
  EXPECT_EQ(symmetry({-2, 5}).status, SymmetryStatus::opposite_signs);
  EXPECT_TRUE(std::isnan(symmetry({-2, 5}).symmetry_index_pct));
  EXPECT_DOUBLE_EQ(symmetry({-2, 5}).difference, 7.0);
  EXPECT_EQ(symmetry({kNaN, 250}).status, SymmetryStatus::not_available);
  EXPECT_TRUE(std::isnan(symmetry({kNaN, 250}).difference));
  EXPECT_THROW(static_cast<void>(symmetry({1, INFINITY})), InvalidArgument);
}

TEST(Symmetry, InvolvedOverUninvolvedIsNotClipped) {
  EXPECT_DOUBLE_EQ(limb_symmetry_index(250, 200), 125.0);
  EXPECT_TRUE(std::isnan(limb_symmetry_index(250, 0)));
}

// Published complaint: the text named the strong leg as the weak one (C29).
TEST(Words, SideAndSignAgree) {
  const auto first = describe({53, 47}, Sense::strength, 5.0);
  EXPECT_TRUE(first.different);
  EXPECT_EQ(first.side, Side::right);
  EXPECT_EQ(first.text, "right weaker by 11.3 %");
  EXPECT_EQ(describe({47, 53}, Sense::strength, 5.0).text, "left weaker by 11.3 %");
  EXPECT_EQ(describe({50, 50}, Sense::strength, 5.0).text, "no difference beyond 5.0 %");
  EXPECT_EQ(describe({50, 50}, Sense::strength, 0.0).text, "no difference beyond 0.0 %");
  EXPECT_FALSE(describe({50.2, 49.8}, Sense::strength, 5.0).different);
  EXPECT_EQ(describe({0.25, 0.22}, Sense::duration, 5.0).text, "left longer by 13.6 %");
  EXPECT_EQ(describe({0.22, 0.25}, Sense::duration, 5.0).text, "right longer by 13.6 %");
  EXPECT_EQ(describe({0, 250}, Sense::strength, 5.0).text, "left weaker by 100.0 %");
  EXPECT_EQ(describe({kNaN, 250}, Sense::strength, 5.0).text,
            "not available: left side is missing");
}

TEST(Words, AgreeWithTheIndexForAnyPair) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> value(1.0, 100.0);
  for (int i = 0; i < 300; ++i) {
    const Sided<double> pair{value(random), value(random)};
    const double lr = symmetry(pair).log_ratio_pct;
    const auto strength = describe(pair, Sense::strength, 3.0);
    const auto length = describe(pair, Sense::duration, 3.0);
    ASSERT_EQ(strength.different, std::abs(lr) > 3.0);
    if (!strength.different) continue;
    EXPECT_EQ(strength.side, lr > 0 ? Side::left : Side::right);
    EXPECT_EQ(length.side, lr > 0 ? Side::right : Side::left);
    EXPECT_EQ(strength.text.rfind(std::string(to_string(strength.side)), 0), 0u);
  }
}

}  // namespace
}  // namespace runmech
