// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Whole trajectories: our block-banded solver beside Ceres, with one compressed residual block per
// knot interval and with one block per frame. Each run is a process of its own, so that its memory
// is its own, too.

#include <ceres/ceres.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "../../src/fit/trajectory_fit.hpp"
#include "../../tests/support/marked_runner.hpp"
#include "runmech/core/units.hpp"
#include "runmech/fit/fit.hpp"

namespace runmech::bench {

struct Measured {
  double seconds = 0.0;
  double megabytes = 0.0;  // above what the process held when it began
  double value = 0.0;      // what the run returns
};

inline double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// Seconds of processor time: everything here is one thread, and a busy machine does not count.
/// `work` times itself, so that what it prepares does not count.
inline Measured in_own_process(const std::function<Measured()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  const pid_t child = fork();
  if (child == 0) {
    const Measured out = work();
    const bool sent = write(ends[1], &out, sizeof out) == sizeof out;
    _exit(sent ? 0 : 1);
  }
  close(ends[1]);  // so that a child that dies ends the wait
  Measured out;
  const bool received = read(ends[0], &out, sizeof out) == sizeof out;
  waitpid(child, nullptr, 0);
  close(ends[0]);
  return received ? out : Measured{};
}

template <class Work>
Measured timed(Work&& work) {
  Measured out;
  const double before = peak_mb();
  const std::clock_t start = std::clock();
  out.value = work();
  out.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  out.megabytes = peak_mb() - before;
  return out;
}

inline std::vector<SegmentScale> eight_lengths() {
  std::vector<SegmentScale> out;
  for (const char* name : {"tibia_r", "tibia_l", "talus_r", "talus_l", "ulna_r", "ulna_l"}) {
    out.push_back({{name}, 0.1});
  }
  out.push_back({{"humerus_r", "humerus_l"}, 0.1});
  out.push_back({{"torso"}, 0.1});
  return out;
}

/// The problem of the published comparison: cubic splines, a knot every ten frames, eight lengths
/// free, started 0.05 rad beside the truth with lengths 6 % off, weights given, least squares; or
/// with knots and loss as shipped.
struct GivenWeights {
  TrajectoryProblem problem;
  TrajectoryPoint start;
};
inline GivenWeights with_given_weights(int n_frames, double rate_hz, bool as_shipped = false) {
  const Skeleton skeleton = test::marked_skeleton(0.005);
  const Recording recording = test::record(skeleton, n_frames, rate_hz, 0.005);
  GivenWeights out;
  out.problem =
      problem_on(skeleton, std::vector<bool>(skeleton.coordinates.size(), true), eight_lengths());
  TrajectoryProblem& p = out.problem;
  const TrajectoryOptions shipped;
  p.basis = trajectory_basis(recording.time_s, as_shipped ? shipped.knot_spacing_s : 10.0 / rate_hz,
                             shipped.degree);
  p.measure(recording.positions_m);
  p.loss = as_shipped ? shipped.loss : RobustLoss::none;
  p.loss_scale = standard_scale(p.loss);
  p.hold_sd = Eigen::VectorXd::Constant(p.n(), 3.0);
  p.lambda = FrameMatrix::Constant(p.basis.n_intervals(), p.n(), 1e-6 * rate_hz / 200.0);
  std::mt19937 random(2);
  std::normal_distribution<double> normal(0.0, 0.05);
  out.start.control.resize(p.basis.n_control(), p.n());
  for (Eigen::Index k = 0; k < out.start.control.rows(); ++k) {
    const double t = (p.basis.knots[k + 1] + p.basis.knots[k + 2] + p.basis.knots[k + 3]) / 3.0;
    const Eigen::VectorXd q = test::running_pose(skeleton, t);
    for (int j = 0; j < p.n(); ++j) out.start.control(k, j) = q[j] + normal(random);
  }
  p.hold = out.start.control;
  out.start.shared = Eigen::VectorXd::Constant(p.n_lengths(), -0.06);
  return out;
}

/// A frame as one residual block with its analytic Jacobian: the obvious design.
class OneFrame final : public ceres::CostFunction {
 public:
  OneFrame(const TrajectoryProblem& problem, Eigen::Index frame)
      : problem_(problem), frame_(frame), pose_(problem.skeleton.n_coordinates()) {
    set_num_residuals(3 * static_cast<int>(problem.skeleton.markers.size()));
    mutable_parameter_block_sizes()->assign(problem.basis.degree + 1, problem.n());
    mutable_parameter_block_sizes()->push_back(problem.n_lengths());
  }
  bool Evaluate(double const* const* x, double* residuals, double** jacobians) const override {
    const SplineBasis& b = problem_.basis.frame[frame_];
    const int n_blocks = problem_.basis.degree + 1;
    const int n = problem_.n();
    pose_.setZero();
    for (int j = 0; j < n; ++j) {
      for (int a = 0; a < n_blocks; ++a) pose_[problem_.splined[j]] += b.value[a] * x[a][j];
    }
    for (int l = 0; l < problem_.n_lengths(); ++l) {
      for (std::size_t i = 0; i < problem_.lengths[l].coordinates.size(); ++i) {
        pose_[problem_.lengths[l].coordinates[i]] =
            x[n_blocks][l] * problem_.lengths[l].length_m[i];
      }
    }
    forward_kinematics(problem_.skeleton, pose_.data(), state_);
    for (std::size_t k = 0; k < problem_.skeleton.markers.size(); ++k) {
      const Marker& marker = problem_.skeleton.markers[k];
      const Eigen::Vector3d modelled = point_position(state_, marker.at);
      const auto row = static_cast<Eigen::Index>(3 * k);
      Eigen::Map<Eigen::Vector3d>(residuals + row) =
          (modelled - problem_.recorded_m->row(frame_).segment<3>(row).transpose()) /
          marker.sigma_m;
      if (jacobians == nullptr) continue;
      point_jacobian(problem_.skeleton, state_, marker.at, by_pose_);
      by_pose_ /= marker.sigma_m;
      for (int a = 0; a < n_blocks; ++a) {
        if (jacobians[a] == nullptr) continue;
        Eigen::Map<FrameMatrix> out(jacobians[a], num_residuals(), n);
        for (int j = 0; j < n; ++j) {
          out.col(j).segment<3>(row) = b.value[a] * by_pose_.col(problem_.splined[j]);
        }
      }
      if (jacobians[n_blocks] == nullptr) continue;
      Eigen::Map<FrameMatrix> out(jacobians[n_blocks], num_residuals(), problem_.n_lengths());
      for (int l = 0; l < problem_.n_lengths(); ++l) {
        out.col(l).segment<3>(row).setZero();
        for (std::size_t i = 0; i < problem_.lengths[l].coordinates.size(); ++i) {
          out.col(l).segment<3>(row) +=
              problem_.lengths[l].length_m[i] * by_pose_.col(problem_.lengths[l].coordinates[i]);
        }
      }
    }
    return true;
  }

 private:
  const TrajectoryProblem& problem_;
  Eigen::Index frame_;
  mutable Eigen::VectorXd pose_;
  mutable SkeletonState<double> state_;
  mutable Eigen::Matrix3Xd by_pose_;
};

/// sqrt(lambda w) * jerk, and the weak priors, as blocks of their own.
class LinearRows final : public ceres::CostFunction {
 public:
  LinearRows(std::vector<Eigen::VectorXd> scale, Eigen::VectorXd offset)
      : scale_(std::move(scale)), offset_(std::move(offset)) {
    set_num_residuals(static_cast<int>(offset_.size()));
    mutable_parameter_block_sizes()->assign(scale_.size(), static_cast<int>(offset_.size()));
  }
  bool Evaluate(double const* const* x, double* residuals, double** jacobians) const override {
    const Eigen::Index n = offset_.size();
    Eigen::Map<Eigen::VectorXd> r(residuals, n);
    r = -offset_;
    for (std::size_t a = 0; a < scale_.size(); ++a) {
      r += scale_[a].cwiseProduct(Eigen::Map<const Eigen::VectorXd>(x[a], n));
      if (jacobians == nullptr || jacobians[a] == nullptr) continue;
      Eigen::Map<FrameMatrix>(jacobians[a], n, n) = scale_[a].asDiagonal();
    }
    return true;
  }

 private:
  std::vector<Eigen::VectorXd> scale_;
  Eigen::VectorXd offset_;
};

inline double minimise_by_frames(const TrajectoryProblem& p, const TrajectoryOptions& options,
                                 TrajectoryPoint& x) {
  ceres::Problem problem;
  const int n_blocks = p.basis.degree + 1;
  const auto control = [&](int k) { return x.control.row(k).data(); };
  for (Eigen::Index f = 0; f < p.n_frames(); ++f) {
    std::vector<double*> blocks;
    for (int a = 0; a < n_blocks; ++a) blocks.push_back(control(p.basis.frame[f].first + a));
    blocks.push_back(x.shared.data());
    problem.AddResidualBlock(new OneFrame(p, f), nullptr, blocks);
  }
  for (const auto& point : p.basis.roughness) {
    std::vector<Eigen::VectorXd> scale;
    std::vector<double*> blocks;
    for (int a = 0; a < n_blocks; ++a) {
      scale.emplace_back(point.third.value[a] *
                         (point.weight * p.lambda.row(point.interval)).cwiseSqrt().transpose());
      blocks.push_back(control(point.third.first + a));
    }
    problem.AddResidualBlock(new LinearRows(scale, Eigen::VectorXd::Zero(p.n())), nullptr, blocks);
  }
  for (int k = 0; k < p.basis.n_control(); ++k) {
    const Eigen::VectorXd weight = p.hold_sd.cwiseInverse();
    problem.AddResidualBlock(
        new LinearRows({weight}, weight.cwiseProduct(p.hold.row(k).transpose())), nullptr,
        control(k));
  }
  Eigen::VectorXd weight(p.n_lengths());
  for (int l = 0; l < p.n_lengths(); ++l) weight[l] = 1.0 / p.lengths[l].sd;
  problem.AddResidualBlock(new LinearRows({weight}, Eigen::VectorXd::Zero(p.n_lengths())), nullptr,
                           x.shared.data());
  ceres::Solver::Options solver;
  solver.linear_solver_type = ceres::SPARSE_NORMAL_CHOLESKY;
  solver.max_num_iterations = options.max_iterations;
  solver.function_tolerance = options.cost_tolerance;
  solver.gradient_tolerance = solver.parameter_tolerance = 1e-14;
  solver.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(solver, &problem, &summary);
  return summary.final_cost;
}

enum class Way { banded, banded_with_posterior, shipped_with_posterior, compressed, by_frames };

inline Measured solve_given(int n_frames, double rate_hz, Way way) {
  return in_own_process([=] {
    GivenWeights given = with_given_weights(n_frames, rate_hz, way == Way::shipped_with_posterior);
    TrajectoryOptions options;
    options.cost_tolerance = 1e-9;
    options.max_iterations = 100;
    return timed([&] {
      if (way == Way::compressed) {
        return minimise_with_ceres(given.problem, options, given.start).cost;
      }
      if (way == Way::by_frames) return minimise_by_frames(given.problem, options, given.start);
      TrajectorySystem system(given.problem);
      const double cost = minimise(given.problem, options, system, given.start).cost;
      if (way != Way::banded) {
        const FrameMatrix variance = system.variance();
        return cost + 0.0 * variance(0, 0);
      }
      return cost;
    });
  });
}

inline Measured best_of(int passes, int n_frames, double rate_hz, Way way) {
  Measured best;
  for (int i = 0; i < passes; ++i) {
    const Measured m = solve_given(n_frames, rate_hz, way);
    if (i == 0 || m.seconds < best.seconds) best = m;
  }
  return best;
}

/// A recording and its frame fit, and what a user waits for from there: weights, noise and lengths
/// from the data, posterior and report.
struct Shipped {
  explicit Shipped(int n_frames, double rate_hz)
      : recording(test::record(test::marked_skeleton(0.005), n_frames, rate_hz, 0.005)) {
    for (Eigen::Index k = 0; k < recording.n_points(); ++k) columns.emplace_back(k);
    FitOptions options;
    options.method = "frame";
    motion = fit(recording, test::marked_skeleton(0.005), options);
    motion.posterior.reset();  // of the frame fit: a trajectory fit does not make it
  }
  TrajectoryResult refine(const TrajectoryOptions& options = {}) {
    return refine_trajectory(recording, columns, options, eight_lengths(), {}, motion);
  }
  Recording recording;
  std::vector<std::optional<Eigen::Index>> columns;
  Motion motion;
};

inline Measured whole_fit(int n_frames, double rate_hz, int passes = 1) {
  Measured best;
  for (int i = 0; i < passes; ++i) {
    const Measured m = in_own_process([=] {
      Shipped shipped(n_frames, rate_hz);
      return timed([&] { return shipped.refine().report.cost; });
    });
    if (i == 0 || m.seconds < best.seconds) best = m;
  }
  return best;
}

/// Ten minutes through fit(): all that the process takes, the recording included, and (as value)
/// the result.
inline Measured long_trial() {
  return in_own_process([] {
    const Skeleton skeleton = test::marked_skeleton(0.005);
    const Recording recording = test::record(skeleton, 180000, 300.0, 0.005);
    FitOptions options;
    options.method = "trajectory";
    options.trajectory.free_lengths = true;
    Motion m;
    Measured out = timed([&] { return (m = fit(recording, skeleton, options)).report->cost; });
    out.megabytes = peak_mb();
    out.value = 1e-6 * static_cast<double>(
                           sizeof(double) * static_cast<std::size_t>(m.control.size() +
                                                                     m.frame_coordinates.size() +
                                                                     m.posterior->variance.size()) +
                           sizeof(FrameQuality) * m.quality.size() +
                           sizeof(float) * m.time_s.size() * m.skeleton.markers.size());
    return out;
  });
}

/// Largest difference of any angle, at any time stamp and between them, that keeping only windows
/// of the factor makes (degrees).
inline double seam_deg() {
  return in_own_process([] {
           const Shipped start(2500, 200.0);
           Shipped whole = start;
           Shipped windows = start;
           TrajectoryOptions little;
           little.memory_mb = 1.0;
           static_cast<void>(whole.refine());
           static_cast<void>(windows.refine(little));
           Measured out;
           for (double t = whole.motion.start_s(); t <= whole.motion.end_s(); t += 0.001) {
             const Eigen::VectorXd a = whole.motion.coordinates(t);
             const Eigen::VectorXd b = windows.motion.coordinates(t);
             for (Eigen::Index j = 0; j < a.size(); ++j) {
               if (!whole.motion.skeleton.coordinates[j].rotation || std::isnan(a[j])) continue;
               out.value = std::max(out.value, degrees(std::abs(a[j] - b[j])));
             }
           }
           return out;
         })
      .value;
}

/// Slope of log time over log length.
inline double exponent(const std::vector<int>& lengths, const std::vector<double>& seconds) {
  const auto n = static_cast<double>(lengths.size());
  double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const double x = std::log(lengths[i]);
    const double y = std::log(seconds[i]);
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

/// `with_long`: ten minutes, too, which take minutes to compute.
inline nlohmann::json trajectory_speed(bool with_long) {
  const Measured banded = best_of(5, 1000, 200.0, Way::banded);
  const Measured posterior = best_of(5, 1000, 200.0, Way::banded_with_posterior);
  const Measured compressed = best_of(3, 1000, 200.0, Way::compressed);
  const Measured by_frames = best_of(2, 1000, 200.0, Way::by_frames);
  const std::vector<int> lengths{1000, 2000, 4000, 8000};
  std::vector<double> seconds;
  for (const int n : lengths) seconds.push_back(best_of(3, n, 200.0, Way::banded).seconds);
  const Measured fine = best_of(3, 1000, 200.0, Way::shipped_with_posterior);
  const Measured shipped = whole_fit(1000, 200.0, 3);
  const Measured long_given = solve_given(36000, 300.0, Way::banded);
  const Measured long_whole = whole_fit(36000, 300.0);
  const double gap = std::max(std::abs(compressed.value - banded.value),
                              std::abs(by_frames.value - banded.value)) /
                     banded.value;
  std::printf("whole trajectory, 1000 frames, 31 coordinates, 8 lengths, a knot every 10 frames\n");
  std::printf("%-48s %10s %10s %16s\n", "", "s", "MB", "cost");
  const auto row = [](const char* name, const Measured& m) {
    std::printf("%-48s %10.3f %10.1f %16.9f\n", name, m.seconds, m.megabytes, m.value);
  };
  row("runmech, block-banded", banded);
  row("  with posterior", posterior);
  row("Ceres, one compressed block per knot interval", compressed);
  row("Ceres, one block per frame, analytic Jacobian", by_frames);
  row("runmech, knots and loss as shipped, posterior", fine);
  row("runmech as shipped: weights found from the data", shipped);
  row("2 minutes at 300 Hz, weights given", long_given);
  row("2 minutes at 300 Hz, as shipped", long_whole);
  const double seam = seam_deg();
  std::printf("windows of the factor beside all of it: %.1e deg at most\n", seam);
  nlohmann::json out;
  if (with_long) {
    const Measured ten = long_trial();
    std::printf(
        "10 minutes at 300 Hz: %.1f s, %.0f MB in all, %.0f MB of them recording, %.0f result\n",
        ten.seconds, ten.megabytes, 180000.0 * 40 * 3 * 8 * 1e-6, ten.value);
    out = {{"ten_minute_s", ten.seconds},
           {"ten_minute_mb", ten.megabytes},
           {"ten_minute_result_mb", ten.value}};
  }
  std::printf("\n");
  out.update({{"thousand_frames_s", banded.seconds},
              {"thousand_frames_posterior_s", posterior.seconds},
              {"thousand_frames_shipped_knots_s", fine.seconds},
              {"thousand_frames_shipped_s", shipped.seconds},
              {"seam_deg", seam},
              {"compressed_vs_block_time", by_frames.seconds / compressed.seconds},
              {"compressed_vs_block_memory", by_frames.megabytes / compressed.megabytes},
              {"banded_vs_compressed_time", compressed.seconds / banded.seconds},
              {"cost_gap_max", gap},
              {"length_exponent", exponent(lengths, seconds)},
              {"two_minute_given_weights_s", long_given.seconds},
              {"two_minute_s", long_whole.seconds},
              {"two_minute_mb", long_whole.megabytes}});
  return out;
}

}  // namespace runmech::bench
