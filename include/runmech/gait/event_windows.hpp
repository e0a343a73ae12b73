// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <array>
#include <string_view>
#include <vector>

#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech {

/// What the local regression of the detector `runmech` sees of one side, in this order. v and a are
/// velocity and acceleration over the ground, forward (x) and off it (y), per leg length; angles
/// are sagittal, radians: pitch + toe up, shank + ankle in front of the knee, knee = shank - thigh,
/// each minus its own median at 40 % of stance, so that no standing trial is needed and the place
/// of a marker on the shoe does not count. duty = contact time (of the anchors) per stride time and
/// stride = stride time / sqrt(leg / g) are the same throughout a foot's record.
inline constexpr std::array<std::string_view, 17> kEventChannels{
    "heel_vx", "heel_vy", "toe_vx",  "toe_vy", "heel_ax", "heel_ay",   "toe_ax", "toe_ay", "pitch",
    "pitch_v", "shank",   "shank_v", "knee",   "knee_v",  "pelvis_vy", "duty",   "stride"};

/// Event channels of one recording on an even clock.
struct EventChannels {
  double start_s = 0.0;
  double step_s = 0.0;            ///< kEventStep_s x clock
  double clock = 1.0;             ///< sqrt(leg / 0.95 m), the unit of times
  Sided<Eigen::MatrixXd> values;  ///< n x 17, NaN where missing; 0 rows = foot not observed
  Sided<Eigen::VectorXd> speed;   ///< n: (running speed / sqrt(g leg) - 1.16) / 0.27, within +-1.6
};

inline constexpr double kEventStep_s = 0.005;

/// What lengths and times of the channels are counted in.
struct EventScale {
  double leg_m = 0.95;  ///< hip to floor
  double clock = 1.0;   ///< sqrt(leg / 0.95 m)
};
[[nodiscard]] EventScale event_scale(const GaitSignals& signals, const GaitPhases& phases);

/// Channels low-passed at cutoff_hz (zero lag; pelvis at most 20 Hz; not at all where the rate does
/// not allow it), read by a cubic spline on a 5 ms clock and differentiated there, so that the
/// frame rate of the recording hardly matters. Gaps up to a quarter of a stride are bridged.
/// Lengths are per leg of 0.95 m, times and bandwidths per sqrt(leg / 0.95 m): a smaller copy of a
/// runner on the matching clock has the same channels. x is the direction of progression over the
/// ground, and the velocity of the ground and the running speed are those of the foot's own steps,
/// so that a foot's channels do not depend on the other one. Empty without steps or in views that
/// do not show the direction of progression.
[[nodiscard]] EventChannels event_channels(const GaitSignals& signals, const GaitPhases& phases,
                                           double cutoff_hz);

/// Which part of the channels around an instant is read.
struct WindowShape {
  std::vector<int> channels;  ///< indices in kEventChannels
  int first = 0;              ///< lags in steps, first, first + step, ... last
  int last = 0;
  int step = 1;

  [[nodiscard]] Eigen::Index size() const {
    return static_cast<Eigen::Index>(channels.size()) * ((last - first) / step + 1);
  }
};

/// The window around t_s: lag by lag, in each lag the channels in order; by interpolation over six
/// samples. Lags beyond the ends of the record repeat its last value. NaN where a channel is
/// missing.
[[nodiscard]] Eigen::VectorXd event_window(const EventChannels& channels, Side side, double t_s,
                                           const WindowShape& shape);

/// The speed number at t_s, between samples of the clock by a straight line (the nearest one would
/// jump, and with it the event, where rounding decides); constant beyond the ends.
[[nodiscard]] double event_speed(const EventChannels& channels, Side side, double t_s);

}  // namespace runmech
