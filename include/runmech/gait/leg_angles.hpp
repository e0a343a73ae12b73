// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>

#include "runmech/gait/gait_signals.hpp"

namespace runmech {

/// Sagittal angles of one leg over time, n_frames, rad, from the points as they are (unfiltered,
/// not relative to standing); NaN where a point is missing, empty where one was not observed.
struct LegAngles {
  Eigen::VectorXd foot_pitch;    ///< heel to toe against the horizontal, + toe up, unwrapped
  Eigen::VectorXd shank;         ///< against the vertical, + ankle in front of the knee
  Eigen::VectorXd thigh;         ///< against the vertical, + knee in front of the hip
  Eigen::VectorXd knee_flexion;  ///< thigh - shank, 0 = straight
  Eigen::VectorXd ankle;         ///< foot pitch - shank: + dorsiflexion, zero where 90 degrees
};

/// Angles in the plane of X and Y. In rear and front views nothing is observed.
[[nodiscard]] LegAngles leg_angles(const GaitSignals& signals, Side side);

}  // namespace runmech
