// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Dingwell, Cusumano, Cavanagh and Sternad 2001 (J Biomech Eng 123:27): toe-off at the peak of
/// knee extension in late stance, for which Fellin et al. 2010 report 4.9 (overground) and 5.2 ms
/// (treadmill) absolute error at 3.35 m/s; foot strike at the peak of knee extension before
/// contact, which we know from secondary sources only. Knee from hip, knee and ankle centres. Low-
/// pass 7 Hz for strikes, 30 Hz for toe-off, and windows: ours. On 14 RBDS runners toe-off is +7 ms
/// with SD 13, twice what Fellin found at one speed: whether the knee extends until or beyond toe-
/// off is personal; strikes -15 (SD 12) ms.
struct Dingwell2001 {
  double strike_cutoff_hz = 7.0;
  double toe_off_cutoff_hz = 30.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
