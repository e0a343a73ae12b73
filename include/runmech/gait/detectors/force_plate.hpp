// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"
#include "runmech/gait/force_contacts.hpp"

namespace runmech {

/// The force plates of the recording as a detector: force_events on GaitSignals::plates, sides by
/// the foot points. Finds nothing, and says why, where there are no plates or no side can be told.
/// Not a rule about movement: what the others are compared with.
struct ForcePlateDetector {
  ForceEventOptions options{};

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
