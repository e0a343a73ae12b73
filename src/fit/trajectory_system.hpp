// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "bordered_band.hpp"
#include "frame_sums.hpp"
#include "trajectory_problem.hpp"

namespace runmech {

/// The normal equations of a whole trajectory: every frame's Hessian times the products of its
/// basis functions (FrameSums), then smoothness and priors, factored as a BorderedBand.
///
/// The factor is that of the point given to the last linearise() before factor(), whatever has been
/// linearised since. Where it does not fit into `max_bytes`, parts of it are summed and factored
/// again when they are needed: lambda, noise, gain and ratios may change between one linearise()
/// and the next, but not between factor() and what uses it.
class TrajectorySystem {
 public:
  /// `problem` must outlive this.
  explicit TrajectorySystem(const TrajectoryProblem& problem,
                            const TrajectoryOptions& options = {});
  TrajectorySystem(const TrajectorySystem&) = delete;  // the factor refers to what it is made from
  TrajectorySystem& operator=(const TrajectorySystem&) = delete;

  [[nodiscard]] Eigen::Index size() const { return band_.size(); }

  /// Cost at x, and what its residuals say.
  [[nodiscard]] double cost(const TrajectoryPoint& x);
  /// Equations at x; returns the cost.
  double linearise(const TrajectoryPoint& x, FrameTerms::Curvature curvature);
  /// Factors H + damping * diag(H). False when that is not positive definite.
  [[nodiscard]] bool factor(double damping = 0.0);
  /// The step to the minimum of the model that was factored: groups in order, then shared.
  void step(Eigen::VectorXd& out);
  /// Minus the gradient of the cost.
  [[nodiscard]] const Eigen::VectorXd& pull() const { return pull_; }
  [[nodiscard]] BorderedBand& band() { return band_; }
  /// Calls visit with every frame evaluated at x.
  void visit_frames(const TrajectoryPoint& x,
                    const std::function<void(Eigen::Index, const FrameTerms&)>& visit) {
    sums_.visit(x, visit);
  }
  /// Covariance of each control value with itself and the next `degree` of its coordinate, from the
  /// last factor(): n_control x (degree + 1) n, see roughness_evidence().
  [[nodiscard]] FrameMatrix variance();

  /// Pulls that white noise of the size that the curvature implies would cause at x, one column per
  /// trial. Times the inverse: how the fit answers to noise.
  [[nodiscard]] Eigen::MatrixXd noise_pulls(const TrajectoryPoint& x, int n);
  /// See FrameSums::noise_followed(), for steps that noise_pulls() lead to.
  [[nodiscard]] FrameSums::Followed noise_followed(const TrajectoryPoint& x,
                                                   const Eigen::MatrixXd& steps) {
    return sums_.noise_followed(x, steps);
  }
  /// The pull of smoothness alone on these control values, backwards. Times the inverse: how far it
  /// has drawn the result away from the data.
  [[nodiscard]] Eigen::VectorXd smoothing_pull(const Eigen::Ref<const FrameMatrix>& control) const;

  using Residuals = FrameSums::Residuals;
  /// Of the last cost() or linearise().
  [[nodiscard]] const Residuals& residuals() const { return residuals_; }

 private:
  double priors(const TrajectoryPoint& x, bool derivatives);
  void fill(int first, int count);

  const TrajectoryProblem& problem_;
  FrameSums sums_;
  int reach_;
  BorderedBand band_;
  GroupSums blocks_;  // all of the last linearise() where all fit, else a window being filled
  Eigen::MatrixXd corner_;
  Eigen::VectorXd pull_;
  struct At {
    TrajectoryPoint point;
    FrameTerms::Curvature curvature = FrameTerms::Curvature::reweighted;
    double damping = 0.0;
  };
  At linearised_;
  At factored_;
  Eigen::VectorXd forward_;
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
/// the result. `first`: of the first step, newton where x is close already.
MinimiseSummary minimise(const TrajectoryProblem& problem, const TrajectoryOptions& options,
                         TrajectorySystem& system, TrajectoryPoint& x,
                         FrameTerms::Curvature first = FrameTerms::Curvature::reweighted);
/// The same cost by Ceres.
MinimiseSummary minimise_with_ceres(const TrajectoryProblem& problem,
                                    const TrajectoryOptions& options, TrajectoryPoint& x);

}  // namespace runmech
