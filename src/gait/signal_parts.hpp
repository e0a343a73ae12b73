// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/gait_signals.hpp"

namespace runmech::detail {

/// White noise of the foot points, metres per axis: the second difference of a distance that the
/// foot keeps (heel to toe, else ankle to toe or heel, else knee to ankle), 1.4826 MAD / sqrt(6) /
/// sqrt(2). Slow errors stay invisible. 0 where nothing can be measured.
[[nodiscard]] Sided<double> white_noise(const GaitSignals& signals);

/// Side view of an image: where both ankles lie within 15 % of the leg for less than 0.25 s, the
/// foot that left its own path is drawn on the other one; its ankle, heel and toe become missing.
/// Noted.
void drop_collapsed_feet(GaitSignals& signals);

/// Samples of feet, legs and pelvis that lie far from the median of the two frames before and after
/// them become missing: another marker, a reflection. Noted.
void drop_spikes(GaitSignals& signals);

/// Medians of a quiet stand. `stand` holds its points.
[[nodiscard]] StandingReference standing_reference(const GaitSignals& stand);

/// Heights and foot pitch of the standing reference from the stances of the run itself. Noted.
void standing_from_stance(GaitSignals& signals);

/// Length of thigh and shank, median over frames and sides; NaN where the joints are not observed.
[[nodiscard]] double thigh_and_shank_m(const GaitSignals& signals);

}  // namespace runmech::detail
