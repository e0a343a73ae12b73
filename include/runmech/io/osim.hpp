// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>

#include "runmech/io/file.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// A scaled OpenSim model (.osim of OpenSim 4.x, and 3.x where it says the same) as a skeleton with
/// the model's markers on it. X forward, Y up, Z right, metres, as there.
///
/// Weld, pin, slider, universal, ball, gimbal, planar, free and custom joints, the last with
/// constant, linear, polynomial and SIMM spline functions, also scaled. A coordinate that a coupler
/// drives from another one of the same joint becomes part of it. Default values become neutral
/// ones; the range of a clamped coordinate becomes its limits, an unclamped one has none, nor has a
/// translation along the ground. A body that no marker and no free coordinate needs (the patella on
/// its coupler, a treadmill welded to the ground) is left out and named in `notes`. Muscles,
/// contacts, wraps, geometry are not read.
///
/// A segment's frame has the axes of the OpenSim body and its origin in the joint that carries it.
/// Landmarks: the joint centres (hip_r, knee_r, ankle_r, shoulder_r, elbow_r, ...) by the names of
/// bodies or coordinates, and those that the marker labels stand for where their set is recognised.
///
/// `tasks`: set-up file of the inverse kinematics, or its task set. A marker's sigma is then 10 mm
/// times the square root of (mean weight / its weight); markers without an applied task are not
/// fitted. Without tasks every sigma is 10 mm (our choice).
///
/// Throws IoError with path, place and reason: not readable, not XML, not such a model, a joint,
/// function or constraint that the tree cannot represent (named, with its type).
[[nodiscard]] Skeleton read_osim(const std::filesystem::path& path,
                                 const std::filesystem::path& tasks = {});
/// The same of files in memory; `tasks` may be null.
[[nodiscard]] Skeleton read_osim(const FileBytes& model, const FileBytes* tasks = nullptr);

/// Writes the skeleton as an OpenSim 4 model: bodies with mass and inertia, one joint per segment,
/// coordinates with neutral value, limits and lock, markers. No muscles, no geometry. What
/// read_osim makes of it moves as the skeleton does. Throws InvalidArgument for a joint whose
/// elements are not translations followed by at most three rotations with independent axes, and
/// for names that XML paths cannot carry; IoError.
void write_osim(const std::filesystem::path& path, const Skeleton& skeleton);

}  // namespace runmech
