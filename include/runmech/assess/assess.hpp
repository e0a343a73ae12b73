// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "runmech/assess/bands.hpp"
#include "runmech/assess/findings.hpp"
#include "runmech/data/metric_table.hpp"
#include "runmech/strength/profile.hpp"

namespace runmech {

/// How sure a finding must be, how large a plan may be, and data files in place of the embedded
/// ones.
struct AssessOptions {
  double certainty = 0.0;
  int max_cues = 2;
  std::string bands_path;
  std::string rules_path;
  std::string limits_path;
  std::string plan_path;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("certainty", self.certainty,
      "probability from which a finding is present (and below one minus which it is absent), 0 = "
      "as each "
      "rule says; else 0.5 to 0.999");
    f("max_cues", self.max_cues, "most running cues in the plan, 0 to 5");
    f("bands_path", self.bands_path, "file in place of assess/reference_bands.json");
    f("rules_path", self.rules_path, "file in place of assess/finding_rules.json");
    f("limits_path", self.limits_path, "file in place of assess/change_limits.json");
    f("plan_path", self.plan_path, "file in place of assess/plan.json");
  }
};

/// What a session says about a runner, and what it was read from.
struct Assessment {
  MetricTable table;                  ///< what was judged
  StrengthProfile strength;           ///< the same; empty where nothing was tested
  std::vector<Finding> findings;      ///< one per rule, in the order of the rules
  std::vector<BandReading> readings;  ///< every summary value that has a band
  Plan plan;
  double expected_by_chance = 0.0;  ///< graded readings outside green to expect in a healthy runner
  std::vector<Note> notes;
};

/// Findings, traffic lights and plan from a metric table and, where there is one, a strength
/// profile. A finding is present only where the value lies outside its band with the needed
/// probability given its error bar, on at least 70 % of the strides, between 2 and 5 m/s; else
/// absent or cannot_tell with the reason. Throws InvalidArgument for options out of range, IoError
/// for a data file that is not so.
[[nodiscard]] Assessment assess(const MetricTable& table, const StrengthProfile* strength = nullptr,
                                const AssessOptions& options = {});

}  // namespace runmech
