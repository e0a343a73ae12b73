// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "registry.hpp"

// What the families share: one value per contact, by side.
namespace runmech::metrics_detail {

using SidedStrides = Sided<std::vector<StrideValue>>;

inline constexpr const char* kScaleAssumed =
    "the scale of the picture is assumed: lengths are good to 15 %";

/// What one contact gives.
struct ContactValue {
  double value = kNaN;        ///< in the metric's unit; NaN = not seen in this stride
  double event_sd = 0.0;      ///< error from event times
  double interpolated = 0.0;  ///< share of filled-in frames behind it
};

/// A row for each contact for which `formula` returns a ContactValue; none where it returns
/// nothing. A value from too many filled-in frames is doubted.
template <class F>
[[nodiscard]] SidedStrides per_contact(const Trial& trial, F&& formula) {
  SidedStrides out;
  for (const Side side : kSides) {
    for (const Contact& c : trial.contacts[side]) {
      const std::optional<ContactValue> got = formula(c);
      if (!got) continue;
      const bool doubted = got->interpolated > trial.options.max_interpolated;
      out[side].push_back({c.index, c.strike.time_s, got->value, got->event_sd,
                           c.doubt.empty() && doubted ? "too many filled-in frames" : c.doubt});
    }
  }
  return out;
}

/// Values of both sides, those that are NaN left out; `doubted` says whether doubted ones count.
[[nodiscard]] inline std::vector<double> values_of(const SidedStrides& strides, bool doubted) {
  std::vector<double> out;
  for (const Side side : kSides) {
    for (const StrideValue& s : strides[side]) {
      if (!std::isnan(s.value) && (doubted || s.doubt.empty())) out.push_back(s.value);
    }
  }
  return out;
}

/// Where a sanity check of the view failed, no value of it is of full quality.
inline void doubt_tracking(Measurement& out, const std::string& problem) {
  if (problem.empty()) return;
  out.status = MetricStatus::low_quality;
  out.reason = "tracking problem: " + problem;
}

}  // namespace runmech::metrics_detail
