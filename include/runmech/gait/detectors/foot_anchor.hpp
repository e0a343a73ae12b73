// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The library's first running detector. Steps come from find_phases, so none is missed and sides
/// alternate. Strike: heel or toe is arrested on the ground (its speed falls below half the running
/// speed). Toe-off: the toe has risen by 3.4 % of the leg above its lowest place, minus that rule's
/// mean error against force plates at 20 N, linear in running speed / sqrt(g leg) (14 RBDS runners,
/// treadmill, 2.5-4.5 m/s); strike needs no such constant. Sub-frame times.
///
/// sd_s is the scatter that runners left out of the fit showed, widened for runners unlike them
/// (1.1 strike, 1.3 toe-off) and for image keypoints (1.5), with 3 ms for another laboratory's
/// offset between marker and force clocks; larger at low bandwidth, by slow speed for toe-off, and
/// for points that were bridged. In rear and front views see find_phases.
struct FootAnchor {
  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
