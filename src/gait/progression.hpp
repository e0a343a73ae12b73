// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/gait_signals.hpp"

namespace runmech::detail {

/// The signals with X along the direction of progression: pelvis on the whole against the standing
/// forefoot. The forward axis of a recording is that of the laboratory or good to half a degree; an
/// event must not depend on which. The same to rounding whichever way the axes lay. Unchanged where
/// nothing shows a direction, or one more than kOblique away from X (out and back, a turn).
[[nodiscard]] GaitSignals along_progression(const GaitSignals& signals);

}  // namespace runmech::detail
