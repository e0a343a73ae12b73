// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "body_shape.hpp"
#include "runmech/core/progress.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// A point of the body whose place on its segment may be unknown.
struct ProblemPoint {
  std::string name;
  int segment = 0;
  Eigen::Vector3d local_m = Eigen::Vector3d::Zero();       ///< start, then result
  Eigen::Vector3d nominal_m = Eigen::Vector3d::Zero();     ///< prior mean at the base lengths
  Eigen::Matrix3Xd nominal_by_shape;                       ///< d(nominal_m)/d(shape values)
  Eigen::Vector3d nominal_sd_m = Eigen::Vector3d::Zero();  ///< 0: that axis is fixed at nominal_m
  double sigma_m = 0.01;                                   ///< of its observations, per axis
};

/// One observation: a point seen in a pose. A NaN axis was not seen.
struct ProblemSight {
  int pose = 0;
  int point = 0;
  Eigen::Vector3d world_m;
};

/// Lengths, marker places and poses of one body, and what was seen of them.
struct BodyProblem {
  Skeleton base;
  std::vector<ShapeParameter> shape;
  Eigen::VectorXd values;  ///< of shape: start, then result
  std::vector<ProblemPoint> points;
  std::vector<Eigen::VectorXd> poses;  ///< coordinates: start, then result
  std::vector<ProblemSight> sights;
  Eigen::VectorXd pose_mean;  ///< prior of every pose
  Eigen::VectorXd pose_sd;    ///< 0: the coordinate is locked at pose_mean
  double mirror_sd = 0.01;    ///< of (left - right) over their mean; our choice
  double robust_m = 0.0;      ///< scale beyond which a sight counts less (Huber); 0: never
  /// What all poses together are worth, in poses; 0: each counts for itself. Soft tissue does the
  /// same in every stride, so that more frames do not make a segment better known.
  double poses_worth = 0.0;
  bool feet_flat = false;  ///< the first pose stands with its soles level
  /// What may change in a solve.
  bool free_shape = true;
  bool free_points = true;
};

struct BodySolution {
  bool usable = false;
  std::string message;
  double rms_m = 0.0;        ///< over sights, 3-D (seen axes)
  Eigen::VectorXd shape_sd;  ///< posterior SD of the lengths; empty where they were not free
};

/// Minimises all whitened residuals together with Ceres; poses, values and points are updated.
[[nodiscard]] BodySolution solve(BodyProblem& problem, bool want_sd = false,
                                 const Progress& progress = {});

/// Where the model puts a point of the problem in one pose (values and places as they are).
[[nodiscard]] Eigen::Vector3d place(const BodyProblem& problem, int point, int pose);

/// The residual of one sight and its derivatives, for the solver and for its test:
/// (model - seen) / sigma, 3 rows (0 where not seen); by pose, by shape values, by local place.
void sight_residual(const BodyProblem& problem, const ProblemSight& sight, const double* pose,
                    const double* values, const double* local, Eigen::Vector3d& residual,
                    Eigen::Matrix3Xd* by_pose, Eigen::Matrix3Xd* by_shape,
                    Eigen::Matrix3d* by_local);

}  // namespace runmech
