// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// What Fellin, Rose, Royer and Davis 2010 (J Sci Med Sport 13:646) recommend for running after
/// comparing five methods on 20 runners overground and 20 on a treadmill at 3.35 m/s: foot strike
/// where the heel is lowest (alton_1998), less its constant offset, here 23.5 ms, the middle of the
/// 22.4 to 24.6 ms they report; toe-off at the peak of knee extension (dingwell_2001; 4.9 and 5.2
/// ms absolute error there). From the abstract; filters and windows as there. The offset is that of
/// rearfoot strikers.
struct Fellin2010 {
  double offset_s = 0.0235;  ///< by which the lowest heel comes after the strike

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
