// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The library's first running detector. Steps come from find_phases, so none is missed and sides
/// alternate; strike where heel or toe is arrested on the ground (speed below half the running
/// speed), toe-off where the toe has risen by 3.4 % of the leg above its lowest place, each shifted
/// by the mean error of that rule against force plates at 20 N (RBDS, 14 treadmill runners
/// at 2.5-4.5 m/s), which depends on bandwidth and speed. Sub-frame times.
///
/// sd_s is what runners left out of the fit showed, larger for low frame rates, noise and points
/// that were bridged; another laboratory's clock offset between markers and force (3 ms) is in it.
/// In rear and front views strike and toe-off come from the height of the foot alone and are good
/// to 30 ms; foot strike patterns and belt speed are not available there.
struct FootAnchor {
  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
