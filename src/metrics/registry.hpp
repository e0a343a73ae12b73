// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "draws.hpp"
#include "runmech/metrics/metrics.hpp"
#include "trial.hpp"

// How one metric is written: an entry in the table of its family's file.
namespace runmech::metrics_detail {

/// A metric's value in one stride.
struct StrideValue {
  int stride = 0;
  double time_s = kNaN;
  double value = kNaN;
  double event_sd = 0.0;  ///< error from event times, in the metric's unit
  std::string doubt;      ///< empty, or why it does not enter the summary
};

/// A metric's values before they become rows.
struct Measurement {
  MetricStatus status = MetricStatus::ok;  ///< of every row; not_observed has no values
  std::string reason;
  Sided<std::vector<StrideValue>> strides;
  std::vector<StrideValue> both;  ///< used for the `both` summary where sides do not exist
  bool either_foot = false;       ///< the strides of one foot tell all of it
  bool harmonic = false;          ///< a rate: the mean is that of its reciprocal
  bool events_cancel =
      false;            ///< over both sides event errors cancel: what ends one step starts the next
  double error = kNaN;  ///< what does not average out, one SD; NaN = the definition's
};

struct Metric {
  MetricDefinition about;
  Measurement (*measure)(const Trial&);
};

[[nodiscard]] const std::vector<Metric>& spatiotemporal_metrics();
[[nodiscard]] const std::vector<Metric>& sagittal_metrics();
[[nodiscard]] const std::vector<Metric>& frontal_metrics();

[[nodiscard]] inline Measurement not_observed(std::string reason) {
  Measurement out;
  out.status = MetricStatus::not_observed;
  out.reason = std::move(reason);
  return out;
}

/// Of what takes both feet, where one was not recorded.
[[nodiscard]] inline Measurement needs_both_feet(Side unseen) {
  return not_observed("both feet are needed, but " + unseen_foot_sentence(unseen));
}

/// Rows of one metric: strides, then left, right, both.
void append_rows(const Metric& metric, const Measurement& measured, const Trial& trial,
                 const DrawSpreads& spreads, std::vector<MetricRow>& rows);

/// Rows of all metrics.
[[nodiscard]] std::vector<MetricRow> rows_of(const Trial& trial, const DrawSpreads& spreads);

/// What the definition leaves unknown in this trial, one SD.
[[nodiscard]] inline double definition_error(const MetricDefinition& about, const Trial& trial) {
  return trial.context.keypoints ? about.error_keypoints : about.error_markers;
}

}  // namespace runmech::metrics_detail
