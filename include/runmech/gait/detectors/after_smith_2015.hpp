// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Smith, Preece, Mason and Bramah 2015 (Gait & Posture 41:39), running at 5.6 m/s overground
/// with every strike pattern: strike is the highest vertical acceleration peak of heel or toe that
/// ends a fall, whichever comes first; toe-off the peak of the toe's vertical acceleration. Rule
/// from memory; filters (50 and 7 Hz), windows, what a fall is (downward 0.03 strides before) and
/// "first" ours: with the greater peak in its place strikes come 24 ms late.
///
/// Published: strike +1.2 +- 17.1 ms, contact +3.5 +- 18.2 ms. Strikes scatter less here, and
/// come later at these lower speeds. Toe-off is that of after_de_witt_2010.
///
/// RBDS, strikes: +4.7 ms, SD 3.1, 0.1 % not within 50; constant +4.6 removed: RMSE 3.5.
/// - rear-, mid-, forefoot: +4.1, +5.4, +7.0; 2.5, 3.5, 4.5 m/s: +4.4, +4.6, +4.9.
/// RBDS, toe-offs: +3.8 ms, SD 14.8, 0.3 % not within 50; constant +5.1 removed: RMSE 15.3.
/// - rear-, mid-, forefoot: +5.5, +2.2, -6.8; 2.5, 3.5, 4.5 m/s: -1.7, +5.4, +7.1.
struct AfterSmith2015 {
  double strike_cutoff_hz = 50.0;
  double before_strides = 0.03;  ///< then it still falls
  double toe_off_cutoff_hz = 7.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
