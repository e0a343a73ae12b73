// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/fit_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "fit_steps.hpp"
#include "runmech/core/printed.hpp"
#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr double kMaxRmsSigmas = 3.0;  // as of the frame fit
constexpr double kFarPlace_sd = 4.0;   // of the prior: no placement is that far off; our choice

double percentile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Frame quality and the markers' lines, at the result. What single frames could not explain (a bad
/// start, a jump) stands or falls with the trajectory's own residuals.
void judge_frames(TrajectorySystem& system, const TrajectoryStart& start, FitReport& report,
                  Motion& motion) {
  const auto& problem = start.problem;
  const int axes = problem.view == View::spatial ? 3 : 2;
  const std::size_t n_markers = problem.skeleton.markers.size();
  MarkerTally tally(problem.skeleton);
  system.visit_frames(start.point, [&](Eigen::Index f, const FrameTerms& frame) {
    FrameQuality q;
    int seen = 0;
    double whitened = 0.0;
    double sum = 0.0;
    for (std::size_t k = 0; k < n_markers; ++k) {
      const double w = frame.weights()[k];
      const double squared = frame.residuals_m().col(static_cast<Eigen::Index>(k)).squaredNorm();
      tally.add(k, w, squared);
      if (w == 0.0) continue;
      ++seen;
      if (std::sqrt(squared) > q.worst_m || q.worst_marker < 0) {
        q.worst_marker = static_cast<int>(k);
        q.worst_m = std::sqrt(squared);
      }
      if (w < kUsedWeight) continue;
      ++q.n_used;
      sum += squared;
      whitened +=
          frame.own_residual(k).squaredNorm() / std::pow(problem.skeleton.markers[k].sigma_m, 2);
    }
    q.rms_m = q.n_used > 0 ? std::sqrt(sum / q.n_used) : std::numeric_limits<double>::quiet_NaN();
    const FrameStatus before = motion.quality[f].status;
    if (seen == 0) {
      q.status = FrameStatus::no_data;
    } else if (2 * q.n_used < seen || std::sqrt(whitened / (axes * q.n_used)) > kMaxRmsSigmas) {
      q.status = FrameStatus::high_residual;
    } else if (before == FrameStatus::few_markers || before == FrameStatus::limit) {
      q.status = before;
    } else {
      q.status = FrameStatus::ok;
    }
    motion.quality[f] = q;
  });
  report.markers = tally.lines();
}

/// Of the unknowns that all frames share. The curvature takes the white part of the residuals for
/// all there is; what lasts averages more slowly. Never beyond the prior.
Eigen::MatrixXd shared_covariance(const TrajectoryEstimate& estimate, double rate_hz,
                                  TrajectorySystem& system, const TrajectoryProblem& problem) {
  Eigen::MatrixXd out = system.band().corner_inverse();
  const double slower =
      1.0 / (estimate.white * independent_share(estimate.white, rate_hz, /*of_mean=*/true));
  Eigen::VectorXd factor(out.rows());
  for (Eigen::Index i = 0; i < out.rows(); ++i) {
    const double prior = problem.shared_sd(static_cast<int>(i));
    factor[i] = std::sqrt(std::min(slower, std::max(1.0, prior * prior / out(i, i))));
  }
  return factor.asDiagonal() * out * factor.asDiagonal();
}

/// What the fit found of each marker.
void report_markers(const TrajectoryStart& start, const TrajectoryOptions& options,
                    const Eigen::MatrixXd& covariance, FitReport& report, Motion& motion) {
  const auto& problem = start.problem;
  for (std::size_t k = 0; k < report.markers.size(); ++k) {
    auto& line = report.markers[k];
    const double ratio = problem.sigma_ratio.empty() ? 1.0 : problem.sigma_ratio[k];
    line.sigma_m = problem.noise * ratio * problem.skeleton.markers[k].sigma_m;
    if (!start.sigma_freedom.empty() && start.sigma_freedom[k] > 0.0) {
      line.sigma_sd_m = line.sigma_m / std::sqrt(2.0 * start.sigma_freedom[k]);
    }
    Eigen::Matrix3Xd ways = Eigen::Matrix3Xd::Zero(3, problem.n_shared());
    bool free = false;
    for (std::size_t p = 0; p < problem.places.size(); ++p) {
      for (const auto& move : problem.places[p].moves) {
        if (move.marker != static_cast<int>(k)) continue;
        ways.col(problem.n_lengths() + static_cast<Eigen::Index>(p)) += move.direction;
        free = true;
      }
    }
    if (!free) continue;
    line.place_change_m = ways * start.point.shared;
    line.place_sd_m = (ways * covariance * ways.transpose()).diagonal().cwiseSqrt();
    const double far = kFarPlace_sd * options.place_sd_m;
    if (line.place_change_m.norm() > far) {
      motion.notes.push_back({"places",
                              "marker " + line.label + " sits " +
                                  printed(1e3 * line.place_change_m.norm()) +
                                  " mm from where the calibration has it: exchanged labels, or "
                                  "another place",
                              true});
    }
  }
}

}  // namespace

FitReport fit_report(const TrajectoryOptions& options, const TrajectoryEstimate& estimate,
                     const std::vector<SegmentScale>& scales, TrajectorySystem& system,
                     const TrajectoryStart& start, const MotionPosterior& posterior,
                     Motion& motion) {
  const auto& problem = start.problem;
  FitReport out;
  out.method = motion.method;
  out.solver = to_string(options.solver);
  out.converged = estimate.minimum.converged;
  out.iterations = estimate.minimum.iterations;
  out.rounds = estimate.rounds;
  out.cost = estimate.minimum.cost;
  out.noise = problem.noise;
  out.white_share = estimate.white;
  judge_frames(system, start, out, motion);
  std::vector<double> cutoffs;
  const double rate = static_cast<double>(motion.time_s.size() - 1) /
                      (motion.time_s.back() - motion.time_s.front());
  for (int i = 0; i < problem.n(); ++i) {
    const int j = start.coordinate[i];
    const Coordinate& c = motion.skeleton.coordinates[j];
    if (motion.coordinate_status[j] != CoordinateStatus::observed) continue;
    const double information =  // per second
        rate / (std::pow(motion.coordinate_sd[j], 2) * estimate.white);
    std::vector<double> hz;
    for (Eigen::Index k = 0; k < problem.lambda.rows(); ++k) {
      hz.push_back(
          std::pow((std::numbers::sqrt2 - 1.0) * information / problem.lambda(k, i), 1.0 / 6.0) /
          (2.0 * std::numbers::pi));
    }
    const double variance = posterior.variance.col(i).mean();
    FitReport::CoordinateLine line;
    line.name = c.name;
    line.smoothing_hz = percentile(hz, 0.5);
    line.roughest_hz = percentile(hz, 0.95);
    line.random_sd = std::sqrt(variance);
    out.coordinates.push_back(std::move(line));
    if (c.rotation) cutoffs.push_back(out.coordinates.back().smoothing_hz);
  }
  if (!cutoffs.empty()) motion.smoothing_hz = percentile(cutoffs, 0.5);
  const Eigen::MatrixXd covariance = shared_covariance(estimate, rate, system, problem);
  for (int l = 0; l < problem.n_lengths(); ++l) {
    out.lengths.push_back({scales[l].segments, start.point.shared[l], std::sqrt(covariance(l, l))});
  }
  report_markers(start, options, covariance, out, motion);
  return out;
}

void add_systematic(const Motion& motion, FitReport& report) {
  for (auto& line : report.coordinates) {
    const int j = motion.skeleton.coordinate(line.name);
    line.systematic_sd = motion.systematic->shape(j);
    line.offset_sd = motion.offset_sd(j);
  }
}

}  // namespace runmech
