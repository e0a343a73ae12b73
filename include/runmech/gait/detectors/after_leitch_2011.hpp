// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// After Leitch, Stebbins, Paolini and Zavatsky 2011 (Gait & Posture 33:130), running, truth 10 N.
/// Strike of rearfoot strikers: peak of the heel's vertical acceleration while the heel is low; of
/// mid- and forefoot strikers: the fastest fall of the middle of heel and toe (the rule of
/// O'Connor). Toe-off of all: peak of the toe's vertical acceleration while the toe is low. From
/// the abstract: filters (50 and 7 Hz), "low" (a third of the height range), windows, and who is a
/// rearfoot striker (foot pitched up by more than 5 degrees against standing where heel or toe is
/// arrested) are ours. On 14 RBDS runners rearfoot strikes are 5 (SD 6) ms late; of the others most
/// are missed, for the reason told in oconnor_2007.
struct AfterLeitch2011 {
  double cutoff_hz = 50.0;
  double slow_cutoff_hz = 7.0;
  double low_share = 0.33;    ///< of the height range
  double rearfoot_deg = 5.0;  ///< foot pitch at contact above standing

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
