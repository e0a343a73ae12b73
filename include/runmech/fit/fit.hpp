// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/core/progress.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/fit/frame_fit.hpp"
#include "runmech/fit/motion.hpp"
#include "runmech/fit/trajectory.hpp"

namespace runmech {

struct FitOptions {
  std::string method = "trajectory";
  double cutoff_hz = 0.0;
  double max_gap_s = 0.1;
  std::string skin_errors_path;
  FrameFitOptions frame;
  TrajectoryOptions trajectory;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("method", self.method,
      "trajectory: the whole recording at once; frame: pose by pose, then smoothed");
    f("cutoff_hz", self.cutoff_hz,
      "half-power frequency of the smoothing, for method frame; 0: estimated from the data");
    f("max_gap_s", self.max_gap_s, "longest gap of a coordinate that is bridged (our choice)");
    f("skin_errors_path", self.skin_errors_path,
      "file in place of fit/skin_errors.json, what skin, joints and landmarks do");
    f("frame", self.frame, "how one pose is fitted");
    f("trajectory", self.trajectory, "how the whole trajectory is fitted");
  }
  /// Throws InvalidArgument naming the first option out of range.
  void validate() const;
};

/// Joint angles in continuous time from a recording, for a skeleton that carries its markers.
///
/// Poses are first fitted frame by frame (FrameFitter); frames that nothing explains are missing,
/// never guessed. Method "trajectory" then fits splines of all coordinates to the markers of all
/// frames at once (docs/trajectory.md): weights and noise from the data, a posterior and a report.
/// A recording too short or too empty for it keeps the frame fit, with a note.
///
/// Method "frame" smooths each coordinate by a spline of degree 5 on the recording's time stamps,
/// its weight found by restricted maximum likelihood from the data, or as cutoff_hz says; frames
/// weighted by what their markers determine.
///
/// Either way gaps up to max_gap_s are bridged and noted, longer ones and both ends stay missing.
///
/// Throws InvalidArgument when the recording has no frames, none of the skeleton's markers is in
/// it, or an option is out of range (cutoff_hz: below half the frame rate, and with method "frame"
/// only); Cancelled when `progress` asks for it.
[[nodiscard]] Motion fit(const Recording& recording, const Skeleton& skeleton,
                         const FitOptions& options = {}, const Progress& progress = {});

}  // namespace runmech
