// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "fit_steps.hpp"
#include "runmech/core/units.hpp"
#include "runmech/fit/frame_fit.hpp"
#include "runmech/signal/banded.hpp"
#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr double kStartCutoff_hz = 8.0;   // of the smoothing to begin with, unless known
constexpr double kLowestCutoff_hz = 0.3;  // slower than any stride
constexpr double kHold_rad = 170.0 * kDegree;
constexpr double kHold_m = 1.0;
constexpr double kLeastNoise = 1e-4;  // of the sigmas: markers without any noise are computed ones
constexpr double kWeakSd_rad =
    15.0 * kDegree;  // of a frame's value where the frame fit states none
constexpr double kWeakSd_m = 0.05;

/// Weight of the jerk for which a series of this variance at this rate passes half of the power at
/// the cut-off.
double lambda_of(double cutoff_hz, double rate_hz, double variance) {
  return (std::numbers::sqrt2 - 1.0) * rate_hz / variance /
         std::pow(2.0 * std::numbers::pi * cutoff_hz, 6);
}

/// One coordinate's frames by penalised least squares, the missing ones bridged.
Eigen::VectorXd smoothed(const TrajectoryBasis& basis, const Eigen::VectorXd& value, double neutral,
                         double information, double lambda, double hold_information) {
  const int degree = basis.degree;
  Band a = Band::Zero(basis.n_control(), degree + 1);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(basis.n_control());
  const auto add = [&](const SplineBasis& b, double w) {
    for (int r = 0; r <= degree; ++r) {
      for (int c = 0; c <= r; ++c) a(b.first + r, degree - (r - c)) += w * b.value[r] * b.value[c];
    }
  };
  double mean = 0.0;
  int n = 0;
  for (const double v : value) {
    if (std::isnan(v)) continue;
    mean += v;
    ++n;
  }
  mean = n > 0 ? mean / n : neutral;
  for (Eigen::Index f = 0; f < value.size(); ++f) {
    if (std::isnan(value[f])) continue;
    const SplineBasis& b = basis.frame[f];
    add(b, information);
    for (int r = 0; r <= degree; ++r) {
      x[b.first + r] += information * b.value[r] * (value[f] - mean);
    }
  }
  for (const auto& point : basis.roughness) add(point.third, lambda * point.weight);
  a.col(degree).array() += hold_information;
  if (!factor_band(a)) return Eigen::VectorXd::Constant(basis.n_control(), mean);
  solve_band(a, x);
  return x.array() + mean;
}

double spline_value(const SplineBasis& basis, int degree, const FrameMatrix& control, int column) {
  double sum = 0.0;
  for (int a = 0; a <= degree; ++a) sum += basis.value[a] * control(basis.first + a, column);
  return sum;
}

/// Per marker: whether any frame shows it.
std::vector<bool> ever_seen(const Recording& recording,
                            const std::vector<std::optional<Eigen::Index>>& columns, View view) {
  const int unseen = view == View::spatial ? -1 : view == View::side ? 2 : 0;
  std::vector<bool> seen(columns.size(), false);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    for (Eigen::Index f = 0; columns[k] && !seen[k] && f < recording.n_frames(); ++f) {
      seen[k] = is_seen(&recording.positions_m(f, 3 * *columns[k]), unseen);
    }
  }
  return seen;
}

/// Noise of the markers over their sigmas, from the residuals of whole poses of single frames.
/// Smoothing that is judged by a noise far from the true one finds its own residuals and stays
/// there.
double noise_of_frames(TrajectoryProblem& problem, const std::vector<int>& coordinate,
                       const Motion& motion) {
  FrameTerms frame(problem);
  const Eigen::VectorXd shared = Eigen::VectorXd::Zero(problem.n_shared());
  Eigen::VectorXd q(problem.n());
  for (int pass = 0; pass < 2; ++pass) {  // the second with the robust weights of the first's noise
    double squares = 0.0;
    double freedom = 0.0;
    for (Eigen::Index f = 0; f < motion.frame_coordinates.rows(); ++f) {
      int known = 0;
      bool whole = true;
      for (int i = 0; i < problem.n(); ++i) {
        const int j = coordinate[i];
        q[i] = motion.frame_coordinates(f, j);
        if (!std::isnan(q[i])) {
          ++known;
          continue;
        }
        whole = whole && motion.coordinate_status[j] != CoordinateStatus::observed;
        q[i] = spline_value(problem.basis.frame[f], problem.basis.degree, problem.hold, i);
      }
      if (known == 0 || !whole) continue;
      static_cast<void>(frame.evaluate(f, q.data(), shared.data()));
      if (frame.n_residuals() <= known) continue;
      squares += frame.weighted_squares();
      freedom += frame.curvatures() * (1.0 - static_cast<double>(known) / frame.n_residuals());
    }
    if (!(freedom > 0.0)) break;
    problem.noise = std::max(problem.noise * std::sqrt(squares / freedom), kLeastNoise);
  }
  return problem.noise;
}

/// Intervals in and about which no marker of a coordinate is missing.
FrameMatrix evidence_counts(const TrajectoryStart& start, const Lacking& lacking,
                            const Skeleton& skeleton) {
  const auto& basis = start.problem.basis;
  FrameMatrix out = FrameMatrix::Ones(basis.n_intervals(), start.problem.n());
  for (int i = 0; i < start.problem.n(); ++i) {
    const auto incomplete = incomplete_frames(skeleton, lacking, start.coordinate[i]);
    for (std::size_t f = 0; f < incomplete.size(); ++f) {
      if (!incomplete[f]) continue;
      const int first = std::max(0, basis.frame[f].first - 1);
      const int last = std::min(basis.n_intervals() - 1, basis.frame[f].first + 1);
      out.col(i).segment(first, last - first + 1).setZero();
    }
  }
  return out;
}

}  // namespace

TrajectoryStart trajectory_start(const Recording& recording,
                                 const std::vector<std::optional<Eigen::Index>>& columns,
                                 const Motion& motion, const TrajectoryOptions& options,
                                 const std::vector<SegmentScale>& scales,
                                 std::shared_ptr<const LostMarkers> lost) {
  const Skeleton& skeleton = motion.skeleton;
  // Also what the frame fit found too weak to report moves: standing still it would bend the rest.
  std::vector<bool> free;
  TrajectoryStart out;
  const std::vector<bool> seen = ever_seen(recording, columns, motion.view);
  for (const auto lock : coordinate_locks(skeleton, seen, motion.view)) {
    free.push_back(lock == CoordinateStatus::observed);
    if (free.back()) out.coordinate.push_back(static_cast<int>(free.size()) - 1);
  }
  TrajectoryProblem& problem = out.problem;
  problem = problem_on(skeleton, free, scales);
  if (options.free_marker_places) {
    problem.places = marker_places(skeleton, seen, options.place_sd_m);
  }
  problem.view = motion.view;
  problem.basis = trajectory_basis(recording.time_s, options.knot_spacing_s, options.degree);
  problem.loss = options.loss;
  problem.loss_scale = options.loss_scale > 0.0 ? options.loss_scale : standard_scale(options.loss);
  problem.limit_sd_rad = radians(options.limit_sd_deg);
  // Not copied: it is the largest thing there is, and stays for as long as the fit runs.
  problem.recorded_m = {std::shared_ptr<void>(), &recording.positions_m};
  for (const auto& column : columns) problem.point_of.push_back(column.value_or(-1));
  problem.lost = std::move(lost);
  const int n = problem.n();
  const double length_s = recording.time_s.back() - recording.time_s.front();
  const double rate = static_cast<double>(recording.n_frames() - 1) / length_s;
  problem.hold_sd.resize(n);
  problem.hold.resize(problem.basis.n_control(), n);
  problem.lambda.resize(problem.basis.n_intervals(), n);
  out.bounds.lowest.resize(n);
  out.bounds.highest.resize(n);
  const double start_hz = motion.smoothing_hz > 0.0 ? motion.smoothing_hz : kStartCutoff_hz;
  for (int i = 0; i < n; ++i) {
    const int j = out.coordinate[i];
    const bool rotation = skeleton.coordinates[j].rotation;
    double sd = motion.coordinate_sd[j];
    if (!(sd > 0.0)) sd = rotation ? kWeakSd_rad : kWeakSd_m;
    const double variance = sd * sd;
    problem.hold_sd[i] = rotation ? kHold_rad : kHold_m;
    const double lambda = lambda_of(std::min(start_hz, 0.5 * rate), rate, variance);
    out.bounds.lowest[i] = lambda_of(0.5 * rate, rate, variance);
    out.bounds.highest[i] = lambda_of(std::min(kLowestCutoff_hz, 0.1 * rate), rate, variance);
    problem.lambda.col(i).setConstant(lambda);
    problem.hold.col(i) =
        smoothed(problem.basis, motion.frame_coordinates.col(j), skeleton.coordinates[j].neutral,
                 1.0 / variance, lambda, 1.0 / (problem.hold_sd[i] * problem.hold_sd[i]));
  }
  const double noise = noise_of_frames(problem, out.coordinate, motion);
  out.bounds = out.bounds.at(noise * noise);
  out.counts = evidence_counts(out, lacking_markers(recording, columns), skeleton);
  out.point.control = problem.hold;
  out.point.shared = Eigen::VectorXd::Zero(problem.n_shared());
  return out;
}

}  // namespace runmech
