// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Alton, Baldey, Caplan and Morrissey 1998 (Clin Biomech 13:434), as Fellin et al. 2010 used it on
/// running: foot strike where the heel is lowest. Low-pass 7 Hz and windows are ours. Its toe-off
/// was not read and is not given. Fellin: 22 to 25 ms absolute error at 3.35 m/s, a constant to be
/// subtracted (see fellin_2010). On 14 RBDS runners one in ten is off by more than 50 ms, the
/// others +26 (SD 9) ms: as Fellin found. Fails for forefoot strikers, whose heel comes down late.
struct Alton1998 {
  double cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
