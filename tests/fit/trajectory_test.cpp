// SPDX-License-Identifier: BSD-3-Clause
#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <random>

#include "../../src/fit/trajectory_problem.hpp"
#include "../../src/fit/trajectory_system.hpp"
#include "runmech/core/options.hpp"
#include "runmech/core/units.hpp"
#include "support/trajectory_case.hpp"

namespace runmech {
namespace {

static_assert(lists_all_fields<TrajectoryOptions>());

using test::TrajectoryCase;

/// The whole cost, written down plainly, for any scalar: unknowns are the control values in order
/// of time, then the lengths.
template <class T>
T plain_cost(const TrajectoryProblem& p, const std::vector<T>& x) {
  using std::sqrt;
  const int n = p.n();
  const int n_control = p.basis.n_control();
  const auto rho = [&](const T& s) -> T {
    using std::log;
    const double c2 = p.loss_scale * p.loss_scale;
    return p.loss == RobustLoss::none ? s : T(c2 * log(1.0 + s / c2));
  };
  T cost(0.0);
  SkeletonState<T> state;
  for (Eigen::Index f = 0; f < p.n_frames(); ++f) {
    std::vector<T> q(p.skeleton.coordinates.size(), T(0.0));
    const SplineBasis& b = p.basis.frame[f];
    for (int j = 0; j < n; ++j) {
      for (int a = 0; a <= p.basis.degree; ++a) {
        q[p.splined[j]] += b.value[a] * x[(b.first + a) * n + j];
      }
      const Coordinate& c = p.skeleton.coordinates[p.splined[j]];
      const T& value = q[p.splined[j]];
      const T beyond = value < T(c.lower)   ? T(value - c.lower)
                       : value > T(c.upper) ? T(value - c.upper)
                                            : T(0.0);
      if (p.limit_sd_rad > 0.0) cost += 0.5 * beyond * beyond / (p.limit_sd_rad * p.limit_sd_rad);
    }
    for (int l = 0; l < p.n_lengths(); ++l) {
      for (std::size_t i = 0; i < p.lengths[l].coordinates.size(); ++i) {
        q[p.lengths[l].coordinates[i]] = x[n_control * n + l] * p.lengths[l].length_m[i];
      }
    }
    forward_kinematics(p.skeleton, q.data(), state);
    for (std::size_t k = 0; k < p.skeleton.markers.size(); ++k) {
      const Marker& marker = p.skeleton.markers[k];
      const auto at = p.recorded_m->row(f).segment<3>(3 * static_cast<Eigen::Index>(k));
      if (!at.allFinite()) continue;
      const Eigen::Matrix<T, 3, 1> r = at.transpose().cast<T>() - point_position(state, marker.at);
      const double sigma = p.noise * marker.sigma_m;
      cost += 0.5 * p.gain * rho(T(r.squaredNorm() / (sigma * sigma)));
    }
  }
  for (const auto& point : p.basis.roughness) {
    for (int j = 0; j < n; ++j) {
      T jerk(0.0);
      for (int a = 0; a <= p.basis.degree; ++a) {
        jerk += point.third.value[a] * x[(point.third.first + a) * n + j];
      }
      cost += 0.5 * p.lambda(point.interval, j) * point.weight * jerk * jerk;
    }
  }
  for (int j = 0; j < n; ++j) {
    for (int k = 0; k < n_control; ++k) {
      const T away = (x[k * n + j] - p.hold(k, j)) / p.hold_sd[j];
      cost += 0.5 * away * away;
    }
  }
  for (int l = 0; l < p.n_lengths(); ++l) {
    const T away = x[n_control * n + l] / p.lengths[l].sd;
    cost += 0.5 * away * away;
  }
  return cost;
}

std::vector<double> flat(const TrajectoryPoint& x) {
  std::vector<double> out(x.control.data(), x.control.data() + x.control.size());
  out.insert(out.end(), x.shared.begin(), x.shared.end());
  return out;
}

class TrajectoryCost : public testing::TestWithParam<TrajectoryCase> {};

// Gradient by automatic differentiation in a sweep over the unknowns; the Hessian of the
// least-squares case from the same gradient, differenced.
TEST_P(TrajectoryCost, GradientIsThatOfThePlainCost) {
  const auto [problem, start] = test::make_case(GetParam());
  TrajectorySystem system(problem);
  const double cost = system.linearise(start, FrameTerms::Curvature::reweighted);
  const std::vector<double> x = flat(start);
  EXPECT_NEAR(cost, plain_cost(problem, x), 1e-10 * cost);
  EXPECT_NEAR(system.cost(start), cost, 1e-12 * cost);
  using Jet = ceres::Jet<double, 1>;
  std::mt19937 random(3);
  double largest = system.pull().cwiseAbs().maxCoeff();
  for (int trial = 0; trial < 40; ++trial) {
    // every length, else control values by chance
    const int i = trial < problem.n_lengths() ? static_cast<int>(x.size()) - 1 - trial
                                              : static_cast<int>(random() % x.size());
    std::vector<Jet> jets(x.begin(), x.end());
    jets[i].v[0] = 1.0;
    EXPECT_NEAR(-system.pull()[i], plain_cost(problem, jets).v[0], 1e-10 * largest) << i;
  }
}

// H against differences of the exact gradient where the residuals are small: there Gauss-Newton is
// the Hessian.
TEST_P(TrajectoryCost, HessianIsThatOfTheExactModel) {
  TrajectoryCase c = GetParam();
  c.noise_m = 0.0;
  c.outliers = 0.0;
  auto [problem, start] = test::make_case(c);
  problem.limit_sd_rad = 0.0;
  test::fit_exactly(problem, start);
  TrajectorySystem system(problem);
  static_cast<void>(system.linearise(start, FrameTerms::Curvature::newton));
  const Eigen::VectorXd at = system.pull();
  ASSERT_TRUE(system.factor());
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  Eigen::VectorXd direction(system.size());
  for (double& d : direction) d = normal(random);
  direction.tail(problem.n_lengths()) *= 0.1;
  const double h = 1e-6;
  TrajectoryPoint ahead = start;
  TrajectoryPoint behind = start;
  advance(ahead, h * direction);
  advance(behind, -h * direction);
  static_cast<void>(system.linearise(ahead, FrameTerms::Curvature::newton));
  Eigen::VectorXd change = -system.pull();
  static_cast<void>(system.linearise(behind, FrameTerms::Curvature::newton));
  change = (change + system.pull()) / (2.0 * h);
  system.band().solve(change);
  EXPECT_LT((change - direction).norm(), 2e-4 * direction.norm());
}

TEST_P(TrajectoryCost, MinimumHasNoGradient) {
  auto [problem, x] = test::make_case(GetParam());
  TrajectorySystem system(problem);
  const double before = system.cost(x);
  TrajectoryOptions options;
  options.cost_tolerance = 1e-14;
  const auto summary = minimise(problem, options, system, x);
  EXPECT_TRUE(summary.converged);
  EXPECT_LT(summary.cost, before);
  EXPECT_LE(summary.iterations, 15);
  Eigen::VectorXd step;
  system.step(step);
  EXPECT_LT(step.cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_NEAR(plain_cost(problem, flat(x)), summary.cost, 1e-10 * summary.cost);
}

TEST_P(TrajectoryCost, CeresFindsTheSameMinimum) {
  auto [problem, x] = test::make_case(GetParam());
  TrajectoryPoint by_ceres = x;
  TrajectorySystem system(problem);
  TrajectoryOptions options;
  options.cost_tolerance = 1e-12;
  options.max_iterations = 300;
  const auto ours = minimise(problem, options, system, x);
  const auto theirs = minimise_with_ceres(problem, options, by_ceres);
  EXPECT_TRUE(theirs.converged);
  EXPECT_NEAR(theirs.cost, system.cost(by_ceres), 1e-10 * ours.cost);  // the true cost is kept
  EXPECT_NEAR(theirs.cost, ours.cost, 1e-8 * ours.cost);
  EXPECT_LT((x.control - by_ceres.control).cwiseAbs().maxCoeff(), 2e-3);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, TrajectoryCost,
    testing::Values(TrajectoryCase{.name = "plain", .loss = RobustLoss::none},
                    TrajectoryCase{.name = "robust", .outliers = 0.05},
                    TrajectoryCase{.name = "gaps", .missing = 0.3, .uneven = true},
                    TrajectoryCase{.name = "lengths", .outliers = 0.02, .lengths = true},
                    TrajectoryCase{.name = "quintic", .degree = 5, .lengths = true}),
    [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace runmech
