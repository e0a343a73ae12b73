// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Milner and Paquette 2015 (J Biomech 48:3502), running, every strike pattern: foot strike is when
/// the pelvis falls fastest, less 15 ms (3 frames of 200 Hz), the same for rear- and non-rearfoot
/// strikers. No toe-off. Low-pass 50 Hz and window ours.
///
/// Published: offset 15 ms, limits of agreement 35 ms; 27 ms (11 km/h) to 22 ms (15 km/h) in the
/// authors' follow-up of 2021. What remains of it here has three parts: the fall is fastest when
/// the force reaches body weight, 20 to 36 ms after 20 N and later the slower the run; the force of
/// RBDS is some 9 ms ahead of its markers when compared with other laboratories by this very cue;
/// and the pelvis is the middle of its markers, not a segment's centre. Strike patterns differ by
/// 10 ms here.
///
/// RBDS, strikes: +22.7 ms, SD 9.6, 1.2 % not within 50; constant +22.8 removed: RMSE 10.7.
/// - rear-, mid-, forefoot: +25.0, +16.1, +26.2; 2.5, 3.5, 4.5 m/s: +29.7, +22.7, +16.6.
struct MilnerPaquette2015 {
  double cutoff_hz = 50.0;
  double offset_s = 0.015;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
