// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "runmech/assess/findings.hpp"

namespace runmech::assess_detail {

/// At most max_cues cues and the strengthening that fits: the smallest sets of assess/plan.json
/// that cover the present findings.
[[nodiscard]] Plan plan_for(const std::vector<Finding>& findings, int max_cues,
                            const std::string& path);

}  // namespace runmech::assess_detail
