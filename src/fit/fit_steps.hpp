// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runmech/core/progress.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/fit/motion.hpp"
#include "runmech/signal/bspline.hpp"

namespace runmech {

// The steps of fit(), in their order; each adds its part to the Motion.

inline constexpr double kFrameShare = 0.85;  // of the progress, the rest is smoothing

/// Calls the progress at most every kEvery: often enough for a clock, rarely enough for a callback
/// that needs an interpreter's lock.
class Reporter {
 public:
  Reporter(const Progress& progress, std::string_view stage) : progress_(progress), stage_(stage) {}
  void operator()(double fraction) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kEvery;
    report(progress_, fraction, stage_);
  }

 private:
  static constexpr auto kEvery = std::chrono::milliseconds(20);
  const Progress& progress_;
  std::string_view stage_;
  std::chrono::steady_clock::time_point next_{};
};

/// What fitting every frame gives besides the Motion's own tables.
struct FramePass {
  FrameMatrix weight;  ///< n_frames x n_coordinates, 1 / variance; 0 where not determined
  /// Marker by marker: in which frames it is missing although most frames show it.
  std::vector<std::vector<bool>> lacking;
  double squares = 0.0;
  long freedom = 0;
};

/// Per marker of the skeleton its column of the recording, where it has one.
using Columns = std::vector<std::optional<Eigen::Index>>;

/// Poses frame by frame: frame_coordinates and quality.
[[nodiscard]] FramePass fit_frames(const Recording& recording, const Columns& columns,
                                   const FitOptions& options, const Progress& progress,
                                   Motion& out);

/// Coordinates that hardly a frame determines are missing as a whole; SD of a frame's value for the
/// rest; frames that lack only what the whole trial lacks count as complete.
void settle_coordinates(const FramePass& pass, Motion& out);

/// How the coordinates were smoothed; empty where the frames were too few for that.
struct Smoothing {
  struct Line {
    int coordinate = 0;
    double cutoff_hz = 0.0;
    double squares = 0.0;  ///< weighted, of the residuals
    int n_used = 0;
  };
  std::shared_ptr<const SplineSmoother> smoother;
  std::vector<Line> lines;
};

/// The spline of each coordinate, its gaps, and what was bridged.
Smoothing smooth(const FramePass& pass, const FitOptions& options, const Progress& progress,
                 Motion& out);

/// A recording in other units fits nowhere: says so rather than only "high residual".
void note_scale(const Recording& recording, const Columns& columns, Motion& out);

/// How many frames are not ok, in which way and where, in words.
void note_quality(Motion& out);

/// Names with commas between them.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace runmech
