// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// The stature at which lengths in metres are meant: sigmas of marker sets, thresholds, priors and
/// constants of regressions. A body of another size has them in proportion, so that a smaller copy
/// of a runner gives a smaller copy of every result.
inline constexpr double kReferenceStature_m = 1.75;

/// Stature that the legs suggest, metres: pelvis above ankle or heel while the foot is under the
/// body, against the nominal places of the same points on the running skeleton; `standing`: with
/// straight legs. Good to 2-3 % (14 RBDS runners, three speeds); a slope of the ground does not
/// change it. NaN where no such pair of points is ever seen.
[[nodiscard]] double stature_from_legs(const Recording& recording, const MarkerSet& set,
                                       bool standing = false);

/// Size of the body in a recording, 1 for the reference stature: from its legs, else 1.
[[nodiscard]] double body_size(const Recording& recording, const MarkerSet& set,
                               bool standing = false);
/// Size of a skeleton, by its thighs and shanks.
[[nodiscard]] double body_size(const Skeleton& skeleton);

/// Multiplies every length of the skeleton, its markers' places and sigmas too; masses stay.
void scale_lengths(Skeleton& skeleton, double factor);

}  // namespace runmech
