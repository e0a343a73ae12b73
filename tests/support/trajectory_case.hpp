// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Small whole-trajectory problems with known truth, for the tests of the trajectory fit.

#include <random>
#include <string>
#include <utility>

#include "../../src/fit/trajectory_problem.hpp"
#include "marked_runner.hpp"

namespace runmech::test {

struct TrajectoryCase {
  std::string name;
  RobustLoss loss = RobustLoss::cauchy;
  int degree = 3;
  int n_frames = 60;
  double rate_hz = 200.0;
  double noise_m = 0.005;
  double missing = 0.0;   ///< share of marker-frames
  double outliers = 0.0;  ///< share of marker-frames displaced by 0.1 to 0.3 m
  bool uneven = false;    ///< time stamps off their grid
  bool lengths = false;   ///< thighs, shanks and upper arms free
  bool places = false;    ///< places and sigmas of the markers as well
  bool common = false;    ///< markers of thighs, a shank and a foot are off together, by 8 mm
  bool lost = false;      ///< markers that are missing pull as if they were off by centimetres
  double lambda = 1e-6;   ///< of rotations, on information of 1 / rad^2
};

inline std::vector<SegmentScale> free_lengths() {
  return {{{"tibia_r", "tibia_l"}}, {{"talus_r"}}, {{"talus_l"}}, {{"torso"}}};
}

/// The true pose at every frame and everything the fit needs, started near the truth.
inline std::pair<TrajectoryProblem, TrajectoryPoint> make_case(const TrajectoryCase& c) {
  Skeleton skeleton = marked_skeleton(c.noise_m > 0.0 ? c.noise_m : 0.005);
  for (const char* label : {"asis_r", "asis_l", "psis_r"}) {  // these hold the pelvis
    skeleton.markers[*skeleton.find_marker(label)].fixed = true;
  }
  if (c.common) {
    for (const char* name : {"femur_r", "femur_l", "tibia_r", "calcn_l"}) {
      skeleton.segments[skeleton.segment(name)].common_error_m = 0.008;
    }
  }
  std::vector<SegmentScale> scales;
  if (c.lengths) scales = free_lengths();
  TrajectoryProblem problem =
      problem_on(skeleton, std::vector<bool>(skeleton.coordinates.size(), true), scales);
  if (c.places) {
    problem.places =
        marker_places(skeleton, std::vector<bool>(skeleton.markers.size(), true), 0.01);
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      problem.sigma_ratio.push_back(0.8 + 0.1 * static_cast<double>(k % 5));
    }
  }
  std::mt19937 random(11);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  std::vector<double> time_s;
  for (int i = 0; i < c.n_frames; ++i) {
    time_s.push_back((i + (c.uneven ? 0.6 * uniform(random) : 0.0)) / c.rate_hz);
  }
  problem.basis = trajectory_basis(time_s, 0.02, c.degree);
  const auto n_markers = static_cast<Eigen::Index>(skeleton.markers.size());
  FrameMatrix positions(c.n_frames, 3 * n_markers);
  std::vector<LostMarkers::OfFrame> lost;
  SkeletonState<double> state;
  for (int f = 0; f < c.n_frames; ++f) {
    const Eigen::VectorXd q = running_pose(skeleton, time_s[f], 0.5);
    forward_kinematics(skeleton, q.data(), state);
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      const int segment = skeleton.markers[k].at.segment;
      Eigen::Vector3d p = point_position(state, skeleton.markers[k].at);
      p += skeleton.segments[segment].common_error_m *
           Eigen::Vector3d(std::sin(9.0 * time_s[f]), std::cos(9.0 * time_s[f] + segment), 0.5);
      for (double& v : p) v += c.noise_m * normal(random);
      if (uniform(random) < c.outliers) {
        const Eigen::Vector3d d = Eigen::Vector3d::NullaryExpr([&] { return normal(random); });
        p += (0.1 + 0.2 * uniform(random)) * d.normalized();
      }
      if (uniform(random) < c.missing) {
        const Eigen::Vector3d error =
            Eigen::Vector3d::NullaryExpr([&] { return 0.01 * normal(random); });
        if (c.lost) {
          lost.push_back({f, {static_cast<int>(k), error.cast<float>(), p.cast<float>()}});
        }
        p.setConstant(std::nan(""));
      }
      positions.row(f).segment<3>(3 * k) = p.transpose();
    }
  }
  problem.measure(std::move(positions));
  problem.lost = std::make_shared<const LostMarkers>(c.n_frames, std::move(lost));
  problem.loss = c.loss;
  problem.loss_scale = standard_scale(c.loss);
  problem.limit_sd_rad = radians(2.0);
  const int n = problem.n();
  problem.hold_sd = Eigen::VectorXd::Constant(n, 3.0);
  problem.lambda.resize(problem.basis.n_intervals(), n);
  for (int j = 0; j < n; ++j) {
    const bool rotation = problem.skeleton.coordinates[problem.splined[j]].rotation;
    for (Eigen::Index i = 0; i < problem.lambda.rows(); ++i) {
      problem.lambda(i, j) = (rotation ? 1.0 : 10.0) * c.lambda * (1.0 + 0.5 * std::sin(i + j));
    }
  }
  TrajectoryPoint start;
  start.control.resize(problem.basis.n_control(), n);
  for (Eigen::Index k = 0; k < start.control.rows(); ++k) {
    double t = 0.0;  // Greville abscissa
    for (int d = 1; d <= c.degree; ++d) t += problem.basis.knots[k + d] / c.degree;
    const Eigen::VectorXd q = running_pose(skeleton, t, 0.5);
    for (int j = 0; j < n; ++j) start.control(k, j) = q[j] + 0.02 * normal(random);
  }
  problem.hold = start.control;
  start.shared = Eigen::VectorXd::Constant(problem.n_shared(), 0.02);
  start.shared.tail(problem.n_shared() - problem.n_lengths()).setConstant(0.003);
  return {std::move(problem), std::move(start)};
}

/// Replaces the measurements by what the model does at x, so that every residual is zero.
inline void fit_exactly(TrajectoryProblem& problem, const TrajectoryPoint& x) {
  SkeletonState<double> state;
  FrameMatrix positions = *problem.recorded_m;
  Eigen::VectorXd q = Eigen::VectorXd::Zero(problem.skeleton.n_coordinates());
  for (int l = 0; l < problem.n_lengths(); ++l) {
    const auto& length = problem.lengths[l];
    for (std::size_t i = 0; i < length.coordinates.size(); ++i) {
      q[length.coordinates[i]] = x.shared[l] * length.length_m[i];
    }
  }
  std::vector<Marker> markers = problem.skeleton.markers;
  for (std::size_t p = 0; p < problem.places.size(); ++p) {
    for (const auto& move : problem.places[p].moves) {
      markers[move.marker].at.local_m +=
          x.shared[problem.n_lengths() + static_cast<Eigen::Index>(p)] * move.direction;
    }
  }
  for (Eigen::Index f = 0; f < problem.n_frames(); ++f) {
    const SplineBasis& b = problem.basis.frame[f];
    for (int j = 0; j < problem.n(); ++j) {
      q[problem.splined[j]] = 0.0;
      for (int a = 0; a <= problem.basis.degree; ++a) {
        q[problem.splined[j]] += b.value[a] * x.control(b.first + a, j);
      }
    }
    forward_kinematics(problem.skeleton, q.data(), state);
    for (std::size_t k = 0; k < markers.size(); ++k) {
      auto at = positions.row(f).segment<3>(3 * static_cast<Eigen::Index>(k));
      if (at.allFinite()) {
        at = point_position(state, markers[k].at).transpose();
      }
    }
  }
  problem.measure(std::move(positions));
}

}  // namespace runmech::test
