// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// The normal equations H step = g of a pose that shall bring the skeleton's markers to where they
/// were measured: H = J'WJ and g = J'W(measured - modelled), W one weight per marker.
///
/// No Jacobian is formed. H of a tree is its joint-space inertia matrix with the weights as point
/// masses at the markers: masses and moments are summed per segment, added up towards the root
/// once, and the entries read off (composite bodies, Featherstone 2008, ch. 6); the factorisation H
/// = L'DL, leaves first, keeps the tree's zeros (ibid. 6.5). Moments are taken about the root
/// segment, so that a run far from the world's origin loses no digits.
///
/// Works on the free coordinates only; "index" below is a place in free_coordinates(). Scratch: one
/// per thread; nothing is allocated after construction.
class NormalEquations {
 public:
  /// `free[j]`: coordinate j may move. `unseen_axis`: 0, 1 or 2 when the recording says nothing
  /// along that world axis (planar views), else -1. Throws InvalidArgument for a wrong size.
  NormalEquations(const Skeleton& skeleton, const std::vector<bool>& free, int unseen_axis = -1);

  [[nodiscard]] int size() const { return static_cast<int>(free_.size()); }
  [[nodiscard]] const std::vector<int>& free_coordinates() const { return free_; }
  [[nodiscard]] int n_markers() const { return static_cast<int>(markers_.size()); }

  /// Puts a marker elsewhere on its segment than where the skeleton has it.
  void move_marker(int marker, const Eigen::Vector3d& local_m);

  /// Step 1: measured - modelled of every marker, 3 x n_markers in the skeleton's order.
  /// `measured_m` holds x y z per marker; a marker of `weight` 0 may hold anything and is not
  /// touched.
  void measure(const SkeletonState<double>& state, const double* measured_m, const double* weight);
  [[nodiscard]] const Eigen::Matrix3Xd& residuals_m() const { return residual_; }

  /// Step 1b, where segments have a common error: what is taken for it, 3 x n_segments, and its
  /// information over 1 / common_error_m^2 (0: as if there were none). H is then that of the pose
  /// with the common errors eliminated, g right where they are the best for the weights given.
  [[nodiscard]] Eigen::Matrix3Xd& common_m() { return common_; }
  [[nodiscard]] const Eigen::Matrix3Xd& common_m() const { return common_; }
  void weigh_common(double scale) { common_scale_ = scale; }
  /// Step 1c: a marker that was not measured shall pull as if it were off by `error_m` (world),
  /// wherever the pose has it. Give it a weight in g and none in H.
  void pull(const SkeletonState<double>& state, int marker, const Eigen::Vector3d& error_m);
  /// 1 / (sum of weights + information) of a segment's common error, 0 where it has none.
  [[nodiscard]] double common_variance(int segment, const double* weight) const;

  /// Step 2: H and g at the state given to measure(). `weight`: 1 / m^2, n_markers. `curvature`,
  /// where given, stands for the weights in H: that of a robust loss falls faster than its pull.
  void accumulate(const SkeletonState<double>& state, const double* weight,
                  const double* curvature = nullptr);
  /// Only g, for a step with the factor of an earlier pose: half the work.
  void accumulate_gradient(const SkeletonState<double>& state, const double* weight);
  /// g = J'force, for forces (3 x n_markers, world) in the place of weighted residuals, at the
  /// state given to measure(); markers of weight 0 there need a force of 0.
  void accumulate_forces(const SkeletonState<double>& state, const double* force);
  /// Adds a one-coordinate prior: information to H's diagonal, `pull` = information * (mean -
  /// value) to g.
  void add_prior(int index, double information, double pull);

  /// Step 3: H = L'DL of H + damping * diag(H). False when a pivot is not positive.
  [[nodiscard]] bool factor(double damping = 0.0);
  /// The solution of H x = g (size()); needs factor().
  void solve(Eigen::VectorXd& step) const;
  /// Diagonal of the inverse of what was factored: variances when weights are 1 / sigma^2.
  void inverse_diagonal(Eigen::VectorXd& variance);
  /// H, dense and symmetric, and g: for tests and for reading.
  [[nodiscard]] Eigen::MatrixXd hessian() const;
  [[nodiscard]] const Eigen::VectorXd& gradient() const { return gradient_; }
  /// H as it is kept, for those who add up many frames: the entries of its lower triangle that can
  /// differ from zero, and where they stand.
  [[nodiscard]] const std::vector<double>& entries() const { return packed_; }
  struct Place {
    int row;
    int column;  // <= row
  };
  [[nodiscard]] std::vector<Place> entry_places() const;

 private:
  struct Composite {
    double mass;
    Eigen::Vector3d first;   // sum m y
    double second[6];        // sum m y y': xx xy xz yy yz zz
    Eigen::Vector3d force;   // sum m r
    Eigen::Vector3d torque;  // sum y x m r
  };
  struct PlacedMarker {
    int index;  // in skeleton.markers
    int segment;
    Eigen::Vector3d local;
  };
  struct FreeRange {
    int first;
    int count;
  };

  void gather(const double* curvature);
  void gather_forces(const double* weight);
  void hand_down_forces();
  void project_forces(const SkeletonState<double>& state);
  void back_substitute(double* x) const;

  std::vector<int> free_;
  enum class Twist : char { turns, slides, coupled };
  std::vector<Twist> how_;      // per index
  std::vector<int> depth_;      // number of free coordinates above, per index
  std::vector<int> row_;        // where a packed row starts: its ancestors by depth, then itself
  std::vector<int> ancestors_;  // index of each packed entry
  std::vector<int> parent_;     // per segment
  std::vector<FreeRange> of_segment_;
  std::vector<PlacedMarker> markers_;  // by segment
  int unseen_axis_;
  std::vector<double> common_information_;  // per segment, 0: none
  double common_scale_ = 1.0;
  Eigen::Matrix3Xd common_;

  Eigen::Matrix3Xd residual_;
  Eigen::Matrix3Xd offset_;  // marker from the root segment's origin, in markers_ order
  std::vector<Composite> composite_;
  Eigen::Matrix<double, 6, Eigen::Dynamic> motion_;  // angular and linear unit velocity, per index
  std::vector<double> packed_;
  std::vector<double> factor_;
  std::vector<double> inverse_;  // of H, in the same pattern
  Eigen::VectorXd gradient_;
};

}  // namespace runmech
