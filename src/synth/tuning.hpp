// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/synth/options.hpp"
#include "runner.hpp"

namespace runmech::synth {

/// The targets of the templates with the changes that the options ask for.
[[nodiscard]] Templates changed(Templates templates, const SyntheticOptions& options);

/// Controls with which a runner without variation meets the targets of `templates`: trunk lean,
/// knee lift, pelvic drop, overstride and shank angle. Throws NotAnalysable where no leg can.
[[nodiscard]] Controls tuned(const Skeleton& skeleton, const Templates& templates,
                             double speed_m_s);

}  // namespace runmech::synth
