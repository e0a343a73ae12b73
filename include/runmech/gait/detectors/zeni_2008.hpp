// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The coordinate rule of Zeni, Richards and Higginson 2008 (Gait & Posture 27:710): foot strike
/// where the heel is farthest in front of the sacrum, toe-off where the toe is farthest behind it,
/// on points low-passed at 6 Hz (zero lag). Made for WALKING: a baseline to compare with, not to
/// use. Times are refined between frames by a parabola, which the paper does not do. The pelvis
/// point stands for the sacrum. States no sd_s. Needs heel, toe and pelvis in a view that shows the
/// direction of progression.
///
/// Published: walking, 94 % within 16.7 ms; nothing for running.
///
/// RBDS, strikes: -23.4 ms, SD 10.1, 3.2 % not within 50; constant -24.6 removed: RMSE 12.5.
/// - rear-, mid-, forefoot: -21.2, -28.7, -25.2; 2.5, 3.5, 4.5 m/s: -21.1, -22.8, -26.0.
/// RBDS, toe-offs: 100 % more than 50 ms off; constant +106.1 removed: RMSE 16.8.
struct Zeni2008 {
  double cutoff_hz = 6.0;
  double min_distance_s = 0.4;  ///< between two events of one foot and type; our choice
  double bridge_s = 0.15;       ///< shorter holes are filled first; our choice

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
