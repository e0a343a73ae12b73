// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After De Witt 2010 (J Biomech 43:3067), walking and running on a force treadmill; toe-off only:
/// the peak of the toe's vertical acceleration (zero of jerk, + to -) after the toe's lowest place.
/// The paper says "greater accuracy than other published methods"; its method section was not read:
/// rule from memory, low-pass 7 Hz and window ours. With less smoothing the acceleration has two
/// peaks 30 to 40 ms apart and which is higher depends on the runner; with 7 Hz they merge: on 14
/// RBDS runners +4 ms, SD 15, nearly all of it between runners.
struct AfterDeWitt2010 {
  double cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
