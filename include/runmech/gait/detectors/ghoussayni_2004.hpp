// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Ghoussayni, Stevens, Durham and Ewins 2004 (Gait & Posture 20:266), made for WALKING: foot
/// strike when the sagittal speed of the heel falls below a threshold, toe-off when that of the toe
/// exceeds it. Original threshold 0.05 m/s, barefoot; Bruening and Ridge 2014 found 0.5 m/s, which
/// stands here. Low-pass 7 Hz (ours). Speed is relative to the ground: minus the velocity of the
/// stance foot, without which the rule finds nothing on a treadmill (ours).
///
/// Published: nothing for running. In running the errors are two constants; without them toe-off is
/// as good as that of any published rule.
///
/// RBDS, strikes: +31.1 ms, SD 7.4, 0.1 % not within 50; constant +31.6 removed: RMSE 7.7.
/// - rear-, mid-, forefoot: +33.9, +25.9, +25.2; 2.5, 3.5, 4.5 m/s: +25.9, +31.4, +35.5.
/// RBDS, toe-offs: -38.5 ms, SD 5.8, 3.5 % not within 50; constant -39.3 removed: RMSE 6.5.
/// - rear-, mid-, forefoot: -37.7, -39.5, -42.2; 2.5, 3.5, 4.5 m/s: -37.3, -38.9, -39.2.
struct Ghoussayni2004 {
  double cutoff_hz = 7.0;
  double threshold_m_s = 0.5;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
