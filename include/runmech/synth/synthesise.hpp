// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/progress.hpp"
#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/data/strength_trials.hpp"
#include "runmech/skeleton/skeleton.hpp"
#include "runmech/synth/options.hpp"

namespace runmech {

/// What was really done, without noise, at the frames of the recording and in its axes.
struct SyntheticTruth {
  Skeleton skeleton;                     ///< the runner, with the recorded points as markers
  std::vector<double> time_s;            ///< frames
  std::vector<std::string> coordinates;  ///< names, skeleton order
  FrameMatrix coordinate_values;         ///< n_frames x n_coordinates, radians and metres
  std::vector<std::string> joints;  ///< hip_r, knee_r, ankle_r, ..., mid_shoulder, centre_of_mass
  FrameMatrix joint_positions_m;    ///< n_frames x (3 n_joints), the lab's 3D axes in every view
  GaitEvents events;                ///< exact times of first and last contact, inside the recording
  MetricTable metrics;              ///< per stride and summary, exact
  double belt_speed_m_s = 0.0;      ///< 0 overground
};

/// A recording of a runner who never was, with a quiet stand, strength trials and the truth.
struct SyntheticRun {
  Recording recording;
  Recording standing;
  StrengthTrials strength;
  SyntheticTruth truth;
};

/// Synthesises running: joint angles from mean curves of real runners, the stance foot resting on
/// the ground (rolling over heel and ball, never sliding), the body's centre of mass carried by a
/// force that exists only during contact, so that flight is ballistic.
///
/// The curves say how the leg swings; while the foot is down, the leg's six coordinates are those
/// that join the moving pelvis to the resting foot, and the difference to the curves fades into the
/// swing (continuous in value and slope). Where the foot lands and how high the body rides are
/// chosen so that overstride and shank angle at contact meet the table of
/// src/synth/data/running_templates.json. Throws InvalidArgument for options out of range,
/// NotAnalysable for changes that no leg can make.
[[nodiscard]] SyntheticRun synthesise(const SyntheticOptions& options = {},
                                      const Progress& progress = {});

/// The same for a case by name: synthesise(synthetic_options(preset, seed)).
[[nodiscard]] SyntheticRun synthesise(std::string_view preset, std::uint64_t seed = 1);

}  // namespace runmech
