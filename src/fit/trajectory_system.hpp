// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <vector>

#include "bordered_band.hpp"
#include "frame_terms.hpp"
#include "trajectory_problem.hpp"

namespace runmech {

/// The normal equations of a whole trajectory: every frame's Hessian times the products of its
/// basis functions, in the packed form of the tree (a third of the dense blocks), then smoothness
/// and priors, factored as a BorderedBand. Everything is allocated once.
class TrajectorySystem {
 public:
  /// `problem` must outlive this; its weights, noise and gain may change between calls.
  explicit TrajectorySystem(const TrajectoryProblem& problem);

  [[nodiscard]] Eigen::Index size() const { return band_.size(); }

  [[nodiscard]] double cost(const TrajectoryPoint& x);
  /// Equations at x; returns the cost.
  double linearise(const TrajectoryPoint& x, FrameTerms::Curvature curvature);
  /// Factors H + damping * diag(H). False when that is not positive definite.
  [[nodiscard]] bool factor(double damping = 0.0);
  /// The step from the last linearise() with the last factor(): groups in order, then lengths.
  void step(Eigen::VectorXd& out) const;
  /// Minus the gradient of the cost.
  [[nodiscard]] const Eigen::VectorXd& pull() const { return pull_; }
  [[nodiscard]] const BorderedBand& band() const { return band_; }
  /// Calls visit with every frame evaluated at x.
  void visit_frames(const TrajectoryPoint& x,
                    const std::function<void(Eigen::Index, const FrameTerms&)>& visit);
  /// Fills `band` with H (of the last linearise()) for a factor of one's own.
  void fill(BorderedBand& band, double damping = 0.0) const;
  /// Frees the factor: with fill() the rest still serves.
  void release() { band_ = BorderedBand(0, 1, 0, 0); }
  /// Covariance of each control value with itself and the next `degree` of its coordinate, from the
  /// last factor(): n_control x (degree + 1) n, see roughness_evidence().
  [[nodiscard]] FrameMatrix variance() const;

  /// How the fit answers to white noise of the size that the curvature implies: steps, one per
  /// column, that simulated noise would cause at x. Needs factor().
  [[nodiscard]] Eigen::MatrixXd noise_responses(const TrajectoryPoint& x, int n);
  /// The step that smoothness alone asks for, backwards: how far it has drawn the result away from
  /// the data. Needs factor().
  [[nodiscard]] Eigen::VectorXd smoothing_bias(const FrameMatrix& control) const;

  /// What the residuals of the last linearise() say, summed over all frames.
  struct Residuals {
    long n = 0;
    double weighted_squares = 0.0;
    double twice_weighted_squares = 0.0;
    double curvatures = 0.0;
  };
  [[nodiscard]] const Residuals& residuals() const { return residuals_; }

 private:
  void pose_at(Eigen::Index frame, const TrajectoryPoint& x);
  double priors(const TrajectoryPoint& x, bool derivatives);

  const TrajectoryProblem& problem_;
  FrameTerms frame_;
  int reach_;
  std::size_t n_entries_;
  std::vector<double> packed_;  // n_control x (reach + 1) x n_entries: of the frames
  std::vector<double> edges_;   // n_control x (n x n_lengths)
  Eigen::MatrixXd corner_;
  Eigen::VectorXd pull_;
  Eigen::VectorXd pose_;
  BorderedBand band_;
  Residuals residuals_;
};

/// x + step.
void advance(TrajectoryPoint& x, const Eigen::VectorXd& step);

struct MinimiseSummary {
  double cost = 0.0;
  int iterations = 0;
  bool converged = false;
};
/// Levenberg-Marquardt from x, in place; the system is left linearised and factored (undamped) at
/// the result.
MinimiseSummary minimise(const TrajectoryProblem& problem, const TrajectoryOptions& options,
                         TrajectorySystem& system, TrajectoryPoint& x);
/// The same cost by Ceres.
MinimiseSummary minimise_with_ceres(const TrajectoryProblem& problem,
                                    const TrajectoryOptions& options, TrajectoryPoint& x);

}  // namespace runmech
