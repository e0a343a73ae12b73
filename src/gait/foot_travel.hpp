// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech::detail {

/// Whether the feet pass each other by half a leg, whatever the rhythm.
[[nodiscard]] bool feet_swing(const GaitSignals& signals);

/// The same across X, where X is not the direction of progression.
[[nodiscard]] bool feet_swing_aside(const GaitSignals& signals);

/// Why X cannot be the direction of progression, or empty. Needed on a belt, where nothing travels
/// through the recording: the foot that swings would be taken for the one that stands.
[[nodiscard]] std::string wrong_way(const GaitSignals& signals, const GaitPhases& phases);

/// Whether the standing foot moves forward under the body.
[[nodiscard]] bool runs_backward(const GaitPhases& phases);

/// Whether the feet are lifted as they go backward under the body and stand as they come forward:
/// so it is where someone runs backward on a belt, or a film is played backward.
[[nodiscard]] bool lifts_backward(const GaitSignals& signals, const GaitPhases& phases);

/// Whether the pelvis is not above the feet: up is another axis than Y.
[[nodiscard]] bool not_upright(const GaitSignals& signals);

}  // namespace runmech::detail
