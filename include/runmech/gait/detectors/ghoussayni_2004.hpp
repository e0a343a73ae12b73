// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Ghoussayni, Stevens, Durham and Ewins 2004 (Gait & Posture 20:266), made for WALKING: foot
/// strike when the sagittal speed of the heel falls below a threshold, toe-off when that of the toe
/// exceeds it. Original threshold 0.05 m/s, barefoot; Bruening and Ridge 2014 found 0.5 m/s, which
/// stands here. Low-pass 7 Hz (ours). Speed is relative to the ground: minus the velocity of the
/// stance foot, without which the rule finds nothing on a treadmill (ours). On 14 RBDS runners
/// strikes are 31 (SD 7) ms late and toe-offs 38 (SD 6) ms early: constants, removed from which
/// toe-off is as good as any rule.
struct Ghoussayni2004 {
  double cutoff_hz = 7.0;
  double threshold_m_s = 0.5;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
