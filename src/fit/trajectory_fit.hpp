// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "lasting_errors.hpp"
#include "roughness.hpp"
#include "runmech/core/progress.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/fit/fit_report.hpp"
#include "runmech/fit/motion.hpp"
#include "runmech/fit/posterior.hpp"
#include "runmech/fit/trajectory.hpp"
#include "trajectory_system.hpp"

namespace runmech {

/// Problem and start from a frame fit: `motion` holds its frame_coordinates (unwrapped, NaN where
/// not usable), coordinate_status and coordinate_sd. `columns`: of the recording, per marker of the
/// skeleton.
struct TrajectoryStart {
  TrajectoryProblem problem;
  TrajectoryPoint point;
  std::vector<int> coordinate;  ///< n: which coordinate of the motion each spline is
  RoughnessBounds bounds;
  std::vector<double> sigma_freedom;  ///< per marker, of update_sigmas(): independent numbers
  FrameMatrix counts;  ///< n_intervals x n: evidence of roughness, see roughness_evidence()
};
[[nodiscard]] TrajectoryStart trajectory_start(
    const Recording& recording, const std::vector<std::optional<Eigen::Index>>& columns,
    const Motion& motion, const TrajectoryOptions& options, const std::vector<SegmentScale>& scales,
    std::shared_ptr<const LostMarkers> lost = nullptr);

/// The fit: steps, weights and noise in turn until none changes, then to the minimum. Problem,
/// point and system are left at the result, the system factored.
struct TrajectoryEstimate {
  MinimiseSummary minimum;
  int rounds = 0;
  double white = 1.0;  ///< white_share() of the last round
};
[[nodiscard]] TrajectoryEstimate estimate_trajectory(const TrajectoryOptions& options,
                                                     const Progress& progress,
                                                     TrajectorySystem& system,
                                                     TrajectoryStart& start);

/// Each marker's sigma from its residuals: the problem's sigma_ratio by one step of restricted
/// maximum likelihood, drawn a little towards what all markers have. `white`: white_share(). Needs
/// the factor at x.
void update_sigmas(double white, TrajectorySystem& system, TrajectoryStart& start);

/// How many independent numbers' worth of variance (and of mean, where `of_mean`) one number of a
/// series of residuals is, sampled at that rate: lasting residuals repeat themselves.
[[nodiscard]] double independent_share(double white, double rate_hz, bool of_mean);

/// Share of the residuals' variance that is gone after kLag_s: noise that smoothing may average.
/// The rest (soft tissue, joints simpler than they are) lasts, and must not be mistaken for a
/// reason to smooth the movement more.
[[nodiscard]] double white_share(TrajectorySystem& system, const TrajectoryStart& start);

/// Of every frame; markers that the loss has all but dropped are left out.
[[nodiscard]] ResidualLags residual_lags(TrajectorySystem& system, const TrajectoryStart& start);

/// Looks at the residuals once more: fills the report, and the motion's frame qualities and
/// smoothing_hz.
[[nodiscard]] FitReport fit_report(const TrajectoryOptions& options,
                                   const TrajectoryEstimate& estimate,
                                   const std::vector<SegmentScale>& scales,
                                   TrajectorySystem& system, const TrajectoryStart& start,
                                   const MotionPosterior& posterior, Motion& motion);

/// What the motion says of systematic errors, into the report.
void add_systematic(const Motion& motion, FitReport& report);

/// Everything of a whole-trajectory fit: turns a frame fit (`motion`) into a trajectory.
struct TrajectoryResult {
  std::shared_ptr<const MotionPosterior> posterior;
  Lasting lasting;  ///< of its residuals
  FitReport report;
};
TrajectoryResult refine_trajectory(const Recording& recording,
                                   const std::vector<std::optional<Eigen::Index>>& columns,
                                   const TrajectoryOptions& options,
                                   const std::vector<SegmentScale>& scales,
                                   const Progress& progress, Motion& motion,
                                   std::shared_ptr<const LostMarkers> lost = nullptr);

}  // namespace runmech
