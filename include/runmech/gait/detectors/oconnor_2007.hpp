// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The foot velocity algorithm of O'Connor, Thorpe, O'Malley and Vaughan 2007 (Gait & Posture
/// 25:469), made for WALKING: on the middle of heel and toe, foot strike is the minimum of vertical
/// velocity where the heel is lower than 35 % of its height range, toe-off the maximum of vertical
/// velocity. Low-pass 7 Hz, zero lag. Published code picks peaks at least 0.08 s (strike) and 0.8 s
/// (toe-off) apart; 0.8 s is longer than a running stride, so here each stride gives one (ours). In
/// running the foot falls fastest 165 ms before it lands, with the heel at 55 to 60 % of its range:
/// the 35 % shut that out, and three of four strikes have a second, small minimum near contact
/// (bias -2, SD 10 ms on 14 RBDS runners), the fourth has none and is missed. Toe-offs come some 80
/// ms late.
struct OConnor2007 {
  double cutoff_hz = 7.0;
  double heel_share = 0.35;  ///< of the heel's height range

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
