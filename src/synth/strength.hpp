// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/data/strength_trials.hpp"
#include "runmech/synth/options.hpp"

namespace runmech::synth {

/// Four trials a side of hip abduction, extension and external rotation with a hand-held
/// dynamometer, kgf: the means of runners (RBDS, Fukuchi 2017) in percent of body mass, 3 % between
/// trials (our choice), the right abductors weaker by weak_hip_share.
[[nodiscard]] StrengthTrials strength_trials(const SyntheticOptions& options);

}  // namespace runmech::synth
