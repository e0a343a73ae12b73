// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"
#include "runmech/fit/motion.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech {

/// What the recording does not say, and what a stride must have to be used.
struct MetricOptions {
  double speed_m_s = 0.0;
  double leg_length_m = 0.0;
  double filter_harmonics = 0.0;
  int min_strides = 10;
  double max_interpolated = 0.2;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("speed_m_s", self.speed_m_s, "running speed, 0 = as the recording states or shows it");
    f("leg_length_m", self.leg_length_m,
      "hip centre to floor, 0 = from the standing trial or the leg points");
    f("filter_harmonics", self.filter_harmonics,
      "low-pass of the points, in multiples of the stride frequency; 0 = 11 for markers (15 Hz at "
      "82 "
      "strides/min), 7 for keypoints, none for points of a fit");
    f("min_strides", self.min_strides, "fewer strides a side than this is low_quality");
    f("max_interpolated", self.max_interpolated,
      "largest share of filled-in frames in a used stride");
  }
};

/// What a metric is: the documentation table is written from these.
struct MetricDefinition {
  std::string id;
  std::string name;  ///< for people
  std::string unit;  ///< s, m, deg, steps/min, 1
  Plane plane = Plane::sagittal;
  std::string definition;
  std::string source;
  std::string needs;       ///< what the recording must show
  double stride_sd = 0.0;  ///< typical SD between strides: the prior where few strides were seen
  double error_markers = 0.0;    ///< one SD of what does not average out over strides, markers
  double error_keypoints = 0.0;  ///< the same from keypoints in one camera
  std::string error_source;
};

/// All metrics, in the order of the table.
[[nodiscard]] std::vector<MetricDefinition> metric_definitions();

/// Every metric for every stride, side and as summary. Row sd is one SD of the stated value's
/// error, in two parts. Random: strides (1.5 spread / sqrt(n): they are not independent), what
/// scatters of the event times, and with `motion` samples of its posterior. Systematic: what all
/// events share, what definition and view leave unknown, speed and scale, and with `motion` what
/// skin, joints and landmarks do; docs/metrics.md lists the terms. A metric the view does not show
/// is not_observed. Throws NotAnalysable, with a sentence, for walking, no steps or too short a
/// recording; InvalidArgument for options out of range or signals of unequal length.
///
/// `motion`: the fit that the joints of `signals` come from.
[[nodiscard]] MetricTable metrics(const GaitSignals& signals, const GaitEvents& events,
                                  const MetricOptions& options = {},
                                  const Motion* motion = nullptr);

}  // namespace runmech
