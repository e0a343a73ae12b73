// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After De Witt 2010 (J Biomech 43:3067), walking and running on a force treadmill; toe-off only:
/// the peak of the toe's vertical acceleration (zero of jerk, + to -) after the toe's lowest place.
/// The method section was not read: rule from memory, low-pass 7 Hz and window ours. With less
/// smoothing the acceleration has two peaks 30 to 40 ms apart and which is higher depends on the
/// runner; with 7 Hz they merge.
///
/// Published: "greater accuracy than other published methods" on 10 runners, no figure seen. The
/// scatter here lies between runners, whose two peaks merge at their own place; RBDS has MT5 where
/// the paper has a toe.
///
/// RBDS, toe-offs: +3.8 ms, SD 14.8, 0.3 % not within 50; constant +5.1 removed: RMSE 15.3.
/// - rear-, mid-, forefoot: +5.5, +2.2, -6.8; 2.5, 3.5, 4.5 m/s: -1.7, +5.4, +7.1.
struct AfterDeWitt2010 {
  double cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
