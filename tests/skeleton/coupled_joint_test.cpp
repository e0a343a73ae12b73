// SPDX-License-Identifier: BSD-3-Clause
#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/normal_equations.hpp"
#include "support/coupled_tree.hpp"

namespace runmech {
namespace {

constexpr int kMany = 48;
using ManyJet = ceres::Jet<double, kMany>;

SkeletonState<ManyJet> by_jets(const Skeleton& skeleton, const Eigen::VectorXd& q) {
  std::vector<ManyJet> jets(q.size());
  for (int j = 0; j < q.size(); ++j) jets[j] = ManyJet(q[j], j);
  SkeletonState<ManyJet> state;
  forward_kinematics(skeleton, jets.data(), state);
  return state;
}

TEST(CoupledJoints, JacobianAgreesWithJetsAndDifferences) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    test::RandomTree random(seed);
    const Skeleton skeleton = random.make(10);
    const int n = skeleton.n_coordinates();
    ASSERT_LE(n, kMany);
    const Eigen::VectorXd q = random.pose(skeleton);
    const auto jets = by_jets(skeleton, q);
    SkeletonState<double> state, left, right;
    forward_kinematics(skeleton, q.data(), state);
    Eigen::Matrix3Xd jacobian;
    for (const auto& point : skeleton.landmarks) {
      point_jacobian(skeleton, state, point, jacobian);
      const auto p = point_position(jets, point);
      const double scale = 1.0 + jacobian.cwiseAbs().maxCoeff();
      for (int k = 0; k < 3; ++k) {
        EXPECT_NEAR(p[k].a, point_position(state, point)[k], 1e-12 * scale);
        EXPECT_LT((p[k].v.head(n).transpose() - jacobian.row(k)).cwiseAbs().maxCoeff(),
                  1e-12 * scale);
      }
    }
    const int moved = static_cast<int>(seed * 7) % n;
    Eigen::VectorXd before = q, after = q;
    before[moved] -= 1e-6;
    after[moved] += 1e-6;
    forward_kinematics(skeleton, before.data(), left);
    forward_kinematics(skeleton, after.data(), right);
    const auto& tip = skeleton.landmarks.back();
    point_jacobian(skeleton, state, tip, jacobian);
    EXPECT_LT(
        ((point_position(right, tip) - point_position(left, tip)) / 2e-6 - jacobian.col(moved))
            .norm(),
        1e-6 * (1.0 + jacobian.col(moved).norm()));
  }
}

TEST(CoupledJoints, NormalEquationsAgreeWithJets) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    test::RandomTree random(seed);
    const Skeleton skeleton = random.make(10);
    const int n = skeleton.n_coordinates();
    const Eigen::VectorXd q = random.pose(skeleton);
    const auto jets = by_jets(skeleton, q);
    SkeletonState<double> state;
    forward_kinematics(skeleton, q.data(), state);
    Eigen::MatrixXd h = Eigen::MatrixXd::Zero(n, n);
    Eigen::VectorXd g = Eigen::VectorXd::Zero(n);
    std::vector<double> measured, weight;
    for (const Marker& marker : skeleton.markers) {
      const auto p = point_position(jets, marker.at);
      const Eigen::Vector3d off = random.vector(0.03);
      weight.push_back(1e4 * std::exp(random.number()));
      for (int k = 0; k < 3; ++k) {
        measured.push_back(p[k].a + off[k]);
        h += weight.back() * p[k].v.head(n) * p[k].v.head(n).transpose();
        g += weight.back() * off[k] * p[k].v.head(n);
      }
    }
    NormalEquations equations(skeleton, std::vector<bool>(n, true));
    equations.measure(state, measured.data(), weight.data());
    equations.accumulate(state, weight.data());
    EXPECT_LT((equations.hessian() - h).cwiseAbs().maxCoeff() / h.cwiseAbs().maxCoeff(), 1e-12);
    EXPECT_LT((equations.gradient() - g).cwiseAbs().maxCoeff() / g.cwiseAbs().maxCoeff(), 1e-12);
    for (int i = 0; i < n; ++i) equations.add_prior(i, 3.0, 0.0);
    h.diagonal().array() += 3.0;
    ASSERT_TRUE(equations.factor());
    Eigen::VectorXd step;
    equations.solve(step);
    EXPECT_LT((h * step - g).norm() / g.norm(), 1e-9);
  }
}

TEST(CoupledJoints, OneIdentityElementPerCoordinateIsThePlainJoint) {
  const Skeleton plain = running_skeleton();
  Skeleton coupled = plain;
  for (Segment& segment : coupled.segments) {
    segment.first_element = static_cast<int>(coupled.elements.size());
    segment.n_elements = segment.n_coordinates;
    for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
         ++j) {
      Coordinate& c = coupled.coordinates[j];
      c.coupled = true;
      coupled.elements.push_back({j, c.rotation, c.axis, {}});
    }
  }
  test::RandomTree random(3);
  const Eigen::VectorXd q = random.pose(plain, 0.5);
  SkeletonState<double> a, b;
  forward_kinematics(plain, q.data(), a);
  forward_kinematics(coupled, q.data(), b);
  Eigen::Matrix3Xd left, right;
  for (const BodyPoint& at : plain.landmarks) {
    EXPECT_LT((point_position(a, at) - point_position(b, at)).norm(), 1e-14);
    point_jacobian(plain, a, at, left);
    point_jacobian(coupled, b, at, right);
    EXPECT_LT((left - right).cwiseAbs().maxCoeff(), 1e-14);
  }
}

TEST(Skeleton, NeutralPoseIsWhatTheCoordinatesSay) {
  Skeleton skeleton = running_skeleton();
  EXPECT_EQ(skeleton.neutral_pose().norm(), 0.0);
  skeleton.coordinates[1].neutral = 0.94;
  EXPECT_EQ(skeleton.neutral_pose()[1], 0.94);
}

}  // namespace
}  // namespace runmech
