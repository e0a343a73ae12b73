// SPDX-License-Identifier: BSD-3-Clause
// The frame fit beside ceres::TinySolver with an analytic Jacobian: same skeleton, same frames,
// same whitened residuals, both warm-started from their own last frame, in one process. What each
// leaves to the exact minimiser is printed beside its time: a fast answer that is not the answer
// does not count.

#include <ceres/tiny_solver.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "../../tests/support/marked_runner.hpp"
#include "../support/trajectory_speed.hpp"
#include "runmech/fit/frame_fit.hpp"

namespace {

using namespace runmech;

constexpr int kFrames = 1000;
constexpr int kPasses = 15;
constexpr double kRate_hz = 200.0;
constexpr double kNoise_m = 0.005;
constexpr int kCoordinates = 31;
constexpr int kMarkers = 40;

/// Residuals (measured - modelled) / sigma and their Jacobian, for TinySolver. Sizes are fixed at
/// compile time, which is TinySolver's fastest way; a marker's row touches only the joints above
/// it.
class WhitenedMarkers {
 public:
  using Scalar = double;
  enum { NUM_RESIDUALS = 3 * kMarkers, NUM_PARAMETERS = kCoordinates };

  explicit WhitenedMarkers(const Skeleton& skeleton) : skeleton_(skeleton) {
    for (const auto& marker : skeleton.markers) {
      std::vector<int> above;
      for (int s = marker.at.segment; s >= 0; s = skeleton.segments[s].parent) {
        const Segment& segment = skeleton.segments[s];
        for (int j = 0; j < segment.n_coordinates; ++j)
          above.push_back(segment.first_coordinate + j);
      }
      above_.push_back(above);
    }
  }
  void see(const double* measured) { measured_ = measured; }

  bool operator()(const double* q, double* residuals, double* jacobian) const {
    forward_kinematics(skeleton_, q, state_);
    if (jacobian) std::fill(jacobian, jacobian + NUM_RESIDUALS * NUM_PARAMETERS, 0.0);
    for (int k = 0; k < kMarkers; ++k) {
      const Marker& marker = skeleton_.markers[k];
      const double whiten = 1.0 / marker.sigma_m;
      const Eigen::Vector3d p = point_position(state_, marker.at);
      const Eigen::Map<const Eigen::Vector3d> seen(measured_ + 3 * k);
      Eigen::Map<Eigen::Vector3d> residual(residuals + 3 * k);
      residual = whiten * (seen - p);
      if (!jacobian) continue;
      for (const int j : above_[k]) {
        Eigen::Map<Eigen::Vector3d> column(jacobian + NUM_RESIDUALS * j + 3 * k);
        if (skeleton_.coordinates[j].rotation) {
          column = -whiten * state_.axis[j].cross(p - state_.anchor[j]);
        } else {
          column = -whiten * state_.axis[j];
        }
      }
    }
    return true;
  }

 private:
  const Skeleton& skeleton_;
  std::vector<std::vector<int>> above_;
  const double* measured_ = nullptr;
  mutable SkeletonState<double> state_;
};

/// Times blocks of frames and keeps the best time of each block over all passes: a busy machine
/// that interrupts a pass spoils one block of it, not the pass.
class Stopwatch {
 public:
  void start() { last_ = std::chrono::steady_clock::now(); }
  void frame_done(int frame) {
    if ((frame + 1) % kBlock != 0) return;
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double, std::micro> took = now - last_;
    auto& best = best_[frame / kBlock];
    best = best == 0.0 ? took.count() : std::min(best, took.count());
    last_ = now;
  }
  [[nodiscard]] double us_per_frame() const {
    return std::accumulate(best_.begin(), best_.end(), 0.0) / kFrames;
  }

 private:
  static constexpr int kBlock = 25;
  std::array<double, kFrames / kBlock> best_{};
  std::chrono::steady_clock::time_point last_;
};

struct Timing {
  Stopwatch watch;
  double iterations = 0.0;    // mean, evaluations of residuals with derivatives
  double distance_deg = 0.0;  // rms over angles to the exact minimiser
};

using Poses = std::vector<Eigen::VectorXd>;

double distance_deg(const Skeleton& skeleton, const Poses& a, const Poses& b) {
  double sum = 0.0;
  long n = 0;
  for (std::size_t i = 1; i < a.size(); ++i) {
    for (int j = 0; j < kCoordinates; ++j) {
      if (!skeleton.coordinates[j].rotation) continue;
      sum += std::pow(a[i][j] - b[i][j], 2);
      ++n;
    }
  }
  return degrees(std::sqrt(sum / static_cast<double>(n)));
}

FrameFitOptions plain() {
  FrameFitOptions options;
  options.loss = RobustLoss::none;  // TinySolver knows no robust loss: least squares for both
  options.limit_sd_deg = 0.0;
  options.hold_sd_deg = 1e6;
  options.step_tolerance_sd = 1e-3;  // at least as near the minimum as TinySolver's default stop
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string option = argc > 1 ? argv[1] : "";
  if (argc > 2 || (!option.empty() && option != "--long")) {
    std::fprintf(stderr, "usage: bench fit [--long]   (--long: a trial of ten minutes, too)\n");
    return 2;
  }
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  if (skeleton.n_coordinates() != kCoordinates || skeleton.markers.size() != kMarkers) {
    std::fprintf(stderr, "the test skeleton has changed: set kCoordinates and kMarkers\n");
    return 1;
  }
  const Recording recording = test::record(skeleton, kFrames, kRate_hz, kNoise_m);
  const auto locks = coordinate_locks(skeleton, std::vector<bool>(kMarkers, true), View::spatial);
  const auto frame = [&](int i) { return recording.positions_m.row(i).data(); };
  const Eigen::VectorXd start = test::running_pose(skeleton, 0.0);

  const auto run_ours = [&](FrameFitOptions options, Poses& poses, Timing& timing) {
    FrameFitter fitter(skeleton, locks, options);
    fitter.start_from(start);
    long steps = 0;
    timing.watch.start();
    for (int i = 0; i < kFrames; ++i) {
      const FramePose& pose = fitter.fit(frame(i), recording.time_s[i]);
      poses[i] = pose.coordinates;
      steps += pose.iterations;
      timing.watch.frame_done(i);
    }
    timing.iterations = static_cast<double>(steps) / kFrames;
  };
  const auto run_tiny = [&](double tolerance, int max_iterations, Poses& poses, Timing& timing) {
    WhitenedMarkers residuals(skeleton);
    auto solver = std::make_unique<ceres::TinySolver<WhitenedMarkers>>();
    if (tolerance > 0.0) {
      solver->options.function_tolerance = tolerance;
      solver->options.gradient_tolerance = tolerance;
      solver->options.parameter_tolerance = tolerance;
    }
    solver->options.max_num_iterations = max_iterations;
    Eigen::Matrix<double, kCoordinates, 1> q = start;
    long steps = 0;
    timing.watch.start();
    for (int i = 0; i < kFrames; ++i) {
      residuals.see(frame(i));
      solver->Solve(residuals, &q);
      poses[i] = q;
      steps += solver->summary.iterations;
      timing.watch.frame_done(i);
    }
    timing.iterations = static_cast<double>(steps) / kFrames;
  };

  Poses exact(kFrames), ours(kFrames), tiny(kFrames), robust(kFrames);
  for (auto* poses : {&exact, &ours, &tiny, &robust}) {
    for (auto& q : *poses) q = start;
  }
  Timing ignored;
  FrameFitOptions converged = plain();
  converged.step_tolerance_sd = 1e-7;
  converged.max_iterations = 100;
  run_ours(converged, exact, ignored);
  Poses check = exact;
  run_tiny(1e-15, 200, check, ignored);  // the other solver must find the same minimum
  const double agreement = distance_deg(skeleton, check, exact);

  Timing a, b, c;
  FrameFitOptions as_shipped;                   // robust loss, priors, limits: what fit() does
  for (int pass = 0; pass < kPasses; ++pass) {  // interleaved: a busy machine slows all alike
    run_ours(plain(), ours, a);
    run_tiny(0.0, 50, tiny, b);
    run_ours(as_shipped, robust, c);
  }
  a.distance_deg = distance_deg(skeleton, ours, exact);
  b.distance_deg = distance_deg(skeleton, tiny, exact);

  std::printf(
      "frame fit, %d coordinates, %d markers, %d frames at %.0f Hz, 5 mm noise, warm start\n",
      kCoordinates, kMarkers, kFrames, kRate_hz);
  std::printf("exact minimiser found by both solvers to %.1e deg\n\n", agreement);
  std::printf("%-48s %10s %10s %12s\n", "", "us/frame", "iterations", "rms deg off");
  std::printf("%-48s %10.2f %10.2f %12.1e\n", "runmech, least squares", a.watch.us_per_frame(),
              a.iterations, a.distance_deg);
  std::printf("%-48s %10.2f %10.2f %12.1e\n", "ceres::TinySolver, analytic Jacobian, default stop",
              b.watch.us_per_frame(), b.iterations, b.distance_deg);
  std::printf("%-48s %10.2f %10.2f %12s\n", "runmech as shipped (Cauchy loss, limits, gates)",
              c.watch.us_per_frame(), c.iterations, "-");
  std::printf("\n");
  nlohmann::json line{{"benchmark", "fit"},
                      {"frame_us", a.watch.us_per_frame()},
                      {"frame_robust_us", c.watch.us_per_frame()},
                      {"tinysolver_us", b.watch.us_per_frame()},
                      {"tinysolver_ratio", b.watch.us_per_frame() / a.watch.us_per_frame()},
                      {"tinysolver_ratio_robust", b.watch.us_per_frame() / c.watch.us_per_frame()},
                      {"frame_distance_deg", a.distance_deg},
                      {"tinysolver_distance_deg", b.distance_deg},
                      {"coordinates", kCoordinates},
                      {"markers", kMarkers}};
  line.update(bench::trajectory_speed(option == "--long"));
  std::printf("%s\n", line.dump().c_str());
  return 0;
}
