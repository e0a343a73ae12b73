// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Schache, Blanch, Rath, Wrigley, Starr and Bennell 2001 (Clin Biomech 16:667), as Fellin et al.
/// 2010 used it on running: foot strike where the vertical velocity of the heel turns from - to +:
/// the first time around the most forward foot. Low-pass 50 Hz (the first stop of the heel, not the
/// slow minimum of alton_1998) and windows are ours. No toe-off. Fellin: 22 to 25 ms absolute error
/// at 3.35 m/s; on 14 RBDS runners +13 (SD 10) ms, because a wider filter sees the heel stop
/// earlier.
struct Schache2001 {
  double cutoff_hz = 50.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
