// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <map>
#include <string>

#include "runmech/data/metric_table.hpp"

namespace runmech::assess_detail {

/// What assess/change_limits.json says of one metric.
struct ChangeLimit {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::map<std::string, double> mdc95;  ///< by kind of source: force, markers, keypoints
  double swc = kNaN;                    ///< smallest change worth having
  bool timing = false;                  ///< depends on the event detector
  std::string source;

  /// For the kind of source a table came from; NaN where it is not known.
  [[nodiscard]] double mdc_for(const TrialContext& context) const;
};

struct ChangeLimits {
  std::map<std::string, ChangeLimit> metrics;
  double inflation = 1.5;
  double speed_limit_m_s = 0.30;
  double speed_limit_share = 0.08;
  double false_discovery_rate = 0.10;
};

[[nodiscard]] ChangeLimits change_limits(const std::string& path);

}  // namespace runmech::assess_detail
