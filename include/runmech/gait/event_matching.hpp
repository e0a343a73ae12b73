// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runmech/data/gait_events.hpp"

namespace runmech {

struct MatchOptions {
  double window_s = 0.05;
  double edge_s = 0.05;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("window_s", self.window_s, "events further apart are never matched, s");
    f("edge_s", self.edge_s, "expected events this close to an end of the record do not count, s");
  }
};

/// An expected event and what became of it, or an event that nobody expected.
struct EventOutcome {
  enum class Status : std::uint8_t {
    matched,
    missed,      ///< expected, not found
    extra,       ///< found, not expected
    wrong_side,  ///< expected, found on the other foot only
  };
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  Side side = Side::left;
  EventType type = EventType::foot_strike;
  Status status = Status::matched;
  double expected_s = kNaN;  ///< NaN for extra ones
  double found_s = kNaN;     ///< NaN for missed ones
  double sd_s = 0.0;         ///< stated by the detector, 0 = none

  [[nodiscard]] double error_s() const { return found_s - expected_s; }
};
[[nodiscard]] std::string_view to_string(EventOutcome::Status);

/// Pairs (index in a, index in b) of two sorted lists of times, one to one and in order: as many as
/// lie within `window_s` of each other, and among those ways the least total distance (dynamic
/// programming, exact). Throws InvalidArgument unless window_s > 0 and both lists are sorted.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> match_times(
    std::span<const double> a, std::span<const double> b, double window_s);

/// What a detector made of the expected events, per side and type by match_times, sorted by time.
/// Only what can be judged counts: expected events further than edge_s inside `record` (when
/// given); found ones without a partner only within the spans of `expected` (without spans, between
/// its first and last event). An event left over on one foot while the other one misses it within
/// the window is one `wrong_side`, neither missed nor extra. Nothing is matched by what the
/// detector did not state: no snapping to the nearest, no greedy order.
[[nodiscard]] std::vector<EventOutcome> match_events(const GaitEvents& expected,
                                                     const GaitEvents& found,
                                                     std::optional<TimeSpan> record = {},
                                                     const MatchOptions& options = {});

}  // namespace runmech
