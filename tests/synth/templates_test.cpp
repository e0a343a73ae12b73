// SPDX-License-Identifier: BSD-3-Clause
// The curves and the path of the centre of mass before any foot is put on the ground.
#include "../../src/synth/templates.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "../../src/synth/centre_of_mass.hpp"
#include "../../src/synth/random.hpp"
#include "runmech/core/units.hpp"

namespace runmech::synth {
namespace {

struct Expected {
  double speed_m_s, thigh_strike, thigh_max, thigh_min, front_share, shank_strike, reach_m;
};

class LegCurves : public testing::TestWithParam<Expected> {};
// Forward kinematics of the curves for 1.75 m and 6 deg of anterior tilt, computed independently.
INSTANTIATE_TEST_SUITE_P(Published, LegCurves,
                         testing::Values(Expected{2.5, 17, 29, -20, .62, 5.6, .165},
                                         Expected{3.5, 23, 40, -24, .66, 10.5, .243},
                                         Expected{4.5, 25, 46, -26, .67, 11.9, .273}));

TEST_P(LegCurves, MeetTheCheckValues) {
  const Expected& e = GetParam();
  const Templates t = templates_at(e.speed_m_s, 1.75);
  const auto thigh = [&](double p) { return degrees(t.leg[kHipFlexion].at(p)) - 6.0; };
  const auto shank = [&](double p) { return thigh(p) - degrees(t.leg[kKnee].at(p)); };
  double highest = -1e9, lowest = 1e9, front = 0.0;
  constexpr int kSteps = 1000;
  for (int i = 0; i < kSteps; ++i) {
    const double phi = thigh(static_cast<double>(i) / kSteps);
    highest = std::max(highest, phi);
    lowest = std::min(lowest, phi);
    front += phi > 0.0 ? 1.0 / kSteps : 0.0;
  }
  EXPECT_NEAR(thigh(0.0), e.thigh_strike, 0.6);
  EXPECT_NEAR(highest, e.thigh_max, 0.6);
  EXPECT_NEAR(lowest, e.thigh_min, 0.6);
  EXPECT_NEAR(front, e.front_share, 0.008);
  EXPECT_NEAR(shank(0.0), e.shank_strike, 0.15);
  const double reach =
      0.245 * 1.75 * std::sin(radians(thigh(0.0))) + 0.246 * 1.75 * std::sin(radians(shank(0.0)));
  EXPECT_NEAR(reach, e.reach_m, 0.002);
}

TEST(TrunkCurves, ObliquityIsHighestEarlyInStance) {
  const Templates t = templates_at(3.5, 1.75);
  double highest = 0.0, at = 0.0;
  for (int i = 0; i < 100; ++i) {
    if (t.obliquity.at(0.01 * i) > highest) {
      highest = t.obliquity.at(0.01 * i);
      at = 0.01 * i;
    }
  }
  EXPECT_NEAR(degrees(highest), 5.87, 0.02);
  EXPECT_NEAR(at, 0.16, 0.011);
}

TEST(Scale, AShorterRunnerIsTheSameRunnerOnAFasterClock) {
  const Templates tall = templates_at(3.5, 1.75);
  const double scale = 0.62;
  const Templates small = templates_at(3.5 * std::sqrt(scale), 1.75 * scale);
  EXPECT_NEAR(small.cadence_spm * std::sqrt(scale), tall.cadence_spm, 1e-9);
  EXPECT_NEAR(small.overstride_m / scale, tall.overstride_m, 1e-12);
  EXPECT_NEAR(small.knee_lift, tall.knee_lift, 1e-12);
}

TEST(CentreOfMassPath, OscillatesAsTheModelOfMorinSays) {
  const Templates t = templates_at(3.5, 1.75);
  const CentreOfMass path(contacts_between(t, 0.0, 3.0, 0.0, 1), t, 3.5, 1.75);
  double highest = -1.0, lowest = 1.0;
  for (double s = 1.0; s < 2.0; s += 0.0005) {
    highest = std::max(highest, path.position(s).y());
    lowest = std::min(lowest, path.position(s).y());
  }
  const double step = 60.0 / t.cadence_spm;
  const double contact = 2.0 * step * t.duty_factor;
  const double flight = step - contact;
  const double expected = kGravity * (contact * step / (2.0 * std::acos(-1.0)) -
                                      contact * contact / 8.0 + flight * flight / 8.0);
  EXPECT_NEAR(highest - lowest, expected, 1e-5);
  EXPECT_NEAR(path.position(2.0 + step).x() - path.position(2.0).x(), 3.5 * step, 2e-3);
}

TEST(CentreOfMassPath, PushIsItsAccelerationAndWeight) {
  const Templates t = templates_at(3.0, 1.75);
  const CentreOfMass path(contacts_between(t, 0.0, 3.0, 1.0, 4), t, 3.0, 1.75);
  constexpr double h = 1e-3;
  for (double s = 0.5; s < 2.5; s += 0.0137) {
    const Eigen::Vector3d a =
        (path.position(s + h) - 2.0 * path.position(s) + path.position(s - h)) / (h * h);
    EXPECT_NEAR(a.y() + kGravity, path.push(s).y(), 0.3) << s;
    EXPECT_NEAR(a.x(), path.push(s).x(), 0.3) << s;
  }
}

TEST(RandomNumbers, AreNormalAndApart) {
  Random a(1, "white"), b(1, "soft"), again(1, "white");
  double sum = 0.0, squares = 0.0, together = 0.0;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = a.normal();
    EXPECT_EQ(x, again.normal());
    sum += x;
    squares += x * x;
    together += x * b.normal();
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.03);
  EXPECT_NEAR(squares / kDraws, 1.0, 0.04);
  EXPECT_NEAR(together / kDraws, 0.0, 0.03);
}

TEST(RandomNumbers, SmoothNoiseHasUnitSpread) {
  Random random(3, "smooth");
  const SmoothNoise noise(random, 0.0, 2000.0, 0.25);
  double squares = 0.0;
  int n = 0;
  for (double t = 0.0; t < 1999.0; t += 0.1, ++n) squares += noise.at(t) * noise.at(t);
  EXPECT_NEAR(std::sqrt(squares / n), 1.0, 0.04);
  EXPECT_NEAR(noise.at(10.0), noise.at(10.0001), 1e-2);
}

}  // namespace
}  // namespace runmech::synth
