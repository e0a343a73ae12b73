// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "runmech/fit/common_errors.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/normal_equations.hpp"
#include "trajectory_problem.hpp"

namespace runmech {

/// What one frame adds to the cost of a trajectory, as a function of its pose and of what all
/// frames share, and the quadratic model of it. The solvers see a frame only through this:
/// measurements of another kind (reprojections of keypoints) are another class with the same
/// members.
///
/// Points in space go through NormalEquations: no Jacobian is formed. Scratch: one per thread.
class FrameTerms {
 public:
  /// `problem` must outlive this.
  explicit FrameTerms(const TrajectoryProblem& problem);

  /// Looks at the frame where the splined coordinates are q (n) and the shared unknowns b
  /// (n_shared).
  void evaluate(Eigen::Index frame, const double* q, const double* shared);
  /// Its cost there.
  [[nodiscard]] double cost() const;

  enum class Curvature : std::uint8_t {
    reweighted,  ///< always positive, model never above the true cost
    newton,      ///< that of the loss, as far as it stays positive: converges faster
  };
  /// Gradient (descent direction: J'W r) and Hessian at the pose of the last evaluate().
  void linearise(Curvature curvature);
  /// What white noise of the size that the curvature implies would pull at the pose of the last
  /// evaluate(), from n_noise() numbers of unit variance: three per marker, then three for what the
  /// markers of a segment are off together. pull() and shared_pull() only.
  void linearise_noise(const double* number);
  [[nodiscard]] std::size_t n_noise() const {
    return 3 * (markers_.size() + common_.groups().size());
  }
  /// How far each marker would move, in the units of its own numbers, with a step of the pose (n)
  /// and of the shared unknowns: 3 x n_markers, 0 for those not seen.
  void noise_units(const double* step, const double* shared_step, Eigen::Matrix3Xd& out);
  /// The same for the pose that this frame's markers alone would take up with those numbers. False
  /// where they do not hold one.
  [[nodiscard]] bool noise_units_alone(const double* number, Eigen::Matrix3Xd& out);
  /// Hessian between splined coordinates: the entries `places` of its lower triangle.
  struct Place {
    int entry;  ///< in entries()
    int row;
    int column;
  };
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  [[nodiscard]] const std::vector<double>& entries() const { return equations_.entries(); }
  [[nodiscard]] const Eigen::VectorXd& pull() const { return pull_; }  ///< n
  [[nodiscard]] const Eigen::MatrixXd& edge() const { return edge_; }  ///< n_shared x n
  [[nodiscard]] const Eigen::MatrixXd& corner() const { return corner_; }
  [[nodiscard]] const Eigen::VectorXd& shared_pull() const { return shared_pull_; }

  // Sums over the markers of the last evaluate(), residuals in units of noise * sigma:
  [[nodiscard]] int n_residuals() const { return n_residuals_; }  ///< numbers, not markers
  /// Of those numbers, how many the common errors of segments take.
  [[nodiscard]] double common_freedom() const;
  /// Of one marker's numbers.
  [[nodiscard]] double common_freedom(std::size_t marker) const { return common_taken_[marker]; }
  [[nodiscard]] double weighted_squares() const { return weighted_squares_; }      ///< sum w r^2
  [[nodiscard]] double twice_weighted_squares() const { return twice_weighted_; }  ///< sum w^2 r^2
  [[nodiscard]] double curvatures() const { return curvatures_; }  ///< sum of d(w r)/dr
  [[nodiscard]] const std::vector<double>& weights() const { return robust_; }  ///< 0: not seen
  /// Each marker's weights in the Hessian with Curvature::newton, 1 / m^2.
  [[nodiscard]] const std::vector<double>& information() const { return newton_; }
  [[nodiscard]] const SkeletonState<double>& state() const { return state_; }
  [[nodiscard]] const Eigen::Matrix3Xd& residuals_m() const { return equations_.residuals_m(); }
  /// What each segment's markers are off together, 3 x n_segments.
  [[nodiscard]] const Eigen::Matrix3Xd& common_m() const { return equations_.common_m(); }
  /// A marker's residual less that.
  [[nodiscard]] Eigen::Vector3d own_residual(std::size_t marker) const;

 private:
  struct LengthPart {
    int length;
    double by;  // metres per unit
  };
  /// A marker whose place is free, and what moves it.
  struct FreeMarker {
    struct Way {
      int shared;
      Eigen::Vector3d direction;
    };
    int marker;
    std::vector<Way> ways;
  };
  void place_markers(const double* shared);
  [[nodiscard]] double ratio_of(std::size_t marker) const;
  /// 1 / sigma^2 of a marker that is seen.
  [[nodiscard]] double stated_information(std::size_t marker) const;
  void weigh_lost(std::span<const LostMarker> lost);
  void pull_lost(std::span<const LostMarker> lost);
  void share_pull(const Eigen::Matrix3Xd& force);
  void add_places(const std::vector<double>& weight);
  void share_places(const std::vector<double>& weight);

  const TrajectoryProblem& problem_;
  int unseen_;
  NormalEquations equations_;
  CommonErrors common_;
  SkeletonState<double> state_;
  Eigen::VectorXd pose_;
  std::vector<double> bend_;         // of each marker's loss
  std::vector<double> wide_;         // the same in units of the noise found
  std::vector<double> information_;  // of each marker when it is seen
  std::vector<double> pulling_;      // weights in the gradient; lost markers have one here only
  std::vector<double> weight_;       // and in the Hessian
  std::vector<double> newton_;       // the same with the loss's own curvature
  Eigen::Matrix3Xd lost_pull_;       // per segment
  std::vector<double> common_taken_;
  std::vector<double> measured_;
  Eigen::Matrix3Xd force_;  // of each marker, weighted residuals
  std::vector<double> robust_;
  std::vector<double> squared_;          // distance in sigmas
  std::vector<int> spline_of_;           // per index of the equations, or -1
  std::vector<LengthPart> length_of_;    // per index of the equations
  std::vector<std::vector<int>> above_;  // per segment: indices that carry it
  std::vector<FreeMarker> free_markers_;
  std::vector<BodyPoint> markers_;  // where they stand
  Eigen::VectorXd shared_;          // of the last evaluate()
  std::vector<Place> places_;
  std::vector<Place> length_places_;
  Eigen::VectorXd pull_;
  Eigen::MatrixXd edge_;
  Eigen::MatrixXd corner_;
  Eigen::VectorXd shared_pull_;
  Eigen::VectorXd alone_;  // step of the equations
  double common_squares_ = 0.0;
  double lost_cost_ = 0.0;  // as the loss's
  int n_residuals_ = 0;
  double weighted_squares_ = 0.0;
  double twice_weighted_ = 0.0;
  double curvatures_ = 0.0;
};

/// Missing: NaN, not a position, or exactly at the origin, how several formats spell it.
[[nodiscard]] bool is_seen(const double* position_m, int unseen_axis);

}  // namespace runmech
