// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The high-pass algorithm of Desailly, Daniel, Sardain and Lacouture 2009 (Gait & Posture 29:76),
/// made for WALKING: forward coordinate of heel and toe, low-passed at 7 Hz, then high-passed at
/// 0.5 (strike) and 1.1 (toe-off) times the stride frequency; strike is the maximum of the heel's,
/// toe-off the minimum of the toe's. The cut-offs are from secondary sources; published code uses a
/// fixed 0.5 Hz. The high-pass is what the zero-lag low-pass leaves, which is the zero-lag
/// Butterworth high-pass of the same order. Windows: ours.
///
/// Published: walking 1 +- 23 and 2 +- 25 ms; nothing for running, where it says when the foot
/// turns round, like zeni_2008.
///
/// RBDS, strikes: -23.7 ms, SD 10.0, 3.1 % not within 50; constant -24.9 removed: RMSE 12.3.
/// - rear-, mid-, forefoot: -21.6, -29.1, -24.9; 2.5, 3.5, 4.5 m/s: -21.5, -23.3, -26.2.
/// RBDS, toe-offs: 100 % more than 50 ms off; constant +119.2 removed: RMSE 22.5.
struct Desailly2009 {
  double cutoff_hz = 7.0;
  double strike_strides = 0.5;  ///< high-pass cut-off per stride frequency
  double toe_off_strides = 1.1;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
