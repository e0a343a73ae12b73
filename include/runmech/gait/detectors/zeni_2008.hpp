// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The coordinate rule of Zeni, Richards and Higginson 2008 (Gait & Posture 27:710): foot strike
/// where the heel is farthest in front of the sacrum, toe-off where the toe is farthest behind it,
/// on points low-passed at 6 Hz (zero lag). Made for WALKING; in running its strikes come about 25
/// ms early and its toe-offs about 110 ms late: a baseline to compare with, not to use. Times are
/// refined between frames by a parabola, which the paper does not do. The pelvis point stands for
/// the sacrum. States no sd_s. Needs heel, toe and pelvis in a view that shows the direction of
/// progression.
struct Zeni2008 {
  double cutoff_hz = 6.0;
  double min_distance_s = 0.4;  ///< between two events of one foot and type; our choice

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
