// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/normal_equations.hpp"

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "runmech/core/errors.hpp"
#include "support/allocations.hpp"
#include "support/coupled_tree.hpp"

namespace runmech {
namespace {

struct Problem {
  Skeleton skeleton;
  Eigen::VectorXd q;
  std::vector<double> measured;
  std::vector<double> weight;
};

/// A random pose, 45 markers scattered over random segments, measured 3 cm off.
Problem problem(unsigned seed) {
  Problem p;
  p.skeleton = running_skeleton();
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> segment(0, static_cast<int>(p.skeleton.segments.size()) - 1);
  for (int k = 0; k < 45; ++k) {
    Marker marker;
    marker.at = {"m" + std::to_string(k), segment(random),
                 0.1 * Eigen::Vector3d(normal(random), normal(random), normal(random))};
    p.skeleton.markers.push_back(marker);
  }
  p.q = Eigen::VectorXd::NullaryExpr(p.skeleton.n_coordinates(),
                                     [&] { return 0.6 * normal(random); });
  SkeletonState<double> state;
  forward_kinematics(p.skeleton, p.q.data(), state);
  for (const auto& marker : p.skeleton.markers) {
    const Eigen::Vector3d at = point_position(state, marker.at);
    for (int i = 0; i < 3; ++i) p.measured.push_back(at[i] + 0.03 * normal(random));
    p.weight.push_back(1e4 * std::exp(normal(random)));
  }
  return p;
}

std::vector<bool> all_free(const Skeleton& skeleton) {
  return std::vector<bool>(skeleton.coordinates.size(), true);
}

NormalEquations evaluate(const Problem& p, const std::vector<bool>& free, int unseen_axis = -1) {
  NormalEquations equations(p.skeleton, free, unseen_axis);
  SkeletonState<double> state;
  forward_kinematics(p.skeleton, p.q.data(), state);
  equations.measure(state, p.measured.data(), p.weight.data());
  equations.accumulate(state, p.weight.data());
  return equations;
}

/// H and g from the dense Jacobian, and the same Jacobian from automatic differentiation.
void dense(const Problem& p, Eigen::MatrixXd& h, Eigen::VectorXd& g, Eigen::MatrixXd& h_jets) {
  using Jet = ceres::Jet<double, 31>;
  const int n = p.skeleton.n_coordinates();
  SkeletonState<double> state;
  forward_kinematics(p.skeleton, p.q.data(), state);
  std::vector<Jet> q(n);
  for (int j = 0; j < n; ++j) q[j] = Jet(p.q[j], j);
  SkeletonState<Jet> jets;
  forward_kinematics(p.skeleton, q.data(), jets);
  h.setZero(n, n);
  h_jets.setZero(n, n);
  g.setZero(n);
  Eigen::Matrix3Xd jacobian;
  for (std::size_t k = 0; k < p.skeleton.markers.size(); ++k) {
    const BodyPoint& at = p.skeleton.markers[k].at;
    point_jacobian(p.skeleton, state, at, jacobian);
    const Eigen::Map<const Eigen::Vector3d> seen(&p.measured[3 * k]);
    h += p.weight[k] * jacobian.transpose() * jacobian;
    g += p.weight[k] * jacobian.transpose() * (seen - point_position(state, at));
    const auto by_jets = point_position(jets, at);
    for (int i = 0; i < 3; ++i) h_jets += p.weight[k] * by_jets[i].v * by_jets[i].v.transpose();
  }
}

TEST(NormalEquations, AgreeWithTheDenseJacobianAndWithJets) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Problem p = problem(seed);
    const NormalEquations equations = evaluate(p, all_free(p.skeleton));
    Eigen::MatrixXd h, h_jets;
    Eigen::VectorXd g;
    dense(p, h, g, h_jets);
    const double scale = h.cwiseAbs().maxCoeff();
    EXPECT_LT((equations.hessian() - h).cwiseAbs().maxCoeff() / scale, 1e-12);
    EXPECT_LT((equations.hessian() - h_jets).cwiseAbs().maxCoeff() / scale, 1e-12);
    EXPECT_LT((equations.gradient() - g).cwiseAbs().maxCoeff() / g.cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_GT(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(h).eigenvalues().minCoeff() / scale,
              -1e-12);
  }
}

// Markers whose errors a segment shares have the covariance sigma^2 I + sd^2 11'.
TEST(NormalEquations, CommonErrorsAreElimination) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    Problem p = problem(seed);
    const std::vector<double> sds{0.0, 0.002, 0.01, 0.05};
    for (std::size_t s = 0; s < p.skeleton.segments.size(); ++s) {
      p.skeleton.segments[s].common_error_m = sds[s % sds.size()];
    }
    const int n = p.skeleton.n_coordinates();
    const auto n_markers = static_cast<Eigen::Index>(p.skeleton.markers.size());
    SkeletonState<double> state;
    forward_kinematics(p.skeleton, p.q.data(), state);
    Eigen::MatrixXd jacobian(3 * n_markers, n);
    Eigen::VectorXd residual(3 * n_markers);
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(3 * n_markers, 3 * n_markers);
    Eigen::Matrix3Xd rates;
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      const BodyPoint& at = p.skeleton.markers[k].at;
      point_jacobian(p.skeleton, state, at, rates);
      jacobian.middleRows<3>(3 * k) = rates;
      residual.segment<3>(3 * k) =
          Eigen::Map<const Eigen::Vector3d>(&p.measured[3 * k]) - point_position(state, at);
      for (Eigen::Index l = 0; l < n_markers; ++l) {
        const double sd = p.skeleton.segments[at.segment].common_error_m;
        double shared = p.skeleton.markers[l].at.segment == at.segment ? sd * sd : 0.0;
        if (k == l) shared += 1.0 / p.weight[k];
        covariance.block<3, 3>(3 * k, 3 * l) = shared * Eigen::Matrix3d::Identity();
      }
    }
    const Eigen::MatrixXd weighted = covariance.inverse() * jacobian;
    const Eigen::MatrixXd h = jacobian.transpose() * weighted;
    const Eigen::VectorXd g = weighted.transpose() * residual;

    NormalEquations equations(p.skeleton, all_free(p.skeleton));
    equations.measure(state, p.measured.data(), p.weight.data());
    for (std::size_t s = 0; s < p.skeleton.segments.size(); ++s) {
      Eigen::Vector3d sum = Eigen::Vector3d::Zero();
      for (Eigen::Index k = 0; k < n_markers; ++k) {
        if (p.skeleton.markers[k].at.segment != static_cast<int>(s)) continue;
        sum += p.weight[k] * residual.segment<3>(3 * k);
      }
      equations.common_m().col(s) =
          equations.common_variance(static_cast<int>(s), p.weight.data()) * sum;
    }
    equations.accumulate(state, p.weight.data());
    EXPECT_LT((equations.hessian() - h).cwiseAbs().maxCoeff(), 1e-9 * h.cwiseAbs().maxCoeff());
    EXPECT_LT((equations.gradient() - g).cwiseAbs().maxCoeff(), 1e-9 * g.cwiseAbs().maxCoeff());
  }
}

TEST(NormalEquations, FactorSolvesInvertsAndKeepsLockedOnesOut) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Problem p = problem(seed);
    std::mt19937 random(seed);
    std::vector<bool> free = all_free(p.skeleton);
    for (std::size_t j = 0; j < free.size(); ++j) free[j] = seed == 0 || random() % 4 != 0;
    NormalEquations equations = evaluate(p, free);
    Eigen::MatrixXd h, h_jets;
    Eigen::VectorXd g;
    dense(p, h, g, h_jets);
    const auto& kept = equations.free_coordinates();
    EXPECT_EQ(static_cast<long>(kept.size()), std::count(free.begin(), free.end(), true));
    for (int i = 0; i < equations.size(); ++i) equations.add_prior(i, 5.0 + i, 0.1 * i);
    Eigen::MatrixXd expected = h(kept, kept);
    Eigen::VectorXd right = g(kept);
    for (int i = 0; i < equations.size(); ++i) {
      expected(i, i) += 5.0 + i;
      right[i] += 0.1 * i;
    }
    ASSERT_TRUE(equations.factor());
    Eigen::VectorXd step, variance;
    equations.solve(step);
    equations.inverse_diagonal(variance);
    const Eigen::MatrixXd inverse = expected.inverse();
    EXPECT_LT((expected * step - right).norm() / right.norm(), 1e-10);
    EXPECT_LT(
        ((variance - inverse.diagonal()).array() / inverse.diagonal().array()).abs().maxCoeff(),
        1e-8);
    ASSERT_TRUE(equations.factor(0.3));
    equations.solve(step);
    expected.diagonal() *= 1.3;
    EXPECT_LT((expected * step - right).norm() / right.norm(), 1e-10);
  }
}

TEST(NormalEquations, WeightZeroIsAbsentBitForBitWhateverTheMarkerHolds) {
  Problem p = problem(4);
  Problem without = p;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const int k : {3, 17, 44}) {
    p.weight[k] = 0.0;
    p.measured[3 * k] = p.measured[3 * k + 1] = p.measured[3 * k + 2] = nan;
  }
  for (const int k : {44, 17, 3}) {
    without.skeleton.markers.erase(without.skeleton.markers.begin() + k);
    without.weight.erase(without.weight.begin() + k);
    without.measured.erase(without.measured.begin() + 3 * k, without.measured.begin() + 3 * k + 3);
  }
  const auto a = evaluate(p, all_free(p.skeleton));
  const auto b = evaluate(without, all_free(p.skeleton));
  EXPECT_TRUE(a.hessian() == b.hessian());
  EXPECT_TRUE(a.gradient() == b.gradient());
}

TEST(NormalEquations, OrderOfMarkersDoesNotMatter) {
  const Problem p = problem(6);
  Problem shuffled = p;
  std::vector<int> order(p.weight.size());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  for (std::size_t k = 0; k < order.size(); ++k) {
    shuffled.skeleton.markers[k] = p.skeleton.markers[order[k]];
    shuffled.weight[k] = p.weight[order[k]];
    for (int i = 0; i < 3; ++i) shuffled.measured[3 * k + i] = p.measured[3 * order[k] + i];
  }
  const auto a = evaluate(p, all_free(p.skeleton)).hessian();
  const auto b = evaluate(shuffled, all_free(p.skeleton)).hessian();
  EXPECT_LT((a - b).cwiseAbs().maxCoeff() / a.cwiseAbs().maxCoeff(), 1e-14);
}

TEST(NormalEquations, KeepTheirDigitsFarFromTheOrigin) {
  Problem p = problem(8);
  const auto near = evaluate(p, all_free(p.skeleton));
  p.q[p.skeleton.coordinate("pelvis_tx")] +=
      128.0;  // a power of two: the measured points are exact
  for (std::size_t k = 0; k < p.weight.size(); ++k) p.measured[3 * k] += 128.0;
  const auto far = evaluate(p, all_free(p.skeleton));
  EXPECT_LT(
      (near.hessian() - far.hessian()).cwiseAbs().maxCoeff() / near.hessian().cwiseAbs().maxCoeff(),
      1e-12);
}

TEST(NormalEquations, ScaleWithTheUnitOfLengthAsTheyShould) {
  // Millimetres for metres: translations' entries of H keep their value per 1/mm^2, rotations' do
  // not change.
  Problem p = problem(9);
  const auto metres = evaluate(p, all_free(p.skeleton));
  Problem mm = p;
  for (auto& segment : mm.skeleton.segments) segment.origin_m *= 1000.0;
  for (auto& marker : mm.skeleton.markers) marker.at.local_m *= 1000.0;
  for (auto& value : mm.measured) value *= 1000.0;
  for (auto& value : mm.weight) value *= 1e-6;
  for (int j = 0; j < 3; ++j) mm.q[j] *= 1000.0;
  NormalEquations scaled = evaluate(mm, all_free(p.skeleton));
  NormalEquations plain = metres;
  ASSERT_TRUE(scaled.factor() && plain.factor());
  Eigen::VectorXd a, b;
  plain.solve(a);
  scaled.solve(b);
  EXPECT_LT((a.tail(28) - b.tail(28)).norm() / a.norm(), 1e-9);
  EXPECT_LT((1000.0 * a.head(3) - b.head(3)).norm() / b.head(3).norm(), 1e-9);
}

TEST(NormalEquations, AnUnseenAxisPullsNothing) {
  Problem p = problem(10);
  std::vector<bool> free;
  for (const auto& c : p.skeleton.coordinates) free.push_back(moves_within(c, View::side));
  for (int j = 0; j < p.q.size(); ++j) {
    if (!free[j]) p.q[j] = 0.0;
  }
  const auto before = evaluate(p, free, 2);
  for (std::size_t k = 0; k < p.weight.size(); ++k) p.measured[3 * k + 2] = 0.0;
  const auto after = evaluate(p, free, 2);
  EXPECT_TRUE(before.gradient() == after.gradient());
  EXPECT_TRUE(before.hessian() == after.hessian());
  EXPECT_EQ(after.residuals_m().row(2).cwiseAbs().maxCoeff(), 0.0);
}

TEST(NormalEquations, AllocateNothingAfterTheFirstFrame) {
  if (!test::counts_allocations()) GTEST_SKIP() << "the sanitizer has its own malloc";
  test::RandomTree random(5);
  Problem coupled;
  coupled.skeleton = random.make(12);
  coupled.q = random.pose(coupled.skeleton);
  coupled.measured.assign(3 * coupled.skeleton.markers.size(), 0.5);
  coupled.weight.assign(coupled.skeleton.markers.size(), 1e4);
  for (const Problem& p : {problem(11), coupled}) {
    NormalEquations equations(p.skeleton, all_free(p.skeleton));
    SkeletonState<double> state;
    Eigen::VectorXd step;
    const auto frame = [&] {
      forward_kinematics(p.skeleton, p.q.data(), state);
      equations.measure(state, p.measured.data(), p.weight.data());
      equations.accumulate(state, p.weight.data());
      static_cast<void>(equations.factor());
      equations.solve(step);
    };
    frame();
    const long before = test::allocations();
    frame();
    EXPECT_EQ(test::allocations(), before);
  }
}

TEST(NormalEquations, WrongNumberOfLocksIsRefused) {
  EXPECT_THROW(NormalEquations(running_skeleton(), std::vector<bool>(3, true)), InvalidArgument);
}

}  // namespace
}  // namespace runmech
