// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/data/force_plate.hpp"

namespace runmech {

/// COP becomes NaN in samples where all three forces are exactly 0 (writers then store the plate's
/// centre or 0), and dead_band_n becomes the smallest vertical force that is not zero: the band
/// below which the writer stored zeros. Vertical is the axis with the largest mean force.
void clear_unloaded(ForcePlate& plate);

}  // namespace runmech
