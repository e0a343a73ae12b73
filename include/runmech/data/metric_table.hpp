// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/recording.hpp"

namespace runmech {

enum class MetricStatus : std::uint8_t { ok, not_observed, low_quality, not_comparable };
[[nodiscard]] std::string_view to_string(MetricStatus);
[[nodiscard]] MetricStatus parse_metric_status(std::string_view);

/// One number: a metric of one side, for one stride or as the summary over strides.
struct MetricRow {
  static constexpr int kSummary = -1;

  std::string metric;  ///< id: cadence, contact_time, ...
  RowSide side = RowSide::both;
  int stride = kSummary;  ///< 0-based stride of that side, or kSummary
  double time_s = std::numeric_limits<double>::quiet_NaN();  ///< foot strike that opens the stride
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN unless status says there is one
  double sd = std::numeric_limits<double>::quiet_NaN();     ///< one SD of the stated value's error
  double spread = std::numeric_limits<double>::quiet_NaN();  ///< SD between strides (summary rows)
  int n = 0;                                                 ///< strides or steps behind the value
  std::string unit;                                          ///< s, m, deg, steps/min, 1
  MetricStatus status = MetricStatus::not_observed;
  std::string reason;  ///< for every status but ok; may qualify ok too
  /// The two parts of sd: sd^2 = sd_random^2 + sd_systematic^2. Random: what another recording with
  /// the same markers would change; shrinks with strides. Systematic: skin, joints, landmarks,
  /// view, the event rule; shrinks with nothing.
  double sd_random = std::numeric_limits<double>::quiet_NaN();
  double sd_systematic = std::numeric_limits<double>::quiet_NaN();
};

/// The conditions under which a table was measured: what comparisons and speed corrections need.
struct TrialContext {
  double speed_m_s = std::numeric_limits<double>::quiet_NaN();
  double speed_sd_m_s = std::numeric_limits<double>::quiet_NaN();
  std::string speed_source;  ///< "stated", "pelvis" (overground), "stance foot" (treadmill), ""
  Surface surface = Surface::unknown;
  View view = View::spatial;
  bool keypoints = false;  ///< from an image rather than from markers
  bool scale_assumed = false;
  std::string detector;
  std::string told_by;  ///< of the events, where the detector handed over to another rule
  double leg_length_m = std::numeric_limits<double>::quiet_NaN();
  int strides_found = 0;
  int strides_used = 0;
};

/// One row per metric x side x stride, then summary rows.
struct MetricTable {
  std::vector<MetricRow> rows;
  TrialContext context;
  std::vector<Note> notes;

  /// The summary row of a metric and side, or nullptr.
  [[nodiscard]] const MetricRow* summary(std::string_view metric, RowSide side) const;
};

}  // namespace runmech
