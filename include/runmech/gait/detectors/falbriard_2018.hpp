// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Falbriard, Meyer, Mariani, Millet and Aminian 2018 (Front Physiol 9:610), a rule for foot-worn
/// gyroscopes that any foot segment can follow: in each cycle from mid-swing to mid-swing, initial
/// contact is the minimum of the foot's pitch velocity in the first half, terminal contact the
/// minimum in the second (pitch + toe up, so both are the fastest turn toe down). Here the pitch of
/// heel to toe, as recorded or of the fitted foot; low-pass 50 Hz for the strike and 7 Hz for
/// toe-off, where the middle of the cycle lies (between most forward and most rearward foot), and
/// that a minimum counts from the window of strikes on: ours.
///
/// Published: precision 2 +- 1 and 4 +- 2 ms within a trial, of which the scatter within a trial
/// and foot (docs/detectors.md) is; biases of contact and flight time below 12 +- 10 ms, depending
/// on speed. Contact is 34 ms short here: the pitch of markers on a shoe, not of a gyroscope, and
/// the filter that toe-off needs (with 50 Hz it is 14 instead of 21 ms early, SD 18 instead of 11).
///
/// RBDS, strikes: +12.8 ms, SD 8.5, 0.0 % not within 50; constant +12.7 removed: RMSE 9.0.
/// - rear-, mid-, forefoot: +18.0, +4.2, -3.6; 2.5, 3.5, 4.5 m/s: +13.0, +13.3, +12.2.
/// RBDS, toe-offs: -21.3 ms, SD 10.9, 3.5 % not within 50; constant -20.3 removed: RMSE 14.4.
/// - rear-, mid-, forefoot: -20.1, -21.9, -30.0; 2.5, 3.5, 4.5 m/s: -27.8, -21.0, -16.1.
struct Falbriard2018 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
