// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <string>

#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {

/// The set named in the options, else the recognised one, else nullptr with the reason in `why`.
[[nodiscard]] const MarkerSet* find_marker_set(const Recording& recording,
                                               const ReadOptions& options, std::string& why);

/// Brings the lengths of a marker recording to the size of a body (C11).
void check_size(RawRecording& raw, const ReadOptions& options);

/// Turns points and plates to the world axes, sets view and file_to_world.
void turn_to_world(RawRecording& raw, const ReadOptions& options, const MarkerSet* set,
                   const std::string& why_no_set);

/// Pixels to metres, image axes to world axes, view, facing.
void keypoints_to_world(RawRecording& raw, const ReadOptions& options, const MarkerSet* set,
                        const std::string& why_no_set);

/// Surface from the option, else from the pelvis travelling with or against the foot on the ground.
void decide_surface(Recording& recording, const ReadOptions& options, const MarkerSet* set);

/// Vertical force with the wrong sign is turned round, impossible force is missing; both are said.
void check_plate(Recording& recording, ForcePlate& plate);

/// Notes what is odd in the data: points never seen, frozen, jumping; pictures that repeat.
void note_quality(Recording& recording);

/// Applies a rotation (rows: new axes in old ones) to force, COP and corners.
void turn_plate(ForcePlate& plate, const Eigen::Matrix3d& to_world);

/// The direction of "+x", "-z", ... as a unit vector.
[[nodiscard]] Eigen::Vector3d axis_vector(const std::string& axis);

/// Warns where the pelvis of a marker recording, turned to the world, is too low or high for an
/// adult.
void check_height(Recording& recording, const MarkerSet& set);

/// Median height (Y) of the pelvis markers above the low feet (their 5 % quantile); NaN where the
/// set knows neither.
[[nodiscard]] double pelvis_above_foot(const Recording& recording, const MarkerSet& set);

}  // namespace runmech
