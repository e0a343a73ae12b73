// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>

#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/leg_angles.hpp"

namespace runmech {

/// How one foot moves against the ground it runs on: what most event rules are written in. n_frames
/// each, on the clock of the signals; NaN where a point is missing, empty where it was not
/// observed.
struct FootMotion {
  double rate_hz = 0.0;  ///< frames per second
  /// Forward velocity of the ground in the recording, m/s: - belt speed on a treadmill, about 0
  /// overground; median over the stances of this foot, 0 where no step is found.
  double ground_m_s = 0.0;
  double ground_slope = 0.0;  ///< rise of the ground per length forward

  Points heel_velocity, toe_velocity, mt1_velocity, mt5_velocity;  ///< n x 3, m/s over the ground
  /// Height of the sole under heel and toe: of the point above where it is with the foot flat on
  /// the ground (GaitSignals::standing), the slope of the ground taken away, m. Of a fitted foot
  /// as of a recorded one.
  Eigen::VectorXd heel_height_m, toe_height_m;
  LegAngles rates;  ///< of leg_angles, rad/s
};

/// Points and angles are low-passed at cutoff_hz first (zero lag; 0 = not at all) and
/// differentiated by parabolas over three frames. Holes stay holes. In rear and front views nothing
/// is observed. Throws InvalidArgument unless cutoff_hz is 0 or below half the frame rate.
[[nodiscard]] FootMotion foot_motion(const GaitSignals& signals, Side side, double cutoff_hz = 0.0);

}  // namespace runmech
