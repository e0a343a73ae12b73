// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <string>

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech {

/// How fast the runner moves over the ground or belt.
struct RunningSpeed {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  double speed_m_s = kNaN;   ///< pelvis relative to the ground, along it; NaN = cannot tell
  double sd_m_s = kNaN;      ///< of the stated speed; the scale's own error comes on top
  double ground_m_s = kNaN;  ///< forward velocity of the ground in the recording: - belt, or 0
  double slope = 0.0;        ///< rise per length forward
  int n_steps = 0;           ///< stances behind it
  std::string source;        ///< "stance foot", "pelvis", or "" = none
  std::string reason;        ///< why not, or what weakens it
  bool surface_contradicted = false;  ///< what moves is not what moves on the stated surface
};

/// Speed from the stance foot and the pelvis.
///
/// Each stance gives the ground's velocity: the median velocity of the forefoot over 30-70 % of
/// stance, or, without a forefoot point, of the heel over 30-55 % (never of the ankle, which is 2.6
/// % slow). Its median over stances is corrected by -0.35 % (forefoot) or -0.8 % (heel), the mean
/// errors against the nominal belt on 28 treadmill runners; 0.5 % remains. On a treadmill the speed
/// is the belt's; overground it is the pelvis's, over whole strides, minus what the ground seems to
/// move (a panning camera). Markers have no such camera: a stated treadmill on which the standing
/// feet rest while the pelvis travels, or an overground run whose standing feet travel backward, is
/// contradicted; the speed is then NaN. Unknown surface: whichever of the two moves. Needs a view
/// that shows the direction of progression; otherwise NaN with the reason.
[[nodiscard]] RunningSpeed running_speed(const GaitSignals& signals, const GaitEvents& events);

}  // namespace runmech
