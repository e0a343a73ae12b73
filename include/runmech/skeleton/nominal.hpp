// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>

#include "runmech/skeleton/marker_set.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// What a nominal place is measured from and in: a point of the segment's frame and a length,
/// metres.
///   pelvis      midpoint of the hip centres, hip to hip
///   femur       hip centre, hip to knee             humerus  shoulder, shoulder to elbow
///   tibia       knee centre, knee to ankle          ulna     elbow, elbow to wrist
///   talus, calcn, toes   ankle centre (neutral foot), ankle to the toe joint
///   torso       its joint on the pelvis, height of the shoulders above it
struct SegmentMeasure {
  Eigen::Vector3d from = Eigen::Vector3d::Zero();
  double length_m = 0.0;
};
[[nodiscard]] SegmentMeasure segment_measure(const Skeleton& skeleton, int segment);

/// Where the marker sits on this skeleton, frame of its segment, metres; nothing for a cluster
/// marker without a nominal place or a label that is not fitted. A set's own place goes before the
/// skeleton's landmark of the same name.
[[nodiscard]] std::optional<Eigen::Vector3d> nominal_place(const Skeleton& skeleton,
                                                           const MarkerDef& marker);

/// Puts every marker of the set that has a nominal place on the skeleton (its own label, the set's
/// sigma for this body's size), replacing what was there. `static_too`: also those worn in standing
/// only.
void attach_markers(Skeleton& skeleton, const MarkerSet& set, bool static_too = false);

}  // namespace runmech
