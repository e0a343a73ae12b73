// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "runmech/core/errors.hpp"
#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr int kResponses = 4;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using ControlColumn = Eigen::Map<const FrameMatrix>;

ControlColumn control_of(const Eigen::MatrixXd& steps, Eigen::Index column,
                         const TrajectoryProblem& problem) {
  return {&steps(0, column), problem.basis.n_control(), problem.n()};
}

/// What smoothing has taken from the movement (first column), and what would be taken for that were
/// there noise alone, one column per trial. The result shows it only in part, being smoothed
/// itself: twice over it is nearer (Tukey's twicing).
Eigen::MatrixXd biases_of(TrajectorySystem& system, const TrajectoryStart& start) {
  const auto& problem = start.problem;
  Eigen::MatrixXd once(system.size(), kResponses + 1);
  once.col(0) = system.smoothing_pull(start.point.control);
  once.rightCols(kResponses) = system.noise_pulls(start.point, kResponses);
  system.band().solve(once);
  // The first is a bias already, the others are answers to noise: their biases come now.
  Eigen::MatrixXd out(system.size(), kResponses + 1);
  for (Eigen::Index p = 0; p <= kResponses; ++p) {
    out.col(p) = system.smoothing_pull(control_of(once, p, problem));
  }
  system.band().solve(out);
  out.col(0) += once.col(0);
  for (Eigen::Index p = 1; p <= kResponses; ++p) {
    once.col(p) = system.smoothing_pull(control_of(out, p, problem));
  }
  system.band().solve(once.rightCols(kResponses));
  out.rightCols(kResponses) += once.rightCols(kResponses);
  return out;
}

/// Control values and what was found of the body into the motion.
void give_control(const TrajectoryStart& start, Motion& motion) {
  const auto& basis = start.problem.basis;
  motion.knots = basis.knots;
  motion.degree = basis.degree;
  motion.control.setConstant(basis.n_control(), motion.skeleton.n_coordinates(), kNaN);
  for (int i = 0; i < start.problem.n(); ++i) {
    motion.control.col(start.coordinate[i]) = start.point.control.col(i);
  }
  for (int l = 0; l < start.problem.n_lengths(); ++l) {
    for (const int j : start.problem.lengths[l].coordinates) {
      const int segment = start.problem.skeleton.coordinates[j].segment;
      motion.skeleton.segments[segment].origin_m *= 1.0 + start.point.shared[l];
    }
  }
  for (std::size_t p = 0; p < start.problem.places.size(); ++p) {
    const double by = start.point.shared[start.problem.n_lengths() + static_cast<Eigen::Index>(p)];
    for (const auto& move : start.problem.places[p].moves) {
      motion.skeleton.markers[move.marker].at.local_m += by * move.direction;
    }
  }
  for (std::size_t k = 0; k < start.problem.sigma_ratio.size(); ++k) {
    motion.skeleton.markers[k].sigma_m *= start.problem.sigma_ratio[k];
  }
}

/// What sampling needs once the recording is gone: the equations are summed again, from what each
/// marker had to say.
struct Sampler {
  TrajectoryProblem problem;
  TrajectoryPoint point;
  TrajectoryOptions options;

  [[nodiscard]] std::vector<FrameMatrix> sample(int n, std::uint64_t seed) const {
    TrajectorySystem system(problem, options);
    static_cast<void>(system.linearise(point, FrameTerms::Curvature::newton));
    if (!system.factor()) throw InvalidArgument("the posterior is not positive definite");
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<FrameMatrix> out;
    constexpr int kTogether = 16;  // as many as pass through the factor at once
    for (int done = 0; done < n; done += kTogether) {
      Eigen::MatrixXd x(system.size(), std::min(kTogether, n - done));
      for (double& v : x.reshaped()) v = normal(random);
      system.band().colour(x);
      for (Eigen::Index p = 0; p < x.cols(); ++p) out.emplace_back(control_of(x, p, problem));
    }
    return out;
  }
};

/// The problem without its recording.
std::shared_ptr<const Sampler> sampler_of(TrajectorySystem& system, TrajectoryStart& start,
                                          const TrajectoryOptions& options) {
  auto out = std::make_shared<Sampler>();
  Eigen::MatrixXf information(start.problem.n_frames(),
                              static_cast<Eigen::Index>(start.problem.skeleton.markers.size()));
  system.visit_frames(start.point, [&](Eigen::Index f, const FrameTerms& frame) {
    for (Eigen::Index k = 0; k < information.cols(); ++k) {
      information(f, k) = static_cast<float>(frame.information()[k]);
    }
  });
  out->problem = start.problem;
  out->problem.information = std::move(information);
  out->problem.recorded_m.reset();
  out->problem.lost.reset();
  out->point = start.point;
  out->options = options;
  return out;
}

}  // namespace

TrajectoryResult refine_trajectory(const Recording& recording,
                                   const std::vector<std::optional<Eigen::Index>>& columns,
                                   const TrajectoryOptions& options,
                                   const std::vector<SegmentScale>& scales,
                                   const Progress& progress, Motion& motion,
                                   std::shared_ptr<const LostMarkers> lost) {
  motion.control.resize(0, 0);  // of the frame fit; long trials are short of memory
  TrajectoryStart start =
      trajectory_start(recording, columns, motion, options, scales, std::move(lost));
  TrajectorySystem system(start.problem, options);
  const TrajectoryEstimate estimate = estimate_trajectory(options, progress, system, start);

  auto posterior = std::make_shared<MotionPosterior>();
  posterior->knots = start.problem.basis.knots;
  posterior->degree = start.problem.basis.degree;
  posterior->variance = system.variance();
  {
    const Eigen::MatrixXd biases = biases_of(system, start);
    add_bias(biases.col(0), biases.rightCols(kResponses), posterior->degree,
             bias_reach(start.problem.basis.breaks), posterior->variance);
  }
  posterior->column.assign(motion.skeleton.n_coordinates(), -1);
  for (int i = 0; i < start.problem.n(); ++i) posterior->column[start.coordinate[i]] = i;
  TrajectoryResult out;
  out.lasting = lasting_residuals(residual_lags(system, start), motion.skeleton);
  give_control(start, motion);
  out.report = fit_report(options, estimate, scales, system, start, *posterior, motion);
  posterior->sample = [sampler = sampler_of(system, start, options)](int n, std::uint64_t seed) {
    return sampler->sample(n, seed);
  };
  out.posterior = std::move(posterior);
  return out;
}

}  // namespace runmech
