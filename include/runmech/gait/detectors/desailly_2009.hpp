// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The high-pass algorithm of Desailly, Daniel, Sardain and Lacouture 2009 (Gait & Posture 29:76),
/// made for WALKING: forward coordinate of heel and toe, low-passed at 7 Hz, then high-passed at
/// 0.5 (strike) and 1.1 (toe-off) times the stride frequency; strike is the maximum of the heel's,
/// toe-off the minimum of the toe's. The cut-offs are from secondary sources; published code uses a
/// fixed 0.5 Hz. The high-pass is what the zero-lag low-pass leaves, which is the zero-lag
/// Butterworth high-pass of the same order. In running it says when the foot turns round, like
/// zeni_2008: strikes 24 ms early, toe-offs some 105 ms late. Windows: ours.
struct Desailly2009 {
  double cutoff_hz = 7.0;
  double strike_strides = 0.5;  ///< high-pass cut-off per stride frequency
  double toe_off_strides = 1.1;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
