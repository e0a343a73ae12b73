// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Alton, Baldey, Caplan and Morrissey 1998 (Clin Biomech 13:434), as Fellin et al. 2010 used it on
/// running: foot strike where the heel is lowest. Low-pass 7 Hz and windows are ours. Its toe-off
/// was not read and is not given.
///
/// Published (Fellin): 22 to 25 ms absolute error at 3.35 m/s, a constant to be subtracted
/// (fellin_2010). The constant is as published for rearfoot strikers, of whom hardly any is missed;
/// the heel of the others comes down later, of most forefoot strikers more than 50 ms later.
///
/// RBDS, strikes: +25.8 ms, SD 9.0, 10.1 % not within 50; constant +28.9 removed: RMSE 15.8.
/// - rear-, mid-, forefoot: +22.2, +35.6, +40.0; 2.5, 3.5, 4.5 m/s: +23.4, +25.7, +27.5.
struct Alton1998 {
  double cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
