// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech::detail {

/// recognise_gait for phases that are already there.
[[nodiscard]] GaitRecognition recognise(const GaitSignals& signals, const GaitPhases& phases);

}  // namespace runmech::detail
