// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "runmech/skeleton/skeleton.hpp"
#include "runmech/synth/options.hpp"

namespace runmech::synth {

/// Puts the set's points on the skeleton: nominal places, each a little off (placement_m), and for
/// points of no segment the skeleton's landmark of that name. Computed points are left out.
void attach_points(Skeleton& skeleton, const MarkerSet& set, const SyntheticOptions& options);

/// Labels that a recording of the set holds: all in standing, those worn in running otherwise.
[[nodiscard]] std::vector<std::string> labels_of(const Skeleton& skeleton, const MarkerSet& set,
                                                 bool standing);

/// Turns exact positions (n_frames x 3 n_points, lab axes) into what was recorded: the view's axes,
/// noise, gaps, outliers. `occasion` ("run", "stand") gives each recording its own random numbers.
void observe(Recording& recording, const MarkerSet& set, const SyntheticOptions& options,
             std::string_view occasion);

}  // namespace runmech::synth
