// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <vector>

#include "runmech/core/names.hpp"

namespace runmech::synth {

/// A periodic curve of the cycle phase (1 = one stride), radians.
struct Curve {
  double mean = 0.0;
  std::vector<double> cos, sin;
  [[nodiscard]] double at(double phase) const;
};

/// The coordinates that a leg's swing and stance are made of, in this order everywhere.
enum LegCoordinate { kHipFlexion, kHipAdduction, kHipRotation, kKnee, kAnkle, kSubtalar, kLegSize };

/// What a healthy runner does at one speed: curves and the numbers that a run must meet. Radians,
/// metres, seconds; lengths for the stature of `stature_m`.
struct Templates {
  std::array<Curve, kLegSize> leg;  ///< hip rotation and subtalar: zero
  std::array<double, kLegSize> leg_sd{};
  Curve obliquity, anterior_tilt, pelvis_rotation;  ///< of the right cycle
  Curve trunk_lean, trunk_lateral_lean, thorax_rotation;
  double obliquity_sd = 0, anterior_tilt_sd = 0, pelvis_rotation_sd = 0;
  double trunk_lean_sd = 0, trunk_lateral_lean_sd = 0, thorax_rotation_sd = 0;
  Curve arm_flexion, arm_adduction, elbow_flexion;
  double arm_flexion_sd = 0, arm_adduction_sd = 0, elbow_flexion_sd = 0;

  double toe_off_phase = 0.0;  ///< where in the leg's curves toe-off lies
  double duty_factor = 0.0;
  double cadence_spm = 0.0;
  double step_width_m = 0.0;
  double speed_loss_share = 0.0;  ///< forward speed lost while braking, of the mean speed
  double mean_trunk_lean = 0.0;   ///< over the stride
  double knee_lift = 0.0;         ///< peak forward thigh angle
  double hip_extension = 0.0;     ///< peak backward thigh angle, positive
  Sided<double> pelvic_drop;      ///< peak over the side's stance
  double overstride_m = 0.0;
  double shank_angle = 0.0;

  double step_time_sd_share = 0.0;
  double contact_time_sd_share = 0.0;
  double foot_sideways_sd_m = 0.0;
};

/// The tables of running_templates.json, made for 1.75 m, at a speed: lengths grow with the
/// stature, times and speeds with its square root.
[[nodiscard]] Templates templates_at(double speed_m_s, double stature_m);

}  // namespace runmech::synth
