// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Maiwald, Sterzing, Mayer and Milani 2009 (Footwear Science 1:111), the foot contact
/// algorithm for running with every strike pattern: contact is about where heel or fifth metatarsal
/// are low (here the lower third of their height range); strike is the earlier of the greatest
/// vertical accelerations of heel and MT5 in there, toe-off the greatest vertical acceleration of
/// the toe while it is low and leaving. Rule from memory; shares, filters (50 and 7 Hz) and windows
/// ours. MT5 where it was recorded, else the toe.
///
/// Published: a few ms, as remembered; no figure seen. Strikes are of that class with every strike
/// pattern. Toe-off is that of after_de_witt_2010.
///
/// RBDS, strikes: +4.7 ms, SD 3.3, 0.1 % not within 50; constant +4.6 removed: RMSE 3.8.
/// - rear-, mid-, forefoot: +4.1, +5.7, +7.1; 2.5, 3.5, 4.5 m/s: +4.6, +4.7, +4.9.
/// RBDS, toe-offs: +3.8 ms, SD 14.8, 0.3 % not within 50; constant +5.0 removed: RMSE 15.3.
/// - rear-, mid-, forefoot: +5.5, +2.2, -6.8; 2.5, 3.5, 4.5 m/s: -1.7, +5.4, +7.1.
struct AfterMaiwald2009 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;
  double low_share = 0.33;  ///< of the height range

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
