// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Falbriard, Meyer, Mariani, Millet and Aminian 2018 (Front Physiol 9:610), a rule for foot-worn
/// gyroscopes that any foot segment can follow: in each cycle from mid-swing to mid-swing, initial
/// contact is the minimum of the foot's pitch velocity in the first half, terminal contact the
/// minimum in the second (pitch + toe up, so both are the fastest turn toe down). Precision 2 +- 1
/// and 4 +- 2 ms within a trial there, with speed-dependent biases up to 12 ms. Here the pitch of
/// heel to toe, as recorded or of the fitted foot; low-pass 50 Hz for the strike and 7 Hz for toe-
/// off, where the middle of the cycle lies (between most forward and most rearward foot), and that
/// a minimum counts from the window of strikes on: ours. On 14 RBDS runners strikes are 13 (SD 8)
/// ms late, toe-offs 21 (SD 11) ms early; within a trial and foot the scatter is 3 and 6 ms, near
/// the paper's precision.
struct Falbriard2018 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
