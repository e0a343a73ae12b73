// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <random>

#include "trajectory_problem.hpp"

// How strongly a trajectory is smoothed, from the data alone, in two steps.
//
// The pattern (which coordinate, when): lambda is the inverse variance of the jerk, and the value
// of highest marginal likelihood (REML) is the fixed point lambda = (what the data determine of the
// jerk) / (jerk found), the update of Fellner and Schall (Wood & Fasiolo 2017), MacKay's (1992). It
// needs only entries of the inverse within the band, and is steady where residuals are correlated.
//
// The level: running is nearly periodic, so that most frequencies between the multiples of the
// stride's hold nothing and the likelihood, which averages over all of them, smooths the others too
// much (measured on real running: 1.4 times too low a cut-off). What counts is the error, so each
// coordinate's level is moved to where the estimated mean square error is least: Mallows' Cp, whose
// derivative by log lambda compares the jerk that noise causes with the jerk that smoothing takes.

namespace runmech {

/// `counts` (n_intervals x n, 0 or 1): intervals that are evidence for a coordinate, those in which
/// all of its markers were seen. A gap would else speak for the whole trial.
/// `variance`: n_control x (degree + 1) n, covariance of control value (k, j) with (k + r, j) in
/// column r n + j, for the current lambda.
struct RoughnessEvidence {
  FrameMatrix determined;       ///< n_intervals x n: of the jerk's freedom, the part fixed by data
  double all_determined = 0.0;  ///< summed over all intervals, whether they count or not
  FrameMatrix energy;           ///< n_intervals x n: integral of the jerk squared
};
[[nodiscard]] RoughnessEvidence roughness_evidence(const TrajectoryProblem& problem,
                                                   const FrameMatrix& counts,
                                                   const FrameMatrix& control,
                                                   const FrameMatrix& variance);

/// Bounds of each coordinate's lambda (n), for data of unit information (gain / noise^2).
struct RoughnessBounds {
  Eigen::VectorXd lowest;
  Eigen::VectorXd highest;
  [[nodiscard]] RoughnessBounds at(double information) const {
    return {information * lowest, information * highest};
  }
};

/// The pattern's next value. Constant in time: sums over all intervals. Varying: sums over a short
/// window, drawn towards the coordinate's own constant times what all coordinates do at that time,
/// so that a moment with little evidence does not follow noise.
void update_pattern(const RoughnessEvidence& evidence, const TrajectoryBasis& basis, bool varying,
                    const RoughnessBounds& bounds, FrameMatrix& lambda);

/// The level's next value. `counts`: as above, `bias`: how far smoothing has drawn the control
/// values from the data, `responses`: control values that white noise alone would give, one column
/// each.
void update_level(const TrajectoryProblem& problem, const FrameMatrix& counts,
                  const FrameMatrix& control, const Eigen::VectorXd& bias,
                  const Eigen::MatrixXd& responses, const RoughnessBounds& bounds,
                  FrameMatrix& lambda);

/// Adds to `variance` what smoothing takes away from the movement, estimated over a short window:
/// the posterior alone knows of it only as much as the jerk's variance says on average. `of_noise`:
/// what would be taken for a bias were there noise alone, one column per trial; it does not count.
/// `reach`: control values on either side over which it is averaged. Returns the share of `bias`
/// squared that counts, n_control x n.
FrameMatrix add_bias(const Eigen::Ref<const Eigen::VectorXd>& bias,
                     const Eigen::Ref<const Eigen::MatrixXd>& of_noise, int degree, int reach,
                     FrameMatrix& variance);
/// One sample of errors of that variance: the bias itself, shifted within the window by amounts
/// that are weighed at random.
void add_bias_sample(const FrameMatrix& bias, const FrameMatrix& share, int reach,
                     std::mt19937_64& random, FrameMatrix& out);
/// That of a window of 45 ms to either side (our choice).
[[nodiscard]] int bias_reach(std::span<const double> breaks);

}  // namespace runmech
