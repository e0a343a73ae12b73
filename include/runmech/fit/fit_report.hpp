// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <limits>
#include <string>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/fit/motion.hpp"

namespace runmech {

/// What a fit did, for the reader and for the report.
struct FitReport {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  struct MarkerLine {
    std::string label;
    double rms_m = 0.0;  ///< 3-D, over the frames in which it carried weight; NaN: never
    int n_seen = 0;
    int n_outliers = 0;        ///< frames in which the loss left it less than a fifth of its weight
    int longest_gap = 0;       ///< frames
    double sigma_m = 0.0;      ///< one SD per axis that the fit took it for
    double sigma_sd_m = kNaN;  ///< of sigma_m where the fit found it, else NaN
    /// From where the calibration has it, in the segment's frame; 0 where its place is not free.
    Eigen::Vector3d place_change_m = Eigen::Vector3d::Zero();
    Eigen::Vector3d place_sd_m = Eigen::Vector3d::Constant(kNaN);  ///< NaN where not free
  };
  struct CoordinateLine {
    std::string name;
    double smoothing_hz = 0.0;   ///< half-power frequency, median over time
    double roughest_hz = 0.0;    ///< 95th percentile over time
    double random_sd = 0.0;      ///< rad or m, root mean square over time
    double systematic_sd = 0.0;  ///< rad or m: repeats every stride
    double offset_sd = 0.0;      ///< rad or m: constant over the trial
    double frame_sd = 0.0;  ///< of one frame's value were the markers' stated sigmas true, median
    double range = 0.0;     ///< how far it moves, 5th to 95th percentile
    /// The markers barely determine it: frame_sd is more than 2 degrees (2 cm) and more than 15 %
    /// of the range, or more than 5 degrees (5 cm); or random and systematic error together
    /// exceed 3 degrees (5 cm). Our choice.
    bool weakly_observed = false;
  };
  struct LengthLine {
    std::vector<std::string> segments;
    double change = 0.0;  ///< relative
    double sd = 0.0;      ///< noise and what lasts in the residuals; not where markers were placed
  };
  /// A stretch of frames of the same status.
  struct Interval {
    TimeSpan span;  ///< first to last frame
    int n_frames = 0;
    FrameStatus status = FrameStatus::ok;
    std::string reason;  ///< empty where ok
    /// Coordinates that the frames do not give: bridged where the gap is short enough, missing
    /// else.
    std::vector<std::string> bridged;
    std::vector<std::string> missing;
  };

  std::string method;  ///< "trajectory" or "frame"
  std::string solver;  ///< of a trajectory
  bool converged = false;
  int iterations = 0;  ///< of the last minimisation
  int rounds = 0;      ///< in which the weights were found
  double cost = 0.0;
  double noise = 1.0;        ///< true over stated sigma of the markers
  double white_share = 1.0;  ///< of the residuals' variance: noise, not soft tissue
  std::vector<MarkerLine> markers;
  std::vector<CoordinateLine> coordinates;  ///< observed ones
  std::vector<LengthLine> lengths;
  std::vector<Interval> intervals;
};

}  // namespace runmech
