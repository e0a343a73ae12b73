// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/data/leg_signals.hpp"
#include "runmech/skeleton/body_points.hpp"

namespace runmech {

/// Feet, and how thigh and shank turn, as a recording shows them.
struct RecordedLegs {
  View view = View::spatial;
  bool keypoints = false;
  Sided<LegSignals> leg;  ///< joints only where the set has points for them
  std::string heel_definition;
  std::string toe_definition;

  /// A heel or toe of that foot was seen.
  [[nodiscard]] bool shows_foot(Side side) const;
};

/// From points matched to a set. Heel: mean of the heel markers. Toe: MT5, else MT2, toe, MT1.
[[nodiscard]] RecordedLegs recorded_legs(const BodyPoints& body, View view, bool keypoints);

/// From a recording through its marker set; holes in a foot with three other markers are filled
/// from its shape. Throws InvalidArgument when the marker set is unknown.
[[nodiscard]] RecordedLegs recorded_legs(const Recording& recording);

}  // namespace runmech
