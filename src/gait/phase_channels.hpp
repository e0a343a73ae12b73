// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech::detail {

/// One foot on the even clock of PhaseChannels. Empty where not observed.
struct FootChannels {
  Eigen::VectorXd forward;  ///< foot - pelvis along X, gaps bridged, low-passed for steps
  Eigen::VectorXd heel_x, heel_y, toe_x, toe_y;  ///< low-passed for events, on the fine clock
  std::vector<double> missing_s;                 ///< times of original frames without heel or toe
};

/// What step finding works on.
struct PhaseChannels {
  std::vector<double> time_s;  ///< even, about the recording's rate
  std::vector<double> fine_s;  ///< even, at least 120 Hz
  double rate_hz = 0.0;
  double fine_hz = 0.0;
  double stride_time_s = 0.0;  ///< a guess where regularity is 0
  double regularity = 0.0;
  double cutoff_hz = 0.0;  ///< of the event channels, 0 = none
  Sided<FootChannels> foot;
  Sided<Eigen::VectorXd>
      height;  ///< rear views: foot above its slow mean path, for events, on fine_s
  Eigen::VectorXd pelvis_x,
      pelvis_y;  ///< on time_s, low-passed for steps; empty where not observed
};

inline constexpr double kShortestStride_s = 0.35;  ///< sanity limits, our choice: 343 steps/min
inline constexpr double kLongestStride_s = 2.4;    ///< and a slow walk of 50

/// What repeats with every stride, n_frames: left foot less right foot, forward of the pelvis (rear
/// views: height), or the one foot that is seen. Empty where none is.
[[nodiscard]] Eigen::VectorXd beat_of(const GaitSignals& signals);

[[nodiscard]] PhaseChannels phase_channels(const GaitSignals& signals);

/// find_phases of a record of one rhythm, without states.
[[nodiscard]] GaitPhases steady_phases(const GaitSignals& signals);

/// Steps of rear and front views, from the height of pelvis and feet.
void find_phases_by_height(const PhaseChannels& channels, GaitPhases& out);

}  // namespace runmech::detail
