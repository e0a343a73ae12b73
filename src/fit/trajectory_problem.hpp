// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/fit/lost_markers.hpp"
#include "runmech/fit/robust_loss.hpp"
#include "runmech/fit/trajectory.hpp"
#include "runmech/signal/bspline.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// The splines of a trajectory: where each frame and each stretch between knots stands on them.
struct TrajectoryBasis {
  std::vector<double> knots;
  int degree = 3;
  std::vector<SplineBasis> frame;  ///< at each time stamp

  /// The third derivative squared, integrated exactly: sum over points of weight * (value . c)^2.
  struct RoughnessPoint {
    int interval = 0;
    double weight = 0.0;
    SplineBasis third;  ///< third derivative of the basis
  };
  std::vector<RoughnessPoint> roughness;
  std::vector<double> breaks;  ///< n_intervals + 1, the distinct knots

  [[nodiscard]] int n_control() const { return static_cast<int>(knots.size()) - degree - 1; }
  [[nodiscard]] int n_intervals() const { return n_control() - degree; }
};

/// Knots on time stamps, at most `spacing_s` apart, or as far as the frames. Needs two times that
/// increase.
[[nodiscard]] TrajectoryBasis trajectory_basis(std::span<const double> time_s, double spacing_s,
                                               int degree);

/// Everything that the cost of a trajectory depends on. With q(t) the free coordinates, splines
/// with control values c, and b the unknowns that all frames share, the relative changes of the
/// free lengths and the moves of the free marker places:
///
///   cost = gain / 2 sum_frames sum_markers rho(|measured - modelled|^2 / (noise ratio sigma)^2)
///        - gain sum_frames sum_lost (weight error) . modelled  (LostMarker: pulls that stay)
///        + 1/2 sum_frames |beyond the joints' limits|^2 / limit_sd^2
///        + 1/2 sum_j sum_i lambda_ij integral over interval i of (q_j''')^2
///        + 1/2 sum_j sum_k (c_kj - c0_kj)^2 / hold_sd^2  (very weak: holds what nothing
///        determines)
///        + 1/2 sum_l (b_l / sd_l)^2
struct TrajectoryProblem {
  Skeleton skeleton;         ///< with one sliding coordinate for every segment whose length is free
  std::vector<int> splined;  ///< its coordinates that are splines, in order
  struct Length {
    std::vector<int> coordinates;  ///< of the skeleton: they slide by length_m times the unknown
    std::vector<double> length_m;
    double sd = 0.05;
  };
  std::vector<Length> lengths;
  /// A way in which places of markers may differ from the skeleton's: metres per unit, in the
  /// frames of their segments.
  struct Place {
    struct Move {
      int marker;
      Eigen::Vector3d direction;
    };
    std::vector<Move> moves;
    double sd = 0.01;
  };
  std::vector<Place> places;
  View view = View::spatial;

  TrajectoryBasis basis;
  std::shared_ptr<const FrameMatrix> recorded_m;  ///< n_frames x 3 points, NaN where missing
  std::vector<Eigen::Index> point_of;             ///< per marker of the skeleton, -1: not recorded
  std::shared_ptr<const LostMarkers> lost;        ///< of markers that frames lack; may be null
  /// Where given (n_frames x n_markers), what each marker adds to the Hessian, as the minimum left
  /// it: the recording is then not looked at, and nothing pulls but what holds without it.
  Eigen::MatrixXf information;

  RobustLoss loss = RobustLoss::cauchy;
  /// See loss_bends(); of the noise, or of the stated sigmas where the noise is smaller.
  double loss_scale = standard_scale(RobustLoss::cauchy);
  double noise = 1.0;               ///< true over stated sigma of the markers
  std::vector<double> sigma_ratio;  ///< and of each of them beside that; empty: all 1
  double gain = 1.0;                ///< makes the loss's curvature the information that it carries
  double limit_sd_rad = 0.0;        ///< 0: no limits
  Eigen::VectorXd hold_sd;          ///< n
  FrameMatrix hold;                 ///< n_control x n
  FrameMatrix lambda;               ///< n_intervals x n

  [[nodiscard]] int n() const { return static_cast<int>(splined.size()); }
  [[nodiscard]] int n_lengths() const { return static_cast<int>(lengths.size()); }
  /// Unknowns of all frames: the lengths, then the places.
  [[nodiscard]] int n_shared() const { return n_lengths() + static_cast<int>(places.size()); }
  [[nodiscard]] double shared_sd(int i) const {
    return i < n_lengths() ? lengths[i].sd : places[i - n_lengths()].sd;
  }
  [[nodiscard]] Eigen::Index n_frames() const {
    return static_cast<Eigen::Index>(basis.frame.size());
  }
  /// Takes the positions as its own, one point per marker in their order.
  void measure(FrameMatrix positions_m);
};

/// The unknowns.
struct TrajectoryPoint {
  FrameMatrix control;     ///< n_control x n
  Eigen::VectorXd shared;  ///< n_shared: relative changes of lengths, moves of places in metres
};

/// `skeleton` with a sliding coordinate before each joint whose distance from its parent's origin
/// `scales` frees, and the lists that go with it: skeleton, splined and lengths of a problem.
/// `free`: the coordinates (of `skeleton`) that become splines. Throws InvalidArgument for an
/// unknown segment, or one without a distance to scale.
[[nodiscard]] TrajectoryProblem problem_on(const Skeleton& skeleton, const std::vector<bool>& free,
                                           const std::vector<SegmentScale>& scales);

/// Free places for the markers that are `seen` and not `fixed`, with this SD. What the standing
/// trial says of the segments' frames stays: on a segment that three fixed markers hold, each of
/// the others is free in all directions; elsewhere markers may change their arrangement, but
/// neither shift nor turn together, which would be another frame (and another angle) for the same
/// body.
[[nodiscard]] std::vector<TrajectoryProblem::Place> marker_places(const Skeleton& skeleton,
                                                                  const std::vector<bool>& seen,
                                                                  double sd_m);

}  // namespace runmech
