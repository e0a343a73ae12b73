// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Smith, Preece, Mason and Bramah 2015 (Gait & Posture 41:39), running at 5.6 m/s overground
/// with every strike pattern (strike +1.2 +- 17.1 ms, contact +3.5 +- 18.2 ms there): strike is the
/// greater of the vertical acceleration peaks of heel and toe, toe-off the peak of the toe's
/// vertical acceleration. Rule from memory, filters (30 and 7 Hz) and windows ours. On 14 RBDS
/// runners strikes are 24 (SD 10) ms late, where the paper has +1 (SD 17): the greater peak is
/// often the second. Toe-off as after_de_witt_2010.
struct AfterSmith2015 {
  double strike_cutoff_hz = 30.0;
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
