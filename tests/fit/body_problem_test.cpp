// SPDX-License-Identifier: BSD-3-Clause
#include "../../src/fit/body_problem.hpp"

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <random>

#include "../../src/fit/calibration_points.hpp"
#include "../../src/fit/calibration_steps.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "support/running_body.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

BodyProblem problem_with(const std::string& set) {
  BodyProblem problem = make_problem(running_skeleton(), true);
  set_pose_prior(problem, false, View::spatial);
  for (const MarkerDef& def : marker_set(set).markers) {
    if (auto point = problem_point(problem, def, true)) problem.points.push_back(*point);
  }
  problem.poses = {test::running_pose(problem.base, 0.13)};
  return problem;
}

// Derivatives by pose against automatic ones, by lengths and place (both linear) against
// differences.
TEST(BodyProblem, DerivativesAreExact) {
  using Jet = ceres::Jet<double, 40>;
  BodyProblem problem = problem_with("rajagopal");
  const Eigen::VectorXd& q = problem.poses.front();
  const auto n = static_cast<Eigen::Index>(q.size());
  ASSERT_LE(n, 40);
  for (int p = 0; p < static_cast<int>(problem.points.size()); ++p) {
    const ProblemPoint& point = problem.points[static_cast<std::size_t>(p)];
    const ProblemSight sight{0, p, Vector3d(0.1, 1.0, -0.2)};
    Vector3d residual;
    Eigen::Matrix3Xd by_pose;
    Eigen::Matrix3Xd by_shape;
    Eigen::Matrix3d by_local;
    sight_residual(problem, sight, q.data(), problem.values.data(), point.local_m.data(), residual,
                   &by_pose, &by_shape, &by_local);
    std::vector<Jet> jets(static_cast<std::size_t>(n));
    for (Eigen::Index j = 0; j < n; ++j)
      jets[static_cast<std::size_t>(j)] = Jet(q[j], static_cast<int>(j));
    SkeletonState<Jet> state;
    forward_kinematics(problem.base, jets.data(), state);
    const auto at = point_position(state, BodyPoint{"", point.segment, point.local_m});
    for (int k = 0; k < 3; ++k) {
      EXPECT_NEAR(residual[k], (at[k].a - sight.world_m[k]) / point.sigma_m, 1e-10);
      for (Eigen::Index j = 0; j < n; ++j) {
        EXPECT_NEAR(by_pose(k, j), at[k].v[j] / point.sigma_m, 1e-10) << point.name << " " << j;
      }
    }
    const auto difference = [&](Eigen::VectorXd values, Vector3d local) {
      Vector3d out;
      sight_residual(problem, sight, q.data(), values.data(), local.data(), out, nullptr, nullptr,
                     nullptr);
      return Vector3d(out - residual);
    };
    for (Eigen::Index s = 0; s < problem.values.size(); ++s) {
      Eigen::VectorXd values = problem.values;
      values[s] += 0.01;
      EXPECT_LT((difference(values, point.local_m) / 0.01 - by_shape.col(s)).norm(), 1e-8);
    }
    for (int k = 0; k < 3; ++k) {
      EXPECT_LT((difference(problem.values, point.local_m + 0.01 * Vector3d::Unit(k)) / 0.01 -
                 by_local.col(k))
                    .norm(),
                1e-8);
    }
  }
}

TEST(BodyProblem, AnUnseenAxisHasNoResidual) {
  BodyProblem problem = problem_with("rbds");
  const ProblemSight sight{0, 0, Vector3d(0.0, NAN, 0.0)};
  Vector3d residual;
  Eigen::Matrix3Xd by_pose;
  sight_residual(problem, sight, problem.poses[0].data(), problem.values.data(),
                 problem.points[0].local_m.data(), residual, &by_pose, nullptr, nullptr);
  EXPECT_EQ(residual.y(), 0.0);
  EXPECT_TRUE(by_pose.row(1).isZero(0.0));
  EXPECT_TRUE(residual.allFinite() && by_pose.allFinite());
}

TEST(BodyShape, KeepsTheBaseAndScalesWhatHangsOnALength) {
  const Skeleton base = running_skeleton();
  const std::vector<ShapeParameter> shape = body_shape(base, true);
  Eigen::VectorXd values(static_cast<Eigen::Index>(shape.size()));
  for (std::size_t k = 0; k < shape.size(); ++k)
    values[static_cast<Eigen::Index>(k)] = shape[k].base_m;
  const Skeleton same = with_shape(base, shape, values);
  for (std::size_t s = 0; s < base.segments.size(); ++s) {
    EXPECT_LT((same.segments[s].origin_m - base.segments[s].origin_m).norm(), 1e-12);
  }
  for (std::size_t l = 0; l < base.landmarks.size(); ++l) {
    EXPECT_LT((same.landmarks[l].local_m - base.landmarks[l].local_m).norm(), 1e-12)
        << base.landmarks[l].name;
  }
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (shape[k].name == "thigh_r") values[static_cast<Eigen::Index>(k)] *= 1.1;
  }
  const Skeleton longer = with_shape(base, shape, values);
  const auto femur = static_cast<std::size_t>(base.segment("femur_r"));
  EXPECT_NEAR(
      longer.segments[static_cast<std::size_t>(base.segment("tibia_r"))].origin_m.norm(),
      1.1 * base.segments[static_cast<std::size_t>(base.segment("tibia_r"))].origin_m.norm(),
      1e-12);
  EXPECT_NEAR(longer.segments[femur].centre_of_mass_m.norm(),
              1.1 * base.segments[femur].centre_of_mass_m.norm(), 1e-12);
  EXPECT_EQ(longer.landmark("knee_lateral_l").local_m, base.landmark("knee_lateral_l").local_m);
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (shape[k].mirror >= 0) {
      EXPECT_EQ(shape[static_cast<std::size_t>(shape[k].mirror)].mirror, static_cast<int>(k));
    }
  }
}

}  // namespace
}  // namespace runmech
