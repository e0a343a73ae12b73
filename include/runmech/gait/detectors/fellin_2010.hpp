// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// What Fellin, Rose, Royer and Davis 2010 (J Sci Med Sport 13:646) recommend for running after
/// comparing five methods on 20 runners overground and 20 on a treadmill at 3.35 m/s: foot strike
/// where the heel is lowest (alton_1998), less its constant offset, here 23.5 ms, the middle of the
/// 22.4 to 24.6 ms they report; toe-off at the peak of knee extension (dingwell_2001). From the
/// abstract; filters and windows as there.
///
/// Published: the offset itself, and 4.9 and 5.2 ms absolute error of toe-off. The offset holds for
/// rearfoot strikers and fails for the others, in whom the heel is not what lands. Toe-off: see
/// dingwell_2001.
///
/// RBDS, strikes: +4.9 ms, SD 12.9, 2.8 % not within 50; constant +5.4 removed: RMSE 15.8.
/// - rear-, mid-, forefoot: -1.3, +15.5, +34.6; 2.5, 3.5, 4.5 m/s: +4.8, +4.9, +5.1.
/// RBDS, toe-offs: +6.6 ms, SD 12.7, 0.0 % not within 50; constant +10.0 removed: RMSE 13.4.
/// - rear-, mid-, forefoot: +5.6, +7.7, +11.1; 2.5, 3.5, 4.5 m/s: -4.4, +10.2, +13.0.
struct Fellin2010 {
  double offset_s = 0.0235;  ///< by which the lowest heel comes after the strike

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
