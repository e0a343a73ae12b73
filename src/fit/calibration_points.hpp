// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string_view>
#include <vector>

#include "body_problem.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {

/// How far a landmark's marker may lie from its nominal place, one SD per axis of its segment; 0 on
/// an axis: exactly there (a joint centre is the segment's origin). Nothing for what is no
/// landmark.
[[nodiscard]] std::optional<Eigen::Vector3d> landmark_sd(std::string_view landmark);

/// The problem's point for a marker, with its nominal place and how that scales with the lengths.
/// Nothing where there is no nominal place. Without a standing pose (`standing` false) the foot's
/// markers are held closer to theirs: nothing else says where the foot is level.
[[nodiscard]] std::optional<ProblemPoint> problem_point(const BodyProblem& problem,
                                                        const MarkerDef& marker, bool standing);

/// Prior of a pose: standing (joints near zero) or running (the spread of a running cycle). Zero SD
/// where `view` cannot see the coordinate move.
void set_pose_prior(BodyProblem& problem, bool standing, View view);

}  // namespace runmech
