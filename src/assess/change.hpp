// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "limits.hpp"
#include "runmech/assess/compare.hpp"

namespace runmech::assess_detail {

/// One summary row in two sessions, and what decides whether they compare.
struct Pair {
  const MetricRow& before;
  const MetricRow* after;
  const TrialContext& context_before;
  const TrialContext& context_after;
  const ReferenceBand* band;  ///< may be nullptr
  std::string obstacle;       ///< why nothing compares, or empty
  bool same_event_rule = true;
  bool handed_over = false;  ///< same detector, which in one session left events to another rule
};

[[nodiscard]] Change change_of(const Pair& pair, const ChangeLimits& limits);

/// Every test and limb that both sessions have.
[[nodiscard]] std::vector<Change> strength_changes(const StrengthProfile& before,
                                                   const StrengthProfile& after);

}  // namespace runmech::assess_detail
