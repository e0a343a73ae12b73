// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// Milner and Paquette 2015 (J Biomech 48:3502), running, every strike pattern: foot strike is when
/// the pelvis falls fastest, less 15 ms (3 frames of 200 Hz), the same for rear- and non-rearfoot
/// strikers; random error 7 frames. No toe-off. Low-pass 50 Hz and window ours. The true offset
/// falls with speed (27 ms at 11 km/h to 22 ms at 15 km/h in the authors' follow-up of 2021),
/// because the fall is fastest when the force reaches body weight: on 14 RBDS runners strikes are
/// still 23 (SD 10) ms late.
struct MilnerPaquette2015 {
  double cutoff_hz = 50.0;
  double offset_s = 0.015;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
