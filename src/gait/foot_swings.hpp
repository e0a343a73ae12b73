// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "phase_channels.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech::detail {

/// The steps of one foot, sorted: from a forward extreme of (foot - pelvis) to the rearward one
/// after it. forward_s and rearward_s only. A turn that lies beyond the record is placed there, by
/// the median interval; in a record too short to repeat, where there is none, at its end.
[[nodiscard]] std::vector<FootSwing> foot_swings(const PhaseChannels& channels, Side side);

/// Joins the steps of both feet that follow each other into spans; single ones are dropped where
/// the record is long enough for more.
void find_spans(const PhaseChannels& channels, GaitPhases& phases);

}  // namespace runmech::detail
