// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/phases.hpp"

namespace runmech::detail {

/// Steps that a stretch of another state has at least: fewer are taken for errors. Our choice.
inline constexpr std::size_t kLeastSteps = 3;

/// What a stretch of steps shows: medians. NaN = not seen.
struct StepSigns {
  double duty = FootSwing::kNaN;   ///< contact / stride time
  double rise = FootSwing::kNaN;   ///< pelvis, feet apart minus side by side, share of the leg
  double other = FootSwing::kNaN;  ///< FootSwing::other_foot
};
[[nodiscard]] StepSigns signs_of(const GaitPhases& phases, int span);

/// Cuts spans where running, grounded running and walking follow each other and gives every step
/// the state of its stretch. `one_foot`: the other foot was not recorded; then only a bouncing body
/// runs.
void find_states(GaitPhases& phases, bool one_foot);

/// The state of a step in a record of that kind: unknown where the kind is not clear, and for
/// running that was too little to make it one of running.
[[nodiscard]] StepState state_in(const FootSwing& step, GaitKind kind);

/// Whether the events of a step are told: all but those of steps of unknown state in a record that
/// shows what it is.
[[nodiscard]] bool told(const FootSwing& step, GaitKind kind);

/// Gives each event that has none the state of the step of its foot that it is nearest to.
void set_states(const GaitPhases& phases, GaitEvents& events);

/// "4 steps of walking, 1 step of unclear kind": those that are not of that kind; else empty.
[[nodiscard]] std::string other_steps(const GaitPhases& phases, GaitKind kind);

}  // namespace runmech::detail
