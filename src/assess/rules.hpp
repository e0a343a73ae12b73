// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "limits.hpp"
#include "runmech/assess/assess.hpp"

namespace runmech::assess_detail {

struct Condition {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::string kind;  ///< level, other_side, weak, asymmetric
  std::string metric;
  std::string
      raw_metric;  ///< other_side: used where the metric is not corrected by a standing trial
  std::string test;
  std::string side;  ///< both, or empty = the rule's side
  double above = kNaN, below = kNaN, above_z = kNaN, below_z = kNaN;
};

struct Rule {
  Finding about;  ///< id, title, evidence, texts
  double certainty = 0.8;
  bool each_side = false;
  bool all = true;  ///< all conditions, else any
  std::vector<Condition> conditions;
};

struct Rules {
  std::vector<Rule> rules;
  double stride_share = 0.7;
  double speed_low_m_s = 2.0;
  double speed_high_m_s = 5.0;
};
[[nodiscard]] Rules finding_rules(const std::string& path);

/// What rules are judged by.
struct Evidence {
  const MetricTable& table;
  const StrengthProfile* strength;
  const std::vector<ReferenceBand>& bands;
  const ChangeLimits& limits;
  const Rules& rules;
};

/// The answer of one rule; `certainty` replaces the rule's own where it is above 0.
[[nodiscard]] Finding judge(const Rule& rule, const Evidence& evidence, double certainty);

}  // namespace runmech::assess_detail
