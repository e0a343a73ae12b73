// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Hreljac and Marshall 2000 (J Biomech 33:783), made for WALKING (about 5 ms there): foot strike
/// at the maximum of the heel's vertical acceleration, toe-off at the maximum of the toe's forward
/// acceleration, each as the zero of jerk interpolated linearly between frames, which is the vertex
/// of the parabola through three accelerations and done so here. The paper's filter was not read:
/// 50 Hz for strikes (the impact is short) and 7 Hz for toe-off are ours, as are the windows. On 14
/// RBDS runners strikes are 6.5 ms late (SD 8.2: 2 for most, two peaks in forefoot strikers), toe-
/// offs some 90 ms: the toe still gathers speed in early swing.
struct HreljacMarshall2000 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
