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
#include "runmech/fit/fit_report.hpp"
#include "runmech/fit/frame_fit.hpp"
#include "runmech/fit/lost_markers.hpp"
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

/// Per marker of the skeleton its column of the recording, where it has one.
using Columns = std::vector<std::optional<Eigen::Index>>;

/// Marker by marker of the skeleton: in which frames it is missing although most frames show it.
using Lacking = std::vector<std::vector<bool>>;
[[nodiscard]] Lacking lacking_markers(const Recording& recording, const Columns& columns);

/// Frames that lack a marker which matters to a coordinate: one of its limb, above or below it.
/// None where most frames do. What the other frames say of noise and smoothing is not to be changed
/// by a gap: a pose that lacks a marker may step aside by more than noise.
[[nodiscard]] std::vector<bool> incomplete_frames(const Skeleton& skeleton, const Lacking& lacking,
                                                  int coordinate);

/// "knee_angle" of "knee_angle_r".
[[nodiscard]] std::string without_side(const std::string& name);

inline constexpr double kUsedWeight = 0.2;  // what the loss must leave a marker, else an outlier

/// Gathers the report's line of every marker, frame after frame.
class MarkerTally {
 public:
  explicit MarkerTally(const Skeleton& skeleton);
  /// Marker k in the next frame: what the loss left of its weight, 0 where it was not seen; its
  /// squared distance from the model.
  void add(std::size_t k, double weight, double squared_m2);
  [[nodiscard]] std::vector<FitReport::MarkerLine> lines() const;

 private:
  std::vector<FitReport::MarkerLine> lines_;
  std::vector<double> squares_;
  std::vector<int> used_;
  std::vector<int> gap_;
};

/// What fitting every frame gives besides the Motion's own tables.
struct FramePass {
  FrameMatrix weight;  ///< n_frames x n_coordinates, 1 / variance; 0 where not determined
  Lacking lacking;
  std::vector<FitReport::MarkerLine> markers;
  double squares = 0.0;
  long freedom = 0;
};

/// How far off their model the markers with gaps are, in the frames of their segments, where all
/// others of the segment were seen, too.
class ResidualTracks {
 public:
  ResidualTracks(const Recording& recording, const Columns& columns, const Skeleton& skeleton);
  [[nodiscard]] bool empty() const { return tracks_.empty(); }
  /// The frame that was just fitted.
  void note(Eigen::Index frame, const FrameFitter& fitter);
  /// What is to be expected where they are lost; `motion`: with the poses of all frames. Once.
  [[nodiscard]] LostMarkers lost(const Motion& motion);

 private:
  struct Track {
    int marker;
    std::vector<bool> seen;
    Eigen::Matrix3Xf error_m;  // n_frames, NaN where not known
  };
  std::vector<std::vector<int>> on_segment_;  // markers of each that are ever seen
  std::vector<Track> tracks_;
};

/// Moves markers to where they sit on average in this trial: standing and running differ by a
/// centimetre (plates at the hip in RBDS 10, 9 and 7 mm). Segments with a common error: their
/// markers together, turned as calibrated. Others with four markers or more: each for itself, which
/// leaves the pose that all of them give and keeps it when one is lost. Only for skeletons with
/// common errors; recordings under two seconds stay as they are.
void seat_markers(const Recording& recording, const Columns& columns, const FitOptions& options,
                  Motion& out);

/// Poses frame by frame: frame_coordinates and quality. `lost`: of all frames, or none; `tracks`,
/// where given, takes down the residuals.
[[nodiscard]] FramePass fit_frames(const Recording& recording, const Columns& columns,
                                   const FitOptions& options, const LostMarkers& lost,
                                   ResidualTracks* tracks, const Progress& progress, Motion& out);

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

/// The spline of each coordinate.
Smoothing smooth(const FramePass& pass, const FitOptions& options, const Progress& progress,
                 Motion& out);

/// Which frames give which coordinates, n_frames x n_coordinates. After a trajectory fit what
/// single frames could not explain (`before`: their own quality) stands or falls with the
/// trajectory's residuals, provided no marker is missing.
using Known = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
[[nodiscard]] Known known_frames(const FramePass& pass, const std::vector<FrameQuality>& before,
                                 const Motion& motion);

/// Gaps of every coordinate: stretches without a value longer than max_gap_s, and both ends at any
/// length. What was bridged and what was not becomes a note; frames that give less than everything
/// do not stay "ok".
void find_gaps(const Known& known, double max_gap_s, Motion& out);

/// Stretches of frames of one status, with the reason, and what is missing there.
[[nodiscard]] std::vector<FitReport::Interval> find_intervals(const Known& known,
                                                              const Motion& motion);

/// Markers that were outliers in more than a few frames: slipped, swapped, frozen, in other units.
void note_outliers(const FitReport& fitted, Motion& out);

/// Coordinates that the markers barely determine: marked in the report, and a note.
void find_weak(const FramePass& pass, const Known& known, FitReport& report, Motion& out);

/// What went wrong in frames of one status, and with which coordinates or markers.
[[nodiscard]] std::string reason_of(const Known& known, const Motion& motion, FrameStatus status,
                                    const std::vector<std::size_t>& frames);

/// A recording in other units fits nowhere: says so rather than only "high residual".
void note_scale(const Recording& recording, const Columns& columns, Motion& out);

/// How many frames are not ok, in which way and where, in words.
void note_quality(const Known& known, Motion& out);

/// The report of a fit by frames.
[[nodiscard]] FitReport frame_report(const FramePass& pass, const Smoothing& smoothing,
                                     const Motion& motion);

/// Names with commas between them.
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace runmech
