// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Handsaker, Forrester, Folland, Black and Allen 2016 (J Biomech 49:4128), running
/// overground at several speeds with every strike pattern (strike +3.1 ms, 95 % -11.8 to 18.1; toe-
/// off +2.1, -8.1 to 12.2 there, 250 Hz): strike is the earlier of the vertical acceleration peaks
/// of heel and first metatarsal, toe-off the peak of the hallux's vertical jerk, in windows placed
/// by the gross movement of the foot. The windows were not read and are ours. MT1 where it was
/// recorded, else the toe, which also stands for the hallux. Filters (50 and 7 Hz) ours. On 14 RBDS
/// runners strikes are 5.3 (SD 4.7) ms late (the paper: 3.1, SD 7.6): its class; toe-offs 30 (SD
/// 11) ms early (the paper: +2.1, SD 5.2): not its class, for want of the paper's filter and
/// window.
struct AfterHandsaker2016 {
  double strike_cutoff_hz = 50.0;
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
