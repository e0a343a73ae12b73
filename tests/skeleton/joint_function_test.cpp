// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/joint_function.hpp"

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

struct Known {
  double q, value, slope, curvature;
};

void expect_known(const JointFunction& f, const std::vector<Known>& known) {
  for (const Known& k : known) {
    const auto found = f.at(k.q);
    EXPECT_NEAR(found.value, k.value, 1e-13) << k.q;
    EXPECT_NEAR(found.slope, k.slope, 1e-13) << k.q;
    EXPECT_NEAR(found.curvature, k.curvature, 2e-13) << k.q;
  }
}

// OpenSim 4.6, SimmSpline::calcValue and calcDerivative, 17 digits.
TEST(JointFunction, SplinesAreThoseOfOpenSim) {
  expect_known(simm_spline({0, 0.2, 0.5, 0.9, 1.4, 2.1}, {0.0, 0.013, 0.03, 0.021, -0.01, 0.004}),
               {{-0.3, -0.016445846183133443, 0.054819487277111473, 0},
                {0, 0, 0.054819487277111473, 0.14466227008602806},
                {0.1, 0.0060981172209984315, 0.066071428571428559, 0.080376555800313734},
                {0.2, 0.013, 0.070894798437174222, 0.01609084151459942},
                {0.7, 0.029577073350375752, -0.026263021697352062, -0.20385366751878753},
                {1.39, -0.009477024169728409, -0.052818706244277674, 0.10290580788302373},
                {1.8, -0.017670072203638747, 0.024641726836365625, 0.27519564783842348},
                {2.6, 0.067068960593946347, 0.12613792118789269, 0}});
  expect_known(simm_spline({-1, 0, 0.5, 2}, {1, 0, 2, -1}),
               {{-1.5, 4.75, -7.5, 0},
                {-0.6, -0.75733333333333341, -1.6244444444444444, 12.155555555555555},
                {0.2, 0.752, 4.0466666666666669, 2.0222222222222221},
                {1.7, 1.9720000000000009, -7.17, -16.977777777777778},
                {3, -13.833333333333332, -12.833333333333332, 0}});
  expect_known(simm_spline({0, 1, 3}, {0, 2, -1}),
               {{-1, -3.166666666666667, 3.166666666666667, 0},
                {0.4, 1.08, 2.2333333333333334, -2.3333333333333335},
                {2.5, 0.625, -2.6666666666666665, -2.3333333333333339},
                {4, -4.8333333333333339, -3.8333333333333335, 0}});
  expect_known(simm_spline({0, 2}, {1, 5}), {{-1, -1, 2, 0}, {0.5, 2, 2, 0}, {3, 7, 2, 0}});
}

TEST(JointFunction, PolynomialsAndTheIdentity) {
  expect_known(JointFunction{}, {{-3.0, -3.0, 1.0, 0.0}});
  expect_known(polynomial({0.5, -1.0, 2.0}), {{3.0, 15.5, 11.0, 4.0}, {0.0, 0.5, -1.0, 4.0}});
  expect_known(polynomial({7.0}), {{3.0, 7.0, 0.0, 0.0}});
  EXPECT_TRUE(polynomial({7.0}).is_constant());
  EXPECT_TRUE(JointFunction{}.is_linear());
  EXPECT_FALSE(simm_spline({0, 2}, {1, 5}).is_linear());
}

TEST(JointFunction, DerivativesAgreeWithJets) {
  using Jet = ceres::Jet<double, 1>;
  for (const auto& f :
       {polynomial({0.3, -2.0, 0.7, 1.1}), simm_spline({-1, 0, 0.5, 2, 3}, {1, 0, 2, -1, 4})}) {
    for (double q = -2.0; q < 4.0; q += 0.37) {
      const auto plain = f.at(q);
      const auto jets = f.at(Jet(q, 0));
      EXPECT_EQ(jets.value.a, plain.value);
      EXPECT_NEAR(jets.value.v[0], plain.slope, 1e-12);
      EXPECT_NEAR(jets.slope.v[0], plain.curvature, 1e-12);
    }
  }
}

TEST(JointFunction, ScalingAndInnerLines) {
  for (const auto& f : {polynomial({0.3, -2.0, 0.7, 1.1}), polynomial({4.0}),
                        simm_spline({-1, 0, 0.5, 2, 3}, {1, 0, 2, -1, 4})}) {
    for (const double slope : {1.0, 0.4, -2.5}) {
      const auto inner = after_line(f, slope, 0.3);
      const auto three = scaled(f, 3.0);
      for (double q = -3.0; q < 4.0; q += 0.41) {
        const auto direct = f.at(slope * q + 0.3);
        EXPECT_NEAR(inner.at(q).value, direct.value, 1e-11);
        EXPECT_NEAR(inner.at(q).slope, slope * direct.slope, 1e-11);
        EXPECT_NEAR(three.at(q).value, 3.0 * f.at(q).value, 1e-13);
      }
    }
  }
}

TEST(JointFunction, WhatIsNoFunctionIsRefused) {
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_THROW(static_cast<void>(polynomial({})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(polynomial({1.0, std::nan("")})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(simm_spline({0.0}, {1.0})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(simm_spline({0.0, 1.0}, {1.0})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(simm_spline({0.0, 0.0}, {1.0, 2.0})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(simm_spline({1.0, 0.0, 2.0}, {1.0, 2.0, 3.0})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(simm_spline({0.0, inf}, {1.0, 2.0})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(simm_spline({0.0, 1e-300}, {0.0, 1e300})), InvalidArgument);
  EXPECT_THROW(static_cast<void>(scaled(polynomial({1e300}), 1e300)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(after_line(JointFunction{}, 0.0, 1.0)), InvalidArgument);
}

}  // namespace
}  // namespace runmech
