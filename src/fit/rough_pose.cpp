// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/rough_pose.hpp"

#include <Eigen/Geometry>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>

#include "runmech/core/units.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

constexpr int kReweightings = 8;
constexpr int kRootSteps = 20;
constexpr double kPlaced = 1e-6;  // rad and m
constexpr double kCollinear =
    1e-4;  // second over first singular value: the turn about a line is not known

struct Rigid {
  Eigen::Matrix3d rotation;
  Eigen::Vector3d translation;
};

/// Best rotation in space, or about the axis normal to the picture, for a cross-covariance.
std::optional<Eigen::Matrix3d> best_rotation(const Eigen::Matrix3d& cross, View view) {
  if (view != View::spatial) {
    const int n = view == View::side ? 2 : 0;
    const int i = (n + 1) % 3;
    const int j = (n + 2) % 3;
    const double angle = std::atan2(cross(j, i) - cross(i, j), cross(i, i) + cross(j, j));
    return Eigen::AngleAxisd(angle, Eigen::Vector3d::Unit(n)).toRotationMatrix();
  }
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(cross, Eigen::ComputeFullU | Eigen::ComputeFullV);
  if (!(svd.singularValues()[1] > kCollinear * svd.singularValues()[0])) return std::nullopt;
  const Eigen::Vector3d flip(1.0, 1.0, (svd.matrixU() * svd.matrixV().transpose()).determinant());
  return svd.matrixU() * flip.asDiagonal() * svd.matrixV().transpose();
}

std::optional<Rigid> register_rigidly(const Eigen::Matrix3Xd& model, const Eigen::Matrix3Xd& seen,
                                      View view) {
  const Eigen::Index n = model.cols();
  Eigen::VectorXd w = Eigen::VectorXd::Ones(n);
  std::optional<Rigid> found;
  for (int round = 0; round < kReweightings; ++round) {
    const Eigen::Vector3d model_mean = model * w / w.sum();
    const Eigen::Vector3d seen_mean = seen * w / w.sum();
    const Eigen::Matrix3d cross =
        (seen.colwise() - seen_mean) * w.asDiagonal() * (model.colwise() - model_mean).transpose();
    const auto rotation = best_rotation(cross, view);
    if (!rotation) return found;
    found = Rigid{*rotation, seen_mean - *rotation * model_mean};
    const Eigen::VectorXd distance =
        ((*rotation * model).colwise() + found->translation - seen).colwise().norm();
    Eigen::VectorXd sorted = distance;
    std::nth_element(sorted.data(), sorted.data() + n / 2, sorted.data() + n);
    const double scale = std::max(sorted[n / 2], 1e-6);
    w = 1.0 / (1.0 + (distance / scale).array().square());
  }
  return found;
}

/// How far the root's frame is from where it shall be: a rotation vector, then metres.
using Error = Eigen::Matrix<double, 6, 1>;

Error root_error(const SkeletonState<double>& state, const Rigid& wanted) {
  const Eigen::AngleAxisd turn(Eigen::Matrix3d(wanted.rotation * state.rotation[0].transpose()));
  Error error;
  error << turn.angle() * turn.axis(), wanted.translation - state.origin[0];
  return error;
}

/// Gauss-Newton on the root's free coordinates.
void refine_root(const Skeleton& skeleton, const std::vector<int>& moving, const Rigid& wanted,
                 Eigen::VectorXd& q) {
  SkeletonState<double> state;
  Eigen::Matrix<double, 6, Eigen::Dynamic> jacobian(6, moving.size());
  for (int round = 0; round < kRootSteps; ++round) {
    forward_kinematics(skeleton, q.data(), state);
    const Error error = root_error(state, wanted);
    if (error.norm() < kPlaced) return;
    for (std::size_t i = 0; i < moving.size(); ++i) {
      const Coordinate& c = skeleton.coordinates[moving[i]];
      const bool turns = c.rotation || c.coupled;
      jacobian.col(i) << (turns ? state.axis[moving[i]] : Eigen::Vector3d::Zero()),
          point_rate(skeleton, state, moving[i], state.origin[0]);
    }
    const Eigen::VectorXd step = jacobian.completeOrthogonalDecomposition().solve(error);
    for (std::size_t i = 0; i < moving.size(); ++i) q[moving[i]] += step[i];
  }
}

/// Sets the root's coordinates so that its frame, now in `state`, is moved by `rigid`. In the order
/// of the running tree (angles about Z, X, Y) they are read off the matrix; a root of another kind
/// is started from the best of right angles.
void place_root(const Skeleton& skeleton, const std::vector<bool>& free,
                const SkeletonState<double>& before, const Rigid& rigid, Eigen::VectorXd& q) {
  const Rigid wanted{rigid.rotation * before.rotation[0],
                     rigid.rotation * before.origin[0] + rigid.translation};
  const Eigen::Matrix3d& r = wanted.rotation;
  const Eigen::Vector3d angles(std::asin(std::clamp(r(2, 1), -1.0, 1.0)),
                               std::atan2(-r(2, 0), r(2, 2)), std::atan2(-r(0, 1), r(1, 1)));
  const Segment& root = skeleton.segments[0];
  const Eigen::Vector3d moved = wanted.translation - root.origin_m;
  std::vector<int> moving, turning;
  for (int j = 0; j < root.n_coordinates; ++j) {
    const Coordinate& c = skeleton.coordinates[j];
    if (!free[j]) continue;
    moving.push_back(j);
    if (c.rotation) turning.push_back(j);
    q[j] = c.axis.dot(c.rotation ? angles : moved);
  }
  if (moving.empty()) return;
  SkeletonState<double> state;
  forward_kinematics(skeleton, q.data(), state);
  double best = root_error(state, wanted).norm();
  if (best < kPlaced) return;
  Eigen::VectorXd trial = q;
  const int n_trials = 1 << (2 * std::min<std::size_t>(turning.size(), 3));
  for (int k = 0; k < n_trials; ++k) {
    for (std::size_t i = 0; i < turning.size() && i < 3; ++i) {
      trial[turning[i]] = 0.5 * std::numbers::pi * ((k >> (2 * i)) % 4 - 1);
    }
    forward_kinematics(skeleton, trial.data(), state);
    if (const double error = root_error(state, wanted).norm(); error < best) {
      best = error;
      q = trial;
    }
  }
  refine_root(skeleton, moving, wanted, q);
}

struct Posture {
  double right_hip, right_knee, left_hip, left_knee, elbow;
};
// Standing, and either leg swinging through; degrees, near the template curves of running.
constexpr Posture kPostures[]{{0, 0, 0, 0, 0}, {30, 80, 0, 20, 80}, {0, 20, 30, 80, 80}};

Eigen::VectorXd posed(const Skeleton& skeleton, const std::vector<bool>& free,
                      const Posture& posture) {
  Eigen::VectorXd q = skeleton.neutral_pose();
  const auto set = [&](std::string_view name, double deg) {
    for (int j = 0; j < skeleton.n_coordinates(); ++j) {
      if (free[j] && skeleton.coordinates[j].name == name) q[j] = radians(deg);
    }
  };
  set("hip_flexion_r", posture.right_hip);
  set("knee_angle_r", posture.right_knee);
  set("hip_flexion_l", posture.left_hip);
  set("knee_angle_l", posture.left_knee);
  set("elbow_flex_r", posture.elbow);
  set("elbow_flex_l", posture.elbow);
  return q;
}

}  // namespace

std::vector<Eigen::VectorXd> rough_poses(const Skeleton& skeleton, const std::vector<bool>& free,
                                         const double* measured_m,
                                         const std::vector<double>& weight, View view) {
  std::vector<Eigen::VectorXd> poses;
  SkeletonState<double> state;
  for (const Posture& posture : kPostures) {
    for (const bool root_only : {false, true}) {
      Eigen::VectorXd q = posed(skeleton, free, posture);
      forward_kinematics(skeleton, q.data(), state);
      std::vector<int> used;
      for (std::size_t k = 0; k < weight.size(); ++k) {
        if (weight[k] > 0.0 && (!root_only || skeleton.markers[k].at.segment == 0)) {
          used.push_back(static_cast<int>(k));
        }
      }
      if (used.size() < (view == View::spatial ? 3U : 2U)) continue;
      Eigen::Matrix3Xd model(3, used.size());
      Eigen::Matrix3Xd seen(3, used.size());
      for (std::size_t i = 0; i < used.size(); ++i) {
        model.col(i) = point_position(state, skeleton.markers[used[i]].at);
        seen.col(i) = Eigen::Map<const Eigen::Vector3d>(measured_m + 3 * used[i]);
      }
      if (view != View::spatial) {
        const int unseen = view == View::side ? 2 : 0;
        model.row(unseen).setZero();
        seen.row(unseen).setZero();
      }
      const auto rigid = register_rigidly(model, seen, view);
      if (!rigid) continue;
      place_root(skeleton, free, state, *rigid, q);
      poses.push_back(std::move(q));
    }
  }
  return poses;
}

}  // namespace runmech
