// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "runmech/fit/common_errors.hpp"
#include "runmech/fit/lost_markers.hpp"
#include "runmech/fit/motion.hpp"
#include "runmech/fit/robust_loss.hpp"
#include "runmech/skeleton/normal_equations.hpp"

namespace runmech {

/// Thresholds marked (*) are our choice.
struct FrameFitOptions {
  RobustLoss loss = RobustLoss::cauchy;
  double loss_scale = 0.0;
  int max_iterations = 30;
  double step_tolerance_sd = 2e-3;
  double hold_sd_deg = 170.0;
  double limit_sd_deg = 2.0;
  double undetermined_sd_deg = 15.0;
  double max_rms_sigmas = 3.0;
  double max_turn_deg_s = 2500.0;
  double max_travel_m_s = 15.0;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("loss", self.loss, "none, huber, cauchy or tukey: how far-off markers lose influence");
    f("loss_scale", self.loss_scale,
      "distance, in marker sigmas, at which the loss bends; 0: 95 % efficiency");
    f("max_iterations", self.max_iterations, "Gauss-Newton steps per frame at most");
    f("step_tolerance_sd", self.step_tolerance_sd,
      "stop after a step shorter than so many standard deviations of the pose");
    f("hold_sd_deg", self.hold_sd_deg, "prior: each coordinate stays near the frame before (*)");
    f("limit_sd_deg", self.limit_sd_deg, "softness of the joint limits; 0: no limits (*)");
    f("undetermined_sd_deg", self.undetermined_sd_deg,
      "a coordinate less certain than this is reported missing (*)");
    f("max_rms_sigmas", self.max_rms_sigmas,
      "per-axis residual, in marker sigmas, above which a pose is refused (*)");
    f("max_turn_deg_s", self.max_turn_deg_s, "a joint turning faster is a jump (*)");
    f("max_travel_m_s", self.max_travel_m_s, "a pelvis moving faster is a jump (*)");
  }
  /// Throws InvalidArgument naming the first option out of range.
  void validate() const;
};

/// Which coordinates a recording can move: those outside the view, and joints that count as rigid
/// with so few markers, are locked; those with no recorded marker on their segment or below are
/// undetermined. `recorded`: per marker of the skeleton.
[[nodiscard]] std::vector<CoordinateStatus> coordinate_locks(const Skeleton& skeleton,
                                                             const std::vector<bool>& recorded,
                                                             View view);

/// Per marker, in its own sigmas, where the loss bends: `loss_scale`, and farther for a marker of
/// small sigma, whose ordinary distance is no outlier.
[[nodiscard]] std::vector<double> loss_bends(const Skeleton& skeleton, double loss_scale);

/// True where a rotation lies more than 10 degrees outside its range (our choice); false for NaN.
[[nodiscard]] bool beyond_limit(const Coordinate& coordinate, double value);

/// One fitted frame.
struct FramePose {
  Eigen::VectorXd
      coordinates;  ///< n_coordinates; locked ones at neutral, undetermined ones as held
  std::vector<bool> determined;  ///< n_coordinates: free and determined by this frame's markers
  FrameQuality quality;
  int iterations = 0;
  bool usable = false;  ///< ok or limit; few_markers where something is still determined
};

/// Fits poses frame after frame: Gauss-Newton with Levenberg damping on residuals divided by their
/// sigma, started from the last good pose, or from several rough poses where there is none.
/// Scratch: one per thread; a warm frame allocates nothing.
class FrameFitter {
 public:
  /// `skeleton` must outlive the fitter. Throws InvalidArgument for bad options, or markers without
  /// a positive sigma.
  FrameFitter(const Skeleton& skeleton, const std::vector<CoordinateStatus>& locks,
              const FrameFitOptions& options = {}, View view = View::spatial);

  /// The next frame: `measured_m` holds x y z per marker of the skeleton, NaN (or exactly zero on
  /// every seen axis) where missing; `time_s` is later than the last one. `lost`: of markers that
  /// are missing.
  const FramePose& fit(const double* measured_m, double time_s,
                       std::span<const LostMarker> lost = {});
  /// Forgets the last pose: the next frame starts afresh.
  void forget();
  /// Starts the next frame from these coordinates (n_coordinates).
  void start_from(const Eigen::VectorXd& coordinates);

  /// Variance of the last frame's free coordinates (rad^2, m^2; by index in equations()) if the
  /// markers' sigmas are true.
  [[nodiscard]] const Eigen::VectorXd& variance() const { return variance_; }
  /// Weighted squared residuals of the last frame and their degrees of freedom: over many frames,
  /// their ratio is the factor by which the true variance differs from that of the sigmas.
  [[nodiscard]] double weighted_squares() const { return weighted_squares_; }
  [[nodiscard]] int degrees_of_freedom() const { return degrees_of_freedom_; }
  [[nodiscard]] const NormalEquations& equations() const { return equations_; }
  /// Of the pose that residuals and equations belong to.
  [[nodiscard]] const SkeletonState<double>& state() const { return state_; }
  [[nodiscard]] const Skeleton& skeleton() const { return skeleton_; }
  /// Of the last frame: what the loss left of a marker's weight, 0 to 1; 0 where it was not seen.
  [[nodiscard]] double robust_weight_of(std::size_t marker) const {
    return base_[marker] > 0.0 ? weight_[marker] / base_[marker] : 0.0;
  }
  /// True where a marker was seen in the last frame and no outlier.
  [[nodiscard]] bool used(int marker) const;

 private:
  void see(const double* measured_m);
  [[nodiscard]] double own_squares(std::size_t marker) const;
  [[nodiscard]] double lost_weight(const LostMarker& lost, double narrow) const;
  void start_afresh(const double* measured_m, double time_s);
  double minimise(const double* measured_m, double widening, int max_iterations);
  double evaluate(const double* measured_m, double widening);
  void add_priors(bool with_information);
  void judge(double time_s);
  void find_determined();

  const Skeleton& skeleton_;
  FrameFitOptions options_;
  View view_;
  std::vector<CoordinateStatus> locks_;
  NormalEquations equations_;
  CommonErrors common_;
  SkeletonState<double> state_;
  FramePose pose_;
  Eigen::VectorXd hold_;   // where the prior holds, n_coordinates
  Eigen::VectorXd good_;   // last good pose
  Eigen::VectorXd tried_;  // scratch
  Eigen::VectorXd step_;
  Eigen::VectorXd variance_;
  std::vector<double> bend_;  // per marker: where the loss bends, in its sigmas
  std::vector<double> base_;  // 1 / sigma^2 of the markers seen in this frame, else 0
  std::vector<double> last_base_;
  std::span<const LostMarker> lost_;  // of this frame
  Eigen::Matrix3Xd lost_pull_;        // per segment
  std::vector<double> weight_;        // base * robust
  std::vector<double> curvature_;     // the same for H
  std::vector<double> good_time_s_;   // per coordinate: when it was last determined
  double common_squares_ = 0.0;       // of the last pose tried
  double weighted_squares_ = 0.0;
  int degrees_of_freedom_ = 0;
  int failures_ = 0;  // fresh starts in a row that gave nothing
  bool warm_ = false;
  bool factored_ = false;  // the equations hold an undamped factor of the last pose
};

}  // namespace runmech
