// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Handsaker, Forrester, Folland, Black and Allen 2016 (J Biomech 49:4128), running
/// overground at several speeds with every strike pattern: strike is the earlier of the vertical
/// acceleration peaks of heel and first metatarsal, toe-off the peak of the hallux's vertical jerk,
/// in small windows placed by the gross movement of the foot. From the abstract: ours are the
/// windows (for toe-off: the peak nearest to where the toe has risen by 3.4 % of the leg) and the
/// filters (50 and 30 Hz; the paper's data were captured at 1000 and used at 250 Hz). MT1 where it
/// was recorded, else the toe, which also stands for the hallux.
///
/// Published, at 250 Hz: strike +3.1 ms (95 % -11.8 to 18.1, SD 7.6), toe-off +2.1 (-8.1 to 12.2,
/// SD 5.2). Strikes are of that class. Toe-offs are not: jerk has two peaks, as the heel and as the
/// toes leave. At the hallux, which leaves last, the second is the one; at MT5, which is all that
/// RBDS has, the two are alike.
///
/// RBDS, strikes: +5.2 ms, SD 4.7, 0.1 % not within 50; constant +4.6 removed: RMSE 5.0.
/// - rear-, mid-, forefoot: +4.1, +5.3, +15.9; 2.5, 3.5, 4.5 m/s: +5.7, +4.8, +5.2.
/// RBDS, toe-offs: +9.3 ms, SD 13.0, 0.0 % not within 50; constant +10.8 removed: RMSE 13.4.
/// - rear-, mid-, forefoot: +9.5, +8.5, +9.8; 2.5, 3.5, 4.5 m/s: +14.0, +10.3, +4.1.
struct AfterHandsaker2016 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 30.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
