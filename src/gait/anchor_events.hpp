// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech::detail {

/// The events of FootAnchor from phases that were found already.
[[nodiscard]] GaitEvents anchor_events(const GaitSignals& signals, const GaitPhases& phases);

}  // namespace runmech::detail
