// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace runmech {

/// Whether a finding holds; cannot_tell where the error bars or the recording do not decide.
enum class Outcome : std::uint8_t { absent, cannot_tell, present };
[[nodiscard]] std::string_view to_string(Outcome);
[[nodiscard]] Outcome parse_outcome(std::string_view);

/// The answer of one rule of assess/finding_rules.json. Never a diagnosis: see caution.
struct Finding {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::string
      id;  ///< trunk_lean_forward, low_knee_lift, pelvic_drop_one_side, overstride, hip_abductor
  std::string title;
  Outcome outcome = Outcome::cannot_tell;
  double probability =
      kNaN;            ///< that the finding holds, given the error bars; NaN = nothing to judge by
  std::string reason;  ///< one sentence: the numbers, or what is missing
  std::string side;    ///< left, right, both
  std::string metric;  ///< the metric or strength test that decided; band_* are its target band
  double value = kNaN;
  double sd = kNaN;
  std::string unit;
  double band_low = kNaN;  ///< NaN = open
  double band_high = kNaN;
  std::string evidence;    ///< A-D: that the finding matters
  std::string may_relate;  ///< what it may be related to
  std::string caution;     ///< what the evidence does not support
};

/// One thing to do.
struct PlanItem {
  std::string id;
  std::string kind;    ///< cue or strength
  std::string text;    ///< what to say or do
  std::string how;     ///< protocol
  std::string expect;  ///< published effect and time
  std::string caution;
  std::string evidence;             ///< A-D
  std::vector<std::string> covers;  ///< ids of present findings
};

/// The smallest set of advice that covers the present findings.
struct Plan {
  std::vector<PlanItem> items;         ///< cues first
  std::string text;                    ///< one or two sentences
  std::vector<std::string> uncovered;  ///< present findings that no cue of this plan addresses
};

/// Smallest set of candidates that covers the most of `wanted`, at most `largest` of them: exact,
/// by trying all sets in order of size. `covers[i]` lists what candidate i covers; of equally good
/// sets the one with the smaller sum of `cost`, then the earlier one. Returns indices, ascending.
/// Throws InvalidArgument for more than 20 candidates that cover something wanted.
[[nodiscard]] std::vector<int> smallest_cover(const std::vector<std::string>& wanted,
                                              const std::vector<std::vector<std::string>>& covers,
                                              const std::vector<double>& cost, int largest);

}  // namespace runmech
