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

/// Where the model has its markers, for splined coordinates q and shared unknowns.
template <class T>
std::vector<Eigen::Matrix<T, 3, 1>> plain_markers(const TrajectoryProblem& p, const T* splined,
                                                  const T* shared) {
  std::vector<T> q(p.skeleton.coordinates.size(), T(0.0));
  for (int j = 0; j < p.n(); ++j) q[p.splined[j]] = splined[j];
  for (int l = 0; l < p.n_lengths(); ++l) {
    for (std::size_t i = 0; i < p.lengths[l].coordinates.size(); ++i) {
      q[p.lengths[l].coordinates[i]] = shared[l] * p.lengths[l].length_m[i];
    }
  }
  SkeletonState<T> state;
  forward_kinematics(p.skeleton, q.data(), state);
  std::vector<Eigen::Matrix<T, 3, 1>> out;
  for (std::size_t k = 0; k < p.skeleton.markers.size(); ++k) {
    const BodyPoint& at = p.skeleton.markers[k].at;
    Eigen::Matrix<T, 3, 1> local = at.local_m.cast<T>();
    for (std::size_t i = 0; i < p.places.size(); ++i) {
      for (const auto& move : p.places[i].moves) {
        if (move.marker != static_cast<int>(k)) continue;
        local += shared[p.n_lengths() + i] * move.direction.cast<T>();
      }
    }
    out.push_back(state.origin[at.segment] + state.rotation[at.segment] * local);
  }
  return out;
}

inline double plain(double x) {
  return x;
}
template <class T, int N>
T plain(const ceres::Jet<T, N>& x) {
  return x.a;
}

/// Weight of a lost marker's pull, in the unit of the losses.
double lost_weight(const TrajectoryProblem& p, const LostMarker& lost) {
  const double stated = p.skeleton.markers[lost.marker].sigma_m;
  const double sigma =
      p.noise * stated * (p.sigma_ratio.empty() ? 1.0 : p.sigma_ratio[lost.marker]);
  const double bend = p.loss_scale * std::max(1.0, stated / sigma);
  const double squares = lost.error_m.cast<double>().squaredNorm() / (sigma * sigma);
  return (p.loss == RobustLoss::none ? 1.0 : 1.0 / (1.0 + squares / (bend * bend))) /
         (sigma * sigma);
}

/// The best common error of every segment in a frame: by averaging with the loss's weights until
/// nothing changes. At the best one, its own change does not change the cost.
template <class T>
std::vector<Eigen::Vector3d> plain_common(const TrajectoryProblem& p, Eigen::Index f,
                                          const std::vector<Eigen::Matrix<T, 3, 1>>& model) {
  std::vector<Eigen::Vector3d> out(p.skeleton.segments.size(), Eigen::Vector3d::Zero());
  for (std::size_t s = 0; s < out.size(); ++s) {
    const double sd = p.noise * p.skeleton.segments[s].common_error_m;
    for (int i = 0; sd > 0.0 && i < 1000; ++i) {
      double mass = 1.0 / (sd * sd);
      Eigen::Vector3d sum = Eigen::Vector3d::Zero();
      for (const LostMarker& lost : p.lost->in(f)) {
        if (p.skeleton.markers[lost.marker].at.segment != static_cast<int>(s)) continue;
        sum += lost_weight(p, lost) * lost.error_m.cast<double>();
      }
      for (std::size_t k = 0; k < p.skeleton.markers.size(); ++k) {
        const Marker& marker = p.skeleton.markers[k];
        const auto at = p.recorded_m->row(f).segment<3>(3 * static_cast<Eigen::Index>(k));
        if (marker.at.segment != static_cast<int>(s) || !at.allFinite()) continue;
        const double sigma =
            p.noise * marker.sigma_m * (p.sigma_ratio.empty() ? 1.0 : p.sigma_ratio[k]);
        Eigen::Vector3d r = at.transpose();
        for (int axis = 0; axis < 3; ++axis) r[axis] -= plain(model[k][axis]);
        const double squares = (r - out[s]).squaredNorm() / (sigma * sigma);
        const double bend = p.loss_scale * std::max(1.0, marker.sigma_m / sigma);
        const double c2 = bend * bend;
        const double w =
            (p.loss == RobustLoss::none ? 1.0 : 1.0 / (1.0 + squares / c2)) / (sigma * sigma);
        mass += w;
        sum += w * r;
      }
      out[s] = sum / mass;
    }
  }
  return out;
}

/// The whole cost, written down plainly, for any scalar: unknowns are the control values in order
/// of time, then the lengths.
template <class T>
T plain_cost(const TrajectoryProblem& p, const std::vector<T>& x) {
  using std::sqrt;
  const int n = p.n();
  const int n_control = p.basis.n_control();
  const auto rho = [&](const T& s, double wider) -> T {
    using std::log;
    const double c2 = p.loss_scale * p.loss_scale * wider * wider;
    return p.loss == RobustLoss::none ? s : T(c2 * log(1.0 + s / c2));
  };
  T cost(0.0);
  for (Eigen::Index f = 0; f < p.n_frames(); ++f) {
    std::vector<T> q(n, T(0.0));
    const SplineBasis& b = p.basis.frame[f];
    for (int j = 0; j < n; ++j) {
      for (int a = 0; a <= p.basis.degree; ++a) q[j] += b.value[a] * x[(b.first + a) * n + j];
      const Coordinate& c = p.skeleton.coordinates[p.splined[j]];
      const T beyond = q[j] < T(c.lower)   ? T(q[j] - c.lower)
                       : q[j] > T(c.upper) ? T(q[j] - c.upper)
                                           : T(0.0);
      if (p.limit_sd_rad > 0.0) cost += 0.5 * beyond * beyond / (p.limit_sd_rad * p.limit_sd_rad);
    }
    const auto model = plain_markers(p, q.data(), x.data() + n_control * n);
    const auto common = plain_common(p, f, model);
    for (std::size_t s = 0; s < common.size(); ++s) {
      const double sd = p.noise * p.skeleton.segments[s].common_error_m;
      if (sd > 0.0) cost += 0.5 * p.gain * common[s].squaredNorm() / (sd * sd);
    }
    for (const LostMarker& lost : p.lost->in(f)) {
      const Eigen::Vector3d error = lost.error_m.cast<double>();
      const Eigen::Matrix<T, 3, 1> gone =
          model[lost.marker] +
          (common[p.skeleton.markers[lost.marker].at.segment] - lost.around_m.cast<double>())
              .template cast<T>();
      cost += 0.5 * p.gain * lost_weight(p, lost) *
              (error.squaredNorm() - 2.0 * error.cast<T>().dot(gone));
    }
    for (std::size_t k = 0; k < p.skeleton.markers.size(); ++k) {
      const Marker& marker = p.skeleton.markers[k];
      const auto at = p.recorded_m->row(f).segment<3>(3 * static_cast<Eigen::Index>(k));
      if (!at.allFinite()) continue;
      const Eigen::Matrix<T, 3, 1> r = at.transpose().template cast<T>() - model[k] -
                                       common[marker.at.segment].template cast<T>();
      const double sigma =
          p.noise * marker.sigma_m * (p.sigma_ratio.empty() ? 1.0 : p.sigma_ratio[k]);
      cost += 0.5 * p.gain *
              rho(T(r.squaredNorm() / (sigma * sigma)), std::max(1.0, marker.sigma_m / sigma));
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
  for (int i = 0; i < p.n_shared(); ++i) {
    const T away = x[n_control * n + i] / p.shared_sd(i);
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
    const int n_shared = problem.n_shared();
    const int n_control = static_cast<int>(x.size()) - n_shared;
    const int i = trial % 2 == 0 && n_shared > 0 ? n_control + static_cast<int>(random() % n_shared)
                                                 : static_cast<int>(random() % x.size());
    std::vector<Jet> jets(x.begin(), x.end());
    jets[i].v[0] = 1.0;
    EXPECT_NEAR(-system.pull()[i], plain_cost(problem, jets).v[0], 1e-10 * largest) << i;
  }
}

// One frame's Hessian, term by term: J'WJ with J from automatic differentiation.
TEST_P(TrajectoryCost, FrameHessianIsThatOfJets) {
  const auto [problem, start] = test::make_case(GetParam());
  const int n = problem.n();
  const int m = problem.n_shared();
  const auto n_markers = static_cast<Eigen::Index>(problem.skeleton.markers.size());
  FrameTerms frame(problem);
  const SplineBasis& b = problem.basis.frame[7];
  Eigen::VectorXd q = Eigen::VectorXd::Zero(n);
  for (int a = 0; a <= problem.basis.degree; ++a) {
    q += b.value[a] * start.control.row(b.first + a).transpose();
  }
  frame.evaluate(7, q.data(), start.shared.data());
  frame.linearise(FrameTerms::Curvature::newton);
  Eigen::MatrixXd jacobian(3 * n_markers, n + m);
  using Jet = ceres::Jet<double, 1>;
  for (int i = 0; i < n + m; ++i) {
    std::vector<Jet> u(q.begin(), q.end());
    for (const double value : start.shared) u.emplace_back(value);
    u[i].v[0] = 1.0;
    const auto at = plain_markers(problem, u.data(), u.data() + n);
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      const double root = std::sqrt(frame.information()[k]);
      for (int axis = 0; axis < 3; ++axis) jacobian(3 * k + axis, i) = root * at[k][axis].v[0];
    }
  }
  Eigen::MatrixXd want = jacobian.transpose() * jacobian;
  for (std::size_t s = 0; s < problem.skeleton.segments.size(); ++s) {  // the common errors' part
    const double sd = problem.noise * problem.skeleton.segments[s].common_error_m;
    if (!(sd > 0.0)) continue;
    double mass = problem.gain / (sd * sd);
    Eigen::MatrixXd together = Eigen::MatrixXd::Zero(3, n + m);
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      if (problem.skeleton.markers[k].at.segment != static_cast<int>(s)) continue;
      mass += frame.information()[k];
      together += std::sqrt(frame.information()[k]) * jacobian.middleRows<3>(3 * k);
    }
    want -= together.transpose() * together / mass;
  }
  Eigen::MatrixXd have = Eigen::MatrixXd::Zero(n + m, n + m);
  for (const auto& place : frame.places()) {
    have(place.row, place.column) = have(place.column, place.row) = frame.entries()[place.entry];
  }
  have.bottomLeftCorner(m, n) = frame.edge();
  have.topRightCorner(n, m) = frame.edge().transpose();
  have.bottomRightCorner(m, m) = frame.corner();
  for (int j = 0; j < n; ++j) {  // beyond a limit something is added that no marker knows of
    const Coordinate& c = problem.skeleton.coordinates[problem.splined[j]];
    if (q[j] < c.lower || q[j] > c.upper) {
      have(j, j) -= 1.0 / (problem.limit_sd_rad * problem.limit_sd_rad);
    }
  }
  for (int i = 0; i < n + m; ++i) {
    for (int j = 0; j < n + m; ++j) {
      EXPECT_NEAR(have(i, j), want(i, j), 1e-10 * std::sqrt(want(i, i) * want(j, j)))
          << i << " " << j;
    }
  }
}

// H against differences of the exact gradient where the residuals are small: there Gauss-Newton is
// the Hessian.
TEST_P(TrajectoryCost, HessianIsThatOfTheExactModel) {
  TrajectoryCase c = GetParam();
  c.lost =
      false;  // a pull that stays is bent by the pose: curvature that Gauss and Newton leave out
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
  direction.tail(problem.n_shared()) *= 0.1;
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

// The noise by which smoothing is judged is that of the model, common errors included: where
// nothing smooths, its answers spread as the inverse Hessian says.
TEST_P(TrajectoryCost, NoiseSpreadsAsTheInverseHessianSays) {
  TrajectoryCase c = GetParam();
  c.missing = 0.0;
  auto [problem, start] = test::make_case(c);
  problem.limit_sd_rad = 0.0;
  problem.lambda *= 1e-6;
  problem.hold_sd.setConstant(1e3);
  for (auto& length : problem.lengths) length.sd = 1e3;
  for (auto& place : problem.places) place.sd = 1e3;
  TrajectorySystem system(problem);
  static_cast<void>(minimise(problem, {}, system, start, FrameTerms::Curvature::newton));
  static_cast<void>(system.linearise(start, FrameTerms::Curvature::newton));
  ASSERT_TRUE(system.factor());
  const FrameMatrix variance = system.variance();
  constexpr int kTrials = 300;
  Eigen::MatrixXd steps = system.noise_pulls(start, kTrials);
  system.band().solve(steps);
  double ratio = 0.0;
  for (Eigen::Index k = 0; k < variance.rows(); ++k) {
    for (int j = 0; j < problem.n(); ++j) {
      ratio += steps.row(k * problem.n() + j).squaredNorm() / kTrials / variance(k, j);
    }
  }
  EXPECT_NEAR(ratio / static_cast<double>(variance.rows() * problem.n()), 1.0, 0.03);
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
                    TrajectoryCase{.name = "lost", .missing = 0.05, .lost = true},
                    TrajectoryCase{.name = "lost_common_places",
                                   .missing = 0.05,
                                   .places = true,
                                   .common = true,
                                   .lost = true},
                    TrajectoryCase{.name = "lengths", .outliers = 0.02, .lengths = true},
                    TrajectoryCase{.name = "places", .outliers = 0.02, .places = true},
                    TrajectoryCase{.name = "common", .outliers = 0.02, .common = true},
                    TrajectoryCase{.name = "common_places",
                                   .missing = 0.1,
                                   .outliers = 0.02,
                                   .lengths = true,
                                   .places = true,
                                   .common = true},
                    TrajectoryCase{.name = "everything",
                                   .missing = 0.1,
                                   .outliers = 0.02,
                                   .lengths = true,
                                   .places = true},
                    TrajectoryCase{.name = "quintic", .degree = 5, .lengths = true}),
    [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace runmech
