// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech {

/// One stride: from a foot strike to the next of the same foot. NaN where an event was not found.
struct Stride {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Side side = Side::left;
  double foot_strike_s = kNaN;
  double toe_off_s = kNaN;
  double next_foot_strike_s = kNaN;
  double opposite_toe_off_s = kNaN;      ///< of the other foot, inside the stride
  double opposite_foot_strike_s = kNaN;  ///< of the other foot, inside the stride
  int span = 0;                          ///< index in GaitEvents::spans
  bool used = true;
  std::string reason;  ///< why not used

  [[nodiscard]] double duration_s() const { return next_foot_strike_s - foot_strike_s; }
  [[nodiscard]] double contact_s() const { return toe_off_s - foot_strike_s; }
};

struct StrideOptions {
  double max_missing = 0.2;
  double max_deviation = 3.0;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("max_missing", self.max_missing,
      "share of frames in which the pelvis or an otherwise observed point of the leg may be "
      "missing");
    f("max_deviation", self.max_deviation,
      "a stride whose duration is further from the median than this many robust standard "
      "deviations "
      "(at least 2 % of the median) is not used");
  }
};

/// The events of the steps that count: of a run those of running steps, without steps of walking
/// and steps without flight (grounded running); of another kind those of that kind. Steps of
/// unknown state, such as events set by hand, count inside a span, or where none are given. All
/// events where the kind is not known.
[[nodiscard]] GaitEvents steps_that_count(const GaitEvents& events);

/// The strides of both feet, of steps that count, sorted by foot strike. Only pairs of consecutive
/// strikes of one foot inside one span count as found; a pair further apart than 1.6 median strides
/// is no stride (an event between them is missing). A found stride is not used, with the reason,
/// when its toe-off or a step of the other foot is missing, its duration is an outlier, or more
/// than max_missing of its frames lack the pelvis or a point of its leg (only with `signals`).
/// Where the signals do not show the other foot at all (unseen_foot) and it has no events, its
/// steps are not asked for. One lost frame never costs a stride. Throws InvalidArgument for options
/// out of range.
[[nodiscard]] std::vector<Stride> strides(const GaitEvents& events,
                                          const GaitSignals* signals = nullptr,
                                          const StrideOptions& options = {});

[[nodiscard]] int used_count(const std::vector<Stride>& strides);

}  // namespace runmech
