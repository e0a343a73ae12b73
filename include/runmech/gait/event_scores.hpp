// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <span>
#include <vector>

#include "runmech/gait/event_matching.hpp"

namespace runmech {

/// Distribution of errors (estimate - truth; + = late), in the unit given; NaN where n is too
/// small.
struct ErrorStatistics {
  int n = 0;
  double bias = 0.0;  ///< mean
  double sd = 0.0;    ///< n - 1
  double rmse = 0.0;  ///< root mean square
  double mae = 0.0;   ///< mean of |error|
  double median = 0.0;
  double mad = 0.0;       ///< median of |error - median|, unscaled
  double loa_low = 0.0;   ///< bias - 1.96 sd: limits of agreement (Bland and Altman 1986)
  double loa_high = 0.0;  ///< bias + 1.96 sd
  double p2_5 = 0.0;      ///< percentiles of the error: limits without a normal distribution
  double p97_5 = 0.0;
  double abs_p95 = 0.0;  ///< percentiles of |error|
  double abs_p99 = 0.0;
  double abs_max = 0.0;
};
[[nodiscard]] ErrorStatistics error_statistics(std::span<const double> errors);

/// How many were found: a match counts as found when it is no further off than the tolerance.
struct DetectionCounts {
  int expected = 0;
  int found = 0;  ///< matched, extra and wrong-side ones
  int within = 0;
  int missed = 0;
  int extra = 0;
  int wrong_side = 0;
  [[nodiscard]] double precision() const;  ///< NaN where nothing was found
  [[nodiscard]] double recall() const;     ///< NaN where nothing was expected
  [[nodiscard]] double f1() const;         ///< NaN where there was nothing at all
};
[[nodiscard]] DetectionCounts count_detections(std::span<const EventOutcome> outcomes,
                                               EventType type, double tolerance_s);

/// Error of a time between two events, both of them matched. The errors of its ends add up or
/// cancel, so these are counted, not derived.
struct IntervalError {
  enum class Kind : std::uint8_t { contact, flight, step };
  Kind kind = Kind::contact;
  Side side = Side::left;  ///< of the first event
  double start_s = 0.0;    ///< expected
  double expected_s = 0.0;
  double found_s = 0.0;
  [[nodiscard]] double error_s() const { return found_s - expected_s; }
};
[[nodiscard]] std::string_view to_string(IntervalError::Kind);

/// Contact (strike to toe-off of one foot), flight (toe-off to the next strike of the other foot)
/// and step (strike to strike of the other foot) between neighbouring expected events.
[[nodiscard]] std::vector<IntervalError> interval_errors(std::span<const EventOutcome> outcomes);

}  // namespace runmech
