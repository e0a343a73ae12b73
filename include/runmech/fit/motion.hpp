// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/fit/posterior.hpp"
#include "runmech/fit/systematic_errors.hpp"
#include "runmech/skeleton/recorded_legs.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// Usability of one frame's pose, decided by what was seen and how well it fits, never by a solver
/// flag.
enum class FrameStatus : std::uint8_t {
  ok,
  few_markers,    ///< too few used markers to hold the observed coordinates
  high_residual,  ///< the model does not explain the markers
  limit,          ///< a joint is outside its range
  jump,           ///< farther from the last good frame than a body can move
  no_data,        ///< nothing usable in this frame
};
[[nodiscard]] std::string_view to_string(FrameStatus);

enum class CoordinateStatus : std::uint8_t {
  observed,
  undetermined,  ///< the data do not determine it, or nothing beyond it was recorded: reported as
                 ///< missing
  locked,        ///< held at neutral: outside the view's plane, or a joint taken as rigid (mtp)
};
[[nodiscard]] std::string_view to_string(CoordinateStatus);

struct FitReport;  // fit_report.hpp

struct FrameQuality {
  double rms_m = 0.0;     ///< over used markers, 3-D distance
  int n_used = 0;         ///< markers that carried weight
  int worst_marker = -1;  ///< index in skeleton.markers, -1 when none
  double worst_m = 0.0;   ///< its distance
  FrameStatus status = FrameStatus::no_data;
};

/// Joint angles in continuous time: one B-spline per coordinate on the recording's time stamps.
/// Radians and metres inside; read-only and safe to share between threads.
class Motion {
 public:
  /// Value or derivative (0..2) of one coordinate at time t [s]. NaN outside [start_s, end_s],
  /// inside a gap of the data longer than the fit may bridge, and where the coordinate was not
  /// observed.
  [[nodiscard]] double coordinate(int index, double t_s, int derivative = 0) const;
  /// All coordinates at time t, n_coordinates.
  [[nodiscard]] Eigen::VectorXd coordinates(double t_s, int derivative = 0) const;
  /// World position, velocity or acceleration (derivative 0..2) of a point of the body at time t.
  /// Locked joints on the way to it stand at neutral; with an undetermined one on the way it is
  /// NaN.
  [[nodiscard]] Eigen::Vector3d point(const BodyPoint& at, double t_s, int derivative = 0) const;
  /// The same at every time stamp of the recording, n_frames x 3; rows without a usable pose are
  /// NaN.
  [[nodiscard]] Points points(const BodyPoint& at) const;
  /// Of many points at once, cheaper than one by one.
  [[nodiscard]] std::vector<Points> points(const std::vector<BodyPoint>& at) const;

  /// Random standard deviation of a coordinate or its velocity (derivative 0 or 1) at time t, from
  /// the posterior; NaN where coordinate() is, and where too few frames were there to smooth.
  [[nodiscard]] double sd(int index, double t_s, int derivative = 0) const;
  /// `n` motions as likely as this one: samples of the posterior, frame tables and posterior left
  /// out. The same seed gives the same. Throws InvalidArgument where there is no posterior.
  [[nodiscard]] std::vector<Motion> draw(int n, std::uint64_t seed) const;

  /// What repeats every stride and shrinks with none (SystematicErrors, shape part): of a
  /// coordinate or its velocity at time t; NaN where coordinate() is.
  [[nodiscard]] double systematic_sd(int index, double t_s, int derivative = 0) const;
  /// What is constant over the trial: where landmarks were placed. NaN where not observed.
  [[nodiscard]] double offset_sd(int index) const;
  /// All of it: random, systematic and (not of a velocity) offset.
  [[nodiscard]] double total_sd(int index, double t_s, int derivative = 0) const;
  /// `n` motions that differ from this one by systematic errors: constant offsets, and shapes of
  /// six harmonics locked to the strides that `foot_strikes_s` (of one foot, in order) begin. The
  /// same seed gives the same. Throws InvalidArgument with fewer than two foot strikes.
  [[nodiscard]] std::vector<Motion> draw_systematic(
      int n, std::uint64_t seed, const std::vector<double>& foot_strikes_s) const;
  /// What the report says of this coordinate: hip rotation, subtalar angle, what few markers hold.
  /// Not to be read as findings. False without a report.
  [[nodiscard]] bool weakly_observed(int index) const;

  [[nodiscard]] double start_s() const;
  [[nodiscard]] double end_s() const;

  Skeleton skeleton;
  std::vector<double> time_s;         ///< the recording's frames
  FrameMatrix frame_coordinates;      ///< n_frames x n_coordinates, NaN where not usable
  std::vector<FrameQuality> quality;  ///< n_frames
  std::vector<CoordinateStatus> coordinate_status;  ///< n_coordinates
  /// n_coordinates, rad or m: white noise of one frame's value, from the normal equations and the
  /// residuals. Says nothing of soft tissue or calibration, which repeat every stride. NaN where
  /// not observed.
  std::vector<double> coordinate_sd;
  double smoothing_hz = 0.0;                         ///< bandwidth the smoothing amounts to
  std::string method;                                ///< "frame" or "trajectory"
  std::shared_ptr<const MotionPosterior> posterior;  ///< empty for a handful of frames
  std::shared_ptr<const SystematicErrors> systematic;
  std::shared_ptr<const FitReport> report;  ///< what the fit did
  /// Feet as they were recorded, for gait events: a fitted foot is rigid and smooth, a shod one
  /// bends and gives way. Filled by fit() where the view shows the way forward and the marker set
  /// has points of a foot; empty = not known.
  std::shared_ptr<const RecordedLegs> recorded_legs;

  // What later rooms need to know of the recording.
  View view = View::spatial;
  Surface surface = Surface::unknown;
  std::optional<double> speed_m_s;
  bool keypoints = false;
  bool scale_assumed = false;
  std::vector<Note> notes;

  /// Spline control values, filled by the fits; use coordinate() to read.
  std::vector<double> knots;  ///< of `degree`, strictly increasing inside
  int degree = 3;
  FrameMatrix control;                      ///< n_control x n_coordinates
  std::vector<std::vector<TimeSpan>> gaps;  ///< per coordinate: where nothing is known
};

}  // namespace runmech
