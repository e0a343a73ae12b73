// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Leitch, Stebbins, Paolini and Zavatsky 2011 (Gait & Posture 33:130), running, truth 10 N.
/// Strike of rearfoot strikers: peak of the heel's vertical acceleration while the heel is low; of
/// mid- and forefoot strikers: the fastest fall of the middle of heel and toe near contact (the
/// rule of O'Connor). Toe-off of all: peak of the toe's vertical acceleration while the toe is low.
/// From the abstract: filters (50 Hz, toe-off 7), "low" (a third of the height range), windows, and
/// who is a rearfoot striker (foot pitched up by more than 5 degrees against standing where heel or
/// toe is arrested) are ours.
///
/// Published: no figures in the abstract. A truth of 10 N is 2 to 3 ms earlier at strike and 4 to 7
/// ms later at toe-off than the 20 N of ours. Toe-off is that of after_de_witt_2010.
///
/// RBDS, strikes: +3.1 ms, SD 6.5, 0.1 % not within 50; constant +2.6 removed: RMSE 6.7.
/// - rear-, mid-, forefoot: +4.1, +1.3, +0.5; 2.5, 3.5, 4.5 m/s: +1.9, +3.8, +3.4.
/// RBDS, toe-offs: +3.8 ms, SD 14.8, 0.3 % not within 50; constant +5.0 removed: RMSE 15.3.
/// - rear-, mid-, forefoot: +5.5, +2.2, -6.8; 2.5, 3.5, 4.5 m/s: -1.7, +5.4, +7.1.
struct AfterLeitch2011 {
  double cutoff_hz = 50.0;
  double slow_cutoff_hz = 7.0;
  double low_share = 0.33;    ///< of the height range
  double rearfoot_deg = 5.0;  ///< foot pitch at contact above standing

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
