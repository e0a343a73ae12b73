// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The foot velocity algorithm of O'Connor, Thorpe, O'Malley and Vaughan 2007 (Gait & Posture
/// 25:469), made for WALKING: on the middle of heel and toe, foot strike is the minimum of vertical
/// velocity where the heel is lower than 35 % of its height range, toe-off the maximum of vertical
/// velocity. Published code filters at 7 Hz and picks peaks at least 0.08 s (strike) and 0.8 s
/// (toe-off) apart. 0.8 s is longer than a running stride, so here each stride gives one (ours). In
/// running the foot falls fastest 165 ms before it lands, which the 35 % shut out; the minimum that
/// is meant is the small one at contact, and 7 Hz smooth it away in one strike of four. So strikes
/// are looked for at 20 Hz (ours).
///
/// Published: walking 16 +- 15 and 9 +- 15 ms; nothing for running but what after_leitch_2011 makes
/// of it.
///
/// RBDS, strikes: +1.7 ms, SD 10.2, 2.2 % not within 50; constant +1.5 removed: RMSE 13.0.
/// - rear-, mid-, forefoot: +6.4, -6.9, -9.4; 2.5, 3.5, 4.5 m/s: +5.0, +1.4, -1.1.
/// RBDS, toe-offs: 89 % more than 50 ms off; constant +78.5 removed: RMSE 21.3.
struct OConnor2007 {
  double strike_cutoff_hz = 20.0;
  double toe_off_cutoff_hz = 7.0;
  double heel_share = 0.35;  ///< of the heel's height range

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
