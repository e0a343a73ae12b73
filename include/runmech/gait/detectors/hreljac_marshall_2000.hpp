// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Hreljac and Marshall 2000 (J Biomech 33:783), made for WALKING: foot strike at the maximum of
/// the heel's vertical acceleration, toe-off at the maximum of the toe's forward acceleration, each
/// as the zero of jerk interpolated linearly between frames, which is the vertex of the parabola
/// through three accelerations and done so here. The paper's filter was not read: 50 Hz for strikes
/// (the impact is short) and 7 Hz for toe-off are ours, as are the windows.
///
/// Published: walking, about 5 ms. For running the first author published another rule (Hreljac and
/// Stergiou 2000: 4.5 and 6.9 ms), which we could not read and do not guess. Rearfoot strikers have
/// one sharp peak, forefoot strikers two. Toe-offs are late because the toe still gathers speed in
/// early swing.
///
/// RBDS, strikes: +6.5 ms, SD 8.2, 0.1 % not within 50; constant +4.7 removed: RMSE 8.6.
/// - rear-, mid-, forefoot: +4.1, +8.3, +22.8; 2.5, 3.5, 4.5 m/s: +7.9, +5.9, +5.9.
/// RBDS, toe-offs: 100 % more than 50 ms off; constant +116.4 removed: RMSE 25.1.
struct HreljacMarshall2000 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
