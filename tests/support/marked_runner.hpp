// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// A running skeleton with markers all over it, moving smoothly as a runner does: the known truth of
// the fit's tests.

#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "runmech/core/units.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech::test {

/// 40 markers: clusters on thighs and shanks, landmarks elsewhere, two on the toes.
inline Skeleton marked_skeleton(double sigma_m = 0.005, const Subject& subject = {}) {
  Skeleton skeleton = running_skeleton(subject);
  const auto add = [&](const std::string& label, BodyPoint at) {
    at.name = label;
    skeleton.markers.push_back({at, sigma_m, false});
  };
  const double h = (subject.stature_m > 0.0 ? subject.stature_m : 1.75) / 1.75;
  for (const char* name : {"c7", "sternum", "t10", "vertex"}) add(name, skeleton.landmark(name));
  for (const std::string side : {"_r", "_l"}) {
    const double out = side == "_r" ? 1.0 : -1.0;
    for (const char* stem :
         {"asis", "psis", "acromion", "elbow_lateral", "wrist_radial", "wrist_ulnar",
          "knee_lateral", "ankle_lateral", "heel", "mt1", "mt5", "toe", "small_toe"}) {
      add(stem + side, skeleton.landmark(stem + side));
    }
    const int thigh = skeleton.segment("femur" + side);
    const int shank = skeleton.segment("tibia" + side);
    const int arm = skeleton.segment("humerus" + side);
    add("thigh_a" + side, {"", thigh, h * Eigen::Vector3d(0.05, -0.15, 0.08 * out)});
    add("thigh_b" + side, {"", thigh, h * Eigen::Vector3d(-0.04, -0.25, 0.08 * out)});
    add("shank_a" + side, {"", shank, h * Eigen::Vector3d(0.05, -0.15, 0.03 * out)});
    add("shank_b" + side, {"", shank, h * Eigen::Vector3d(-0.03, -0.25, 0.06 * out)});
    add("arm_a" + side, {"", arm, h * Eigen::Vector3d(0.04, -0.15, 0.05 * out)});
  }
  return skeleton;
}

/// Coordinates of a runner at time t: stride 0.72 s, all joints moving, forward at `speed`.
inline Eigen::VectorXd running_pose(const Skeleton& skeleton, double t, double speed_m_s = 0.0) {
  Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
  const auto wave = [t](double mean_deg, double swing_deg, double phase,
                        double harmonic_deg = 0.0) {
    const double w = 2.0 * std::numbers::pi * (t / 0.72 + phase);
    return radians(mean_deg + swing_deg * std::sin(w) + harmonic_deg * std::sin(2.0 * w + 1.0));
  };
  const auto set = [&](const std::string& name, double value) {
    q[skeleton.coordinate(name)] = value;
  };
  set("pelvis_tx", speed_m_s * t);
  set("pelvis_ty", 0.98 + 0.04 * std::sin(4.0 * std::numbers::pi * t / 0.72));
  set("pelvis_tz", 0.02 * std::sin(2.0 * std::numbers::pi * t / 0.72));
  set("pelvis_tilt", wave(-10, 3, 0.1));
  set("pelvis_list", wave(0, 5, 0.2));
  set("pelvis_rotation", wave(3, 8, 0.0));
  set("lumbar_extension", wave(-5, 3, 0.3));
  set("lumbar_bending", wave(0, 6, 0.7));
  set("lumbar_rotation", wave(0, 12, 0.5));
  for (const auto& [side, phase] : {std::pair{std::string("_r"), 0.0}, {std::string("_l"), 0.5}}) {
    set("hip_flexion" + side, wave(18, 30, phase));
    set("hip_adduction" + side, wave(2, 8, phase + 0.6));
    set("hip_rotation" + side, wave(0, 8, phase + 0.3));
    set("knee_angle" + side, wave(50, 38, phase - 0.15, 12));
    set("ankle_angle" + side, wave(5, 20, phase - 0.3, 8));
    set("subtalar_angle" + side, wave(2, 8, phase + 0.1));
    set("mtp_angle" + side, wave(-10, 10, phase + 0.4));
    set("arm_flex" + side, wave(-15, 30, phase + 0.5));
    set("arm_add" + side, wave(-15, 6, phase));
    set("arm_rot" + side, wave(10, 8, phase + 0.2));
    set("elbow_flex" + side, wave(85, 15, phase + 0.4));
  }
  return q;
}

/// The markers seen without error at `rate`, or with white noise per axis.
inline Recording record(const Skeleton& skeleton, int n_frames, double rate_hz,
                        double noise_m = 0.0, unsigned seed = 1, double speed_m_s = 0.0) {
  Recording out;
  out.source = "arrays";
  for (const auto& marker : skeleton.markers) out.labels.push_back(marker.at.name);
  out.positions_m.resize(n_frames, 3 * static_cast<Eigen::Index>(skeleton.markers.size()));
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0.0, 1.0);
  SkeletonState<double> state;
  for (int i = 0; i < n_frames; ++i) {
    out.time_s.push_back(i / rate_hz);
    const Eigen::VectorXd q = running_pose(skeleton, out.time_s.back(), speed_m_s);
    forward_kinematics(skeleton, q.data(), state);
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      const Eigen::Vector3d p = point_position(state, skeleton.markers[k].at);
      for (int x = 0; x < 3; ++x) {
        out.positions_m(i, 3 * static_cast<Eigen::Index>(k) + x) = p[x] + noise_m * normal(random);
      }
    }
  }
  return out;
}

}  // namespace runmech::test
