// SPDX-License-Identifier: BSD-3-Clause
#include "body_problem.hpp"

#include <cmath>

#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

// Segment origins only: what forward kinematics needs of the lengths.
void move_origins(const BodyProblem& problem, const double* values, Skeleton& skeleton) {
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    skeleton.segments[s].origin_m = problem.base.segments[s].origin_m;
  }
  for (std::size_t k = 0; k < problem.shape.size(); ++k) {
    const double change = values[k] - problem.shape[k].base_m;
    for (const auto& move : problem.shape[k].moves) {
      skeleton.segments[static_cast<std::size_t>(move.segment)].origin_m += change * move.direction;
    }
  }
}

bool carries(const Skeleton& skeleton, int ancestor, int segment) {
  while (segment >= 0 && segment != ancestor) {
    segment = skeleton.segments[static_cast<std::size_t>(segment)].parent;
  }
  return segment == ancestor;
}

}  // namespace

void sight_residual(const BodyProblem& problem, const ProblemSight& sight, const double* pose,
                    const double* values, const double* local, Eigen::Vector3d& residual,
                    Eigen::Matrix3Xd* by_pose, Eigen::Matrix3Xd* by_shape,
                    Eigen::Matrix3d* by_local) {
  thread_local Skeleton skeleton;
  thread_local SkeletonState<double> state;
  thread_local Eigen::Matrix3Xd jacobian;
  if (skeleton.segments.size() != problem.base.segments.size() ||
      skeleton.coordinates.size() != problem.base.coordinates.size()) {
    skeleton.segments = problem.base.segments;
    skeleton.coordinates = problem.base.coordinates;
  }
  move_origins(problem, values, skeleton);
  forward_kinematics(skeleton, pose, state);
  const ProblemPoint& point = problem.points[static_cast<std::size_t>(sight.point)];
  const BodyPoint at{{}, point.segment, Eigen::Map<const Eigen::Vector3d>(local)};
  const Eigen::Vector3d model = point_position(state, at);
  Eigen::Vector3d weight = Eigen::Vector3d::Constant(1.0 / point.sigma_m);
  for (int k = 0; k < 3; ++k) {
    if (std::isnan(sight.world_m[k])) weight[k] = 0.0;
    residual[k] = weight[k] > 0.0 ? weight[k] * (model[k] - sight.world_m[k]) : 0.0;
  }
  const auto scaled = weight.asDiagonal();
  if (by_pose != nullptr) {
    point_jacobian(skeleton, state, at, jacobian);
    *by_pose = scaled * jacobian;
  }
  if (by_shape != nullptr) {
    by_shape->setZero(3, static_cast<Eigen::Index>(problem.shape.size()));
    for (std::size_t k = 0; k < problem.shape.size(); ++k) {
      for (const auto& move : problem.shape[k].moves) {
        if (!carries(skeleton, move.segment, point.segment)) continue;
        const int parent = skeleton.segments[static_cast<std::size_t>(move.segment)].parent;
        by_shape->col(static_cast<Eigen::Index>(k)) +=
            scaled * (state.rotation[static_cast<std::size_t>(parent)] * move.direction);
      }
    }
  }
  if (by_local != nullptr) {
    *by_local = scaled * state.rotation[static_cast<std::size_t>(point.segment)];
  }
}

Eigen::Vector3d place(const BodyProblem& problem, int point, int pose) {
  Skeleton skeleton;
  skeleton.segments = problem.base.segments;
  skeleton.coordinates = problem.base.coordinates;
  move_origins(problem, problem.values.data(), skeleton);
  SkeletonState<double> state;
  forward_kinematics(skeleton, problem.poses[static_cast<std::size_t>(pose)].data(), state);
  const ProblemPoint& at = problem.points[static_cast<std::size_t>(point)];
  return point_position(state, {{}, at.segment, at.local_m});
}

}  // namespace runmech
