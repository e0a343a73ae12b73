// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {

/// Stature that the legs of a run suggest, metres: pelvis above ankle or heel while the foot is
/// under the body, against the nominal places of the same points on the running skeleton. Good to
/// 2-3 % (14 RBDS runners, three speeds); a slope of the ground does not change it. NaN where no
/// such pair of points is ever seen.
[[nodiscard]] double stature_from_legs(const Recording& recording, const MarkerSet& set);

}  // namespace runmech
