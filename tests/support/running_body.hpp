// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <numbers>
#include <random>

#include "runmech/core/units.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech::test {

/// Coordinates of a crude runner at time t: right joint signs and ranges, not a model of running.
inline Eigen::VectorXd running_pose(const Skeleton& skeleton, double t_s) {
  Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
  const double phase = 2.0 * std::numbers::pi * 1.4 * t_s;
  const auto set = [&](const std::string& name, double deg) {
    q[skeleton.coordinate(name)] = radians(deg);
  };
  q[skeleton.coordinate("pelvis_ty")] = 0.95 + 0.04 * std::cos(2.0 * phase);
  set("pelvis_tilt", -6.0);
  set("pelvis_rotation", 5.0 * std::sin(phase));
  set("pelvis_list", 3.0 * std::cos(phase));
  set("lumbar_extension", -3.0);
  for (const double sign : {1.0, -1.0}) {
    const std::string s = sign > 0.0 ? "_r" : "_l";
    const double p = sign > 0.0 ? phase : phase + std::numbers::pi;
    set("hip_flexion" + s, 15.0 + 30.0 * std::sin(p));
    set("hip_adduction" + s, 4.0 * std::cos(p));
    set("hip_rotation" + s, 5.0 * std::sin(p + 1.0));
    set("knee_angle" + s, 50.0 + 40.0 * std::cos(p));
    set("ankle_angle" + s, 15.0 * std::sin(p - 0.5));
    set("subtalar_angle" + s, 5.0 * std::sin(p));
    set("arm_flex" + s, -30.0 * std::sin(p));
    set("elbow_flex" + s, 90.0);
  }
  return q;
}

/// What the skeleton's markers do in that pose sequence: a Recording with white noise.
inline Recording record(const Skeleton& skeleton, int n_frames, double rate_hz,
                        double noise_m = 0.0, unsigned seed = 1, bool standing = false) {
  Recording out;
  out.source = "test";
  out.format = "arrays";
  for (const Marker& marker : skeleton.markers) out.labels.push_back(marker.at.name);
  out.positions_m.resize(n_frames, 3 * out.n_points());
  std::mt19937 generator(seed);
  std::normal_distribution<double> noise(0.0, noise_m > 0.0 ? noise_m : 1.0);
  SkeletonState<double> state;
  for (int f = 0; f < n_frames; ++f) {
    out.time_s.push_back(f / rate_hz);
    Eigen::VectorXd q = running_pose(skeleton, f / rate_hz);
    if (standing) {
      q.setZero();
      q[skeleton.coordinate("pelvis_ty")] = 0.98;
    }
    forward_kinematics(skeleton, q.data(), state);
    for (std::size_t m = 0; m < skeleton.markers.size(); ++m) {
      for (int k = 0; k < 3; ++k) {
        out.positions_m(f, static_cast<Eigen::Index>(3 * m) + k) =
            point_position(state, skeleton.markers[m].at)[k] +
            (noise_m > 0.0 ? noise(generator) : 0.0);
      }
    }
  }
  return out;
}

}  // namespace runmech::test
