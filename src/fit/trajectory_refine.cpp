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

/// What smoothing has taken from the movement. The result shows it only in part, being smoothed
/// itself: twice over it is nearer (Tukey's twicing).
Eigen::VectorXd bias_of(const TrajectorySystem& system, const FrameMatrix& control) {
  const Eigen::VectorXd once = system.smoothing_bias(control);
  return once + system.smoothing_bias(
                    Eigen::Map<const FrameMatrix>(once.data(), control.rows(), control.cols()));
}

/// Control values and lengths into the motion.
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
      motion.skeleton.segments[segment].origin_m *= 1.0 + start.point.lengths[l];
    }
  }
}

/// What sampling needs once the recording is gone.
struct Sampler {
  TrajectoryStart start;
  std::unique_ptr<TrajectorySystem> system;

  [[nodiscard]] std::vector<FrameMatrix> sample(int n, std::uint64_t seed) const {
    const auto& basis = start.problem.basis;
    BorderedBand band(basis.n_control(), start.problem.n(), basis.degree,
                      start.problem.n_lengths());
    system->fill(band);
    if (!band.factor()) throw InvalidArgument("the posterior is not positive definite");
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<FrameMatrix> out;
    Eigen::VectorXd x(band.size());
    for (int i = 0; i < n; ++i) {
      for (double& v : x) v = normal(random);
      band.colour(x);
      out.emplace_back(
          Eigen::Map<const FrameMatrix>(x.data(), basis.n_control(), start.problem.n()));
    }
    return out;
  }
};

}  // namespace

TrajectoryResult refine_trajectory(const Recording& recording,
                                   const std::vector<std::optional<Eigen::Index>>& columns,
                                   const TrajectoryOptions& options,
                                   const std::vector<SegmentScale>& scales,
                                   const Progress& progress, Motion& motion) {
  auto sampler = std::make_shared<Sampler>();
  TrajectoryStart& start = sampler->start;
  start = trajectory_start(recording, columns, motion, options, scales);
  sampler->system = std::make_unique<TrajectorySystem>(start.problem);
  TrajectorySystem& system = *sampler->system;
  const TrajectoryEstimate estimate = estimate_trajectory(options, progress, system, start);

  auto posterior = std::make_shared<MotionPosterior>();
  posterior->knots = start.problem.basis.knots;
  posterior->degree = start.problem.basis.degree;
  posterior->variance = system.variance();
  Eigen::MatrixXd of_noise = system.noise_responses(start.point, kResponses);
  for (Eigen::Index p = 0; p < of_noise.cols(); ++p) {
    const FrameMatrix control = Eigen::Map<const FrameMatrix>(
        &of_noise(0, p), start.point.control.rows(), start.point.control.cols());
    of_noise.col(p) = bias_of(system, control);
  }
  add_bias(bias_of(system, start.point.control), of_noise, posterior->degree, posterior->variance);
  posterior->column.assign(motion.skeleton.n_coordinates(), -1);
  posterior->systematic_sd.assign(motion.skeleton.n_coordinates(), kNaN);
  const std::vector<double> lasting = lasting_errors(system, start, motion);
  for (int i = 0; i < start.problem.n(); ++i) {
    posterior->column[start.coordinate[i]] = i;
    posterior->systematic_sd[start.coordinate[i]] = lasting[i];
  }
  TrajectoryResult out;
  give_control(start, motion);
  out.report = fit_report(options, estimate, scales, system, start, *posterior, motion);
  start.problem.measured_m.resize(0, 0);
  system.release();
  posterior->sample = [sampler = std::shared_ptr<const Sampler>(sampler)](
                          int n, std::uint64_t seed) { return sampler->sample(n, seed); };
  out.posterior = std::move(posterior);
  return out;
}

}  // namespace runmech
