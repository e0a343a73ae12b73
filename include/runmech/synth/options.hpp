// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"

namespace runmech {

/// Errors put on the recorded points; each kind has its own stream of random numbers, so that
/// switching one on leaves the others as they were.
struct SyntheticNoise {
  double placement_m = 0.003;          ///< per axis: where a marker sits beside its nominal place
  double white_m = 0.001;              ///< per axis and frame (markers)
  double soft_tissue_m = 0.0;          ///< per axis, AR(1) (markers not on foot or bone)
  double soft_tissue_time_s = 0.1;     ///< its correlation time
  double dropout_share = 0.0;          ///< share of point-frames that are missing
  double dropout_time_s = 0.05;        ///< mean length of a gap
  double outlier_share = 0.0;          ///< share of point-frames that are far off
  double outlier_m = 0.1;              ///< SD per axis of an outlier
  double jitter_share_of_leg = 0.008;  ///< keypoints: SD per axis over leg length
  double jitter_correlation = 0.6;  ///< keypoints: AR(1) coefficient from frame to frame at 30 Hz

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("placement_m", self.placement_m,
      "markers: SD per axis of where they sit beside their nominal place, the same all the time, "
      "in m");
    f("white_m", self.white_m, "markers: white noise, SD per axis and frame in m");
    f("soft_tissue_m", self.soft_tissue_m,
      "markers off bone and foot: AR(1) noise, SD per axis in m");
    f("soft_tissue_time_s", self.soft_tissue_time_s, "correlation time of the soft tissue in s");
    f("dropout_share", self.dropout_share, "share of point-frames that are missing, 0..0.9");
    f("dropout_time_s", self.dropout_time_s, "mean length of a gap in s");
    f("outlier_share", self.outlier_share, "share of point-frames that are far off, 0..0.5");
    f("outlier_m", self.outlier_m, "SD per axis of an outlier in m");
    f("jitter_share_of_leg", self.jitter_share_of_leg,
      "keypoints: jitter, SD per axis as a share of the leg length");
    f("jitter_correlation", self.jitter_correlation,
      "keypoints: correlation of the jitter over 1/30 s, 0..0.99");
  }
};

/// What to synthesise. Changes (`*_change`) are added to what a healthy runner does at this speed.
struct SyntheticOptions {
  std::uint64_t seed = 1;
  double speed_m_s = 3.0;
  double duration_s = 20.0;
  double rate_hz = 0.0;
  Surface surface = Surface::treadmill;
  View view = View::spatial;
  std::string points = "rajagopal";
  double stature_m = 1.75;
  double mass_kg = 70.0;
  Sex sex = Sex::unknown;
  double stride_variation = 1.0;
  bool with_force = false;
  double cadence_change = 0.0;
  double trunk_lean_change_deg = 0.0;
  double knee_lift_change_deg = 0.0;
  double pelvic_drop_right_change_deg = 0.0;
  double pelvic_drop_left_change_deg = 0.0;
  double overstride_change_m = 0.0;
  double shank_angle_change_deg = 0.0;
  double weak_hip_share = 0.0;
  SyntheticNoise noise;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("seed", self.seed, "of all random numbers: the same seed gives the same run, bit for bit");
    f("speed_m_s", self.speed_m_s,
      "2.35..4.8, for 1.75 m; a shorter runner the square root of the ratio slower");
    f("duration_s", self.duration_s, "length of the recording in s, 2..600");
    f("rate_hz", self.rate_hz, "frames per second; 0: 200 for markers, 60 for keypoints");
    f("surface", self.surface, "treadmill or overground");
    f("view", self.view, "spatial for markers; side, rear or front for keypoints");
    f("points", self.points, "name of a marker or keypoint set: rbds, rajagopal, body_25, ...");
    f("stature_m", self.stature_m, "standing height, 1.0..2.3");
    f("mass_kg", self.mass_kg, "body mass, 20..200");
    f("sex", self.sex, "chooses the inertial table");
    f("stride_variation", self.stride_variation,
      "1 = variation between strides of a real runner, 0 = every stride the same");
    f("with_force", self.with_force, "adds the treadmill's or floor's force as one plate");
    f("cadence_change", self.cadence_change, "steps/min");
    f("trunk_lean_change_deg", self.trunk_lean_change_deg, "mean forward trunk lean");
    f("knee_lift_change_deg", self.knee_lift_change_deg, "peak forward thigh angle");
    f("pelvic_drop_right_change_deg", self.pelvic_drop_right_change_deg,
      "contralateral drop while the right foot stands");
    f("pelvic_drop_left_change_deg", self.pelvic_drop_left_change_deg,
      "contralateral drop while the left foot stands");
    f("overstride_change_m", self.overstride_change_m, "ankle ahead of hip at foot strike, m");
    f("shank_angle_change_deg", self.shank_angle_change_deg, "shank angle at foot strike");
    f("weak_hip_share", self.weak_hip_share,
      "strength trials: share by which the right hip abductors are weaker, 0..0.8");
    f("noise", self.noise, "errors put on the recorded points");
  }

  /// Throws InvalidArgument naming the field, its value and the allowed range.
  void validate() const;
};

/// healthy, miss_x_baseline, miss_x_followup.
[[nodiscard]] const std::vector<std::string>& synthetic_presets();

/// The options of a case: Miss X (an invented runner with a right-side problem) at her first visit
/// and after six weeks of retraining, or a healthy runner. Throws InvalidArgument listing the
/// names.
[[nodiscard]] SyntheticOptions synthetic_options(std::string_view preset, std::uint64_t seed = 1);

}  // namespace runmech
