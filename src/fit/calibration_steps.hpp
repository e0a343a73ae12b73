// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "body_problem.hpp"
#include "runmech/fit/calibrate.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "still_pose.hpp"

namespace runmech {

/// A column of the recording that the marker set knows.
struct KnownMarker {
  int column = 0;
  const MarkerDef* def = nullptr;
};

struct CalibrationInput {
  const Recording& trial;
  const CalibrationOptions& options;
  const MarkerSet& set;
  std::vector<KnownMarker> known;  ///< ordered as the set lists them
  double height_m = 0.0;           ///< feet to pelvis or trunk, median
  double size = 1.0;  ///< of the body; what is here has been divided by it, words for people not
};

[[nodiscard]] Calibration calibrate_standing(const CalibrationInput& input, const StillPose& still,
                                             const Progress& progress);
[[nodiscard]] Calibration calibrate_moving(const CalibrationInput& input, const Progress& progress);

/// The skeleton of stature and sex; where no stature is stated, of `stature_guess_m`.
[[nodiscard]] Skeleton base_skeleton(const Subject& subject, double stature_guess_m);

/// A problem of this base, lengths free, no points and no poses yet.
[[nodiscard]] BodyProblem make_problem(Skeleton base, bool stature_known);

/// Puts places of measured landmarks (skeleton.markers named by `known`) into skeleton.landmarks.
void adopt_landmarks(Skeleton& skeleton, const std::vector<KnownMarker>& known,
                     const std::vector<std::string>& labels);

/// Every pose of the problem on its own, lengths and places held, each started from the one before.
void solve_poses(BodyProblem& problem, const Progress& progress);

/// `count` frames spread over the recording, of those where most of `columns` are seen.
[[nodiscard]] std::vector<Eigen::Index> spread_frames(const Recording& recording,
                                                      const std::vector<int>& columns, int count);

/// Lengths with their priors, and what is implausible about them.
void report_lengths(const BodyProblem& problem, const BodySolution& solution, bool stature_known,
                    double size, CalibrationReport& report);
/// The regression's own error, one axis, in the SDs of the hips' places and of the thighs.
void report_hip_error(double sd_m, CalibrationReport& report);
/// What is implausible about the landmarks: sides or condyles exchanged and, where their places
/// were measured in standing, 4 cm off.
void report_landmarks(const Skeleton& skeleton, const std::vector<KnownMarker>& known,
                      const std::vector<std::string>& labels, bool measured, double size,
                      CalibrationReport& report);

}  // namespace runmech
