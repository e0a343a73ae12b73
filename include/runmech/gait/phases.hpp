// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech {

inline constexpr double kOffCourse_rad = 0.26;  ///< 15 degrees: lengths along X 3 % short

/// One step of one foot: from its most forward to its most rearward place relative to the pelvis.
/// Times in s on the recording's clock, NaN where the record does not show it.
struct FootSwing {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Side side = Side::left;
  double forward_s = kNaN;   ///< foot farthest in front
  double rearward_s = kNaN;  ///< foot farthest behind, after forward_s
  double strike_s =
      kNaN;  ///< foot arrested: its speed over ground falls below half the running speed
  double toe_off_s = kNaN;   ///< toe risen by 3.4 % of the leg above its lowest place
  double ground_m_s = kNaN;  ///< forward velocity of the stance foot in the recording's frame
  double speed_m_s = kNaN;   ///< pelvis over ground, mean of a stride
  double pelvis_rise_m =
      kNaN;  ///< pelvis height with the feet apart minus with the feet side by side
  double other_foot =
      kNaN;  ///< speed of the other foot over ground at strike and toe-off, mean, share of
             ///< speed_m_s: near 0 when both feet stand; only where nothing repeats
  bool bridged = false;  ///< foot samples near an event were filled in
  int span = -1;         ///< index in GaitPhases::spans
  double heading_rad =
      kNaN;                ///< of the pelvis over ground against X, + to the right; NaN = not seen
  double stride_s = kNaN;  ///< stride time around it
  StepState state = StepState::unknown;  ///< of the stretch of steps that it belongs to
};

/// The movement cut into steps: what recognition and foot_anchor stand on. Everything scales with
/// leg length, stride time and running speed, so a smaller runner on the matching clock gives the
/// same.
struct GaitPhases {
  double stride_time_s = 0.0;  ///< by autocorrelation, of most of the running where the rhythm
                               ///< changes; 0 = nothing repeats
  double regularity = 0.0;     ///< autocorrelation at that lag
  double leg_length_m = 0.0;   ///< used to scale heights; see leg_source
  std::string leg_source;
  double slope = 0.0;      ///< ground height per length forward
  double cutoff_hz = 0.0;  ///< of the channels in which events are looked for; 0 = unfiltered
  double rate_hz = 0.0;
  double swing_range_m = 0.0;    ///< median of foot forward - rearward
  std::vector<FootSwing> steps;  ///< both feet, sorted by time
  std::vector<TimeSpan> spans;   ///< stretches in which steps follow each other
  double backward_s = 0.0;       ///< spent travelling against X; those steps are left out
  bool turned = false;           ///< there the feet point backward: turned round
};

/// Finds the steps in a view that shows the direction of progression (spatial or side); in rear and
/// front views strike and toe-off come from how the pelvis falls and rises, good to 15-20 ms.
/// Steps are alternate forward and rearward extremes of (foot - pelvis) along X, low-passed at 3.5
/// strides^-1 (5 Hz at 0.7 s), stride time by autocorrelation.
/// A record in which the stride time changes for good is cut there and each part has its own.
///
/// The state of a step: both signs of recognise_gait, of it and its neighbours. Contact shorter
/// than half a stride is flight; a pelvis higher with the feet apart bounces. Both: running. Bounce
/// without flight: grounded. Double support without bounce: walking. Three steps of another state
/// in a row (our choice) are a change; fewer belong to what surrounds them. A step that goes more
/// than kOffCourse_rad aside of X, as in a turn, is unknown: its lengths along X are not its own.
[[nodiscard]] GaitPhases find_phases(const GaitSignals& signals);

}  // namespace runmech
