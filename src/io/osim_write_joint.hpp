// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Geometry>
#include <string>
#include <utility>
#include <vector>

#include "runmech/skeleton/skeleton.hpp"

namespace runmech::osim {

/// One TransformAxis: an axis and what drives it.
struct DrivenAxis {
  Eigen::Vector3d axis = Eigen::Vector3d::UnitX();
  std::vector<std::pair<int, JointFunction>> terms;  // coordinate of the skeleton, function
  double constant = 0.0;
};

/// A segment's joint in the form of OpenSim's CustomJoint: three rotations, three translations,
/// and what constants add to the frames on both sides.
struct CustomShape {
  std::vector<DrivenAxis> rotations;
  std::vector<DrivenAxis> translations;
  Eigen::Vector3d parent_shift_m = Eigen::Vector3d::Zero();
  Eigen::Matrix3d child_turn = Eigen::Matrix3d::Identity();  // child frame in the child body
};

/// Throws InvalidArgument, naming the segment, where its elements have no such form.
[[nodiscard]] CustomShape custom_shape(const Skeleton& skeleton, const Segment& segment);

}  // namespace runmech::osim
