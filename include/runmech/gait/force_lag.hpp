// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>

#include "runmech/data/recording.hpp"

namespace runmech {

/// How far the clocks of markers and force may be apart, as the body tells it.
struct ForceLag {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  double lag_s = kNaN;  ///< + where the pelvis accelerates later than the force acts
  double sd_s = kNaN;   ///< of it, from the scatter between contacts; NaN with fewer than three
  int n = 0;            ///< contacts
};

/// Median over the contacts of the shift at which the vertical acceleration of the pelvis follows
/// the vertical force best (correlation within the contact, both low-passed at 10 Hz). A cue, not a
/// clock: the pelvis is not the body's centre of mass. RBDS 2.5 to 6.7 ms (fifteen trials), three
/// other laboratories -1.9 to -5.7 ms; a difference between two laboratories of 5 ms and more, or a
/// jump between trials of one, is one of their clocks. Nothing is corrected by it.
///
/// NaN where no whole contact has a pelvis above it. Throws as gait_signals; InvalidArgument
/// without plates.
[[nodiscard]] ForceLag force_lag(const Recording& recording);

}  // namespace runmech
