// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "runmech/gait/gait_signals.hpp"

namespace runmech::detail {

/// A stretch of one rhythm: its own frames [from, to) and those that surround it, for filters and
/// for steps that it cuts.
struct SteadyPart {
  TimeSpan own;
  double stride_s = 0.0;
  Eigen::Index from = 0, to = 0;
};

/// The record cut where the stride time changes by more than a fifth and stays so: a walker who
/// begins to run. Empty where one rhythm holds throughout, which autocorrelation of the whole finds
/// best, and in rear and front views.
[[nodiscard]] std::vector<SteadyPart> steady_parts(const GaitSignals& signals);

/// The frames [from, to) of what steps are told from: points of the legs and the pelvis.
[[nodiscard]] GaitSignals frames_of(const GaitSignals& signals, Eigen::Index from, Eigen::Index to);

}  // namespace runmech::detail
