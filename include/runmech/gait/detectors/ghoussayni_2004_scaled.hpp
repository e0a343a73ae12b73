// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The variant of ghoussayni_2004 whose thresholds grow with speed, as in published code for
/// WALKING: foot strike when the sagittal speed of the heel over the ground falls below 0.78 of the
/// speed of progression, toe-off when that of the toe exceeds 0.66 of it. Low-pass 7 Hz and windows
/// are ours; so is that the speed is the pelvis's over the ground in each stride.
///
/// Published: nothing for running.
///
/// RBDS, strikes: -13.6 ms, SD 10.0, 1.0 % not within 50; constant -13.9 removed: RMSE 11.3.
/// - rear-, mid-, forefoot: -11.2, -18.6, -17.9; 2.5, 3.5, 4.5 m/s: -10.7, -13.3, -16.3.
/// RBDS, toe-offs: +34.9 ms, SD 6.9, 15.8 % not within 50; constant +36.5 removed: RMSE 12.4.
/// - rear-, mid-, forefoot: +34.7, +34.9, +37.1; 2.5, 3.5, 4.5 m/s: +39.9, +37.4, +30.2.
struct Ghoussayni2004Scaled {
  double cutoff_hz = 7.0;
  double strike_share = 0.78;  ///< of the speed of progression
  double toe_off_share = 0.66;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
