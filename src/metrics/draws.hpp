// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runmech/fit/motion.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {

/// How far what a fit does not know moves a metric, one SD, in its unit.
struct DrawSpread {
  double stride = kNaN;      ///< chance, the value of one stride
  double summary = kNaN;     ///< chance, the summary of n strides
  double systematic = kNaN;  ///< skin, joints and landmarks
  int n = 0;
};
using DrawSpreads = std::map<std::pair<std::string, RowSide>, DrawSpread>;

/// Share of an event's SD that all strides have in common, so that no mean removes it: 8.3 and 6.3
/// ms of error of one contact time against 5.7 and 5.3 ms of a trial mean (validity, header
/// and 2.1). The rest scatters from stride to stride.
inline constexpr double kSharedEventShare = 0.75;

/// The metrics of samples of a motion, through the same code: random ones with the part of the
/// events' errors that scatters, systematic ones. On some strides in the middle of the trial, which
/// tell as much as all. `signals` come from the motion. Empty where the motion has no posterior.
[[nodiscard]] DrawSpreads draw_spreads(const GaitSignals& signals, const GaitEvents& events,
                                       const MetricOptions& options, const Motion& motion);

}  // namespace runmech::metrics_detail
