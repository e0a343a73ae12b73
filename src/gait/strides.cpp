// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/strides.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

// Quantised times may agree exactly: a robust SD of zero would throw every other stride out.
constexpr double kLeastDeviation = 0.02;  // of the median, our choice
constexpr double kLongestStride = 1.6;    // medians, our choice: below two strides, above any limp

/// The span that holds both times, or -1. Without spans everything is one.
int span_of(const std::vector<TimeSpan>& spans, double from_s, double to_s) {
  if (spans.empty()) return 0;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const double slack = 1e-3;  // events at the very ends of a span
    if (from_s >= spans[i].start_s - slack && to_s <= spans[i].end_s + slack) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

/// The only time strictly inside (from, to); NaN when there is none, or several.
double only_inside(const std::vector<double>& times, double from_s, double to_s) {
  const auto first = std::upper_bound(times.begin(), times.end(), from_s);
  if (first == times.end() || *first >= to_s) return Stride::kNaN;
  if (first + 1 != times.end() && *(first + 1) < to_s) return Stride::kNaN;
  return *first;
}

double missing_share(const GaitSignals& signals, const Stride& stride) {
  const auto& t = signals.time_s;
  const auto from = std::lower_bound(t.begin(), t.end(), stride.foot_strike_s) - t.begin();
  const auto to = std::upper_bound(t.begin(), t.end(), stride.next_foot_strike_s) - t.begin();
  if (to <= from) return 0.0;
  const LegSignals& leg = signals.leg[stride.side];
  double worst = 0.0;
  for (const Points* points :
       {&signals.pelvis, &leg.hip, &leg.knee, &leg.ankle, &leg.heel, &leg.toe}) {
    // A point that is never seen is "not observed", not a gap.
    if (points->rows() != signals.n_frames() || !points->array().isFinite().any()) continue;
    Eigen::Index missing = 0;
    for (auto i = from; i < to; ++i) missing += points->row(i).array().isNaN().any() ? 1 : 0;
    worst = std::max(worst, static_cast<double>(missing) / static_cast<double>(to - from));
  }
  return worst;
}

std::string percent(double share) {
  return printed("%.0f %%", 100.0 * share);
}

}  // namespace

GaitEvents steps_that_count(const GaitEvents& events) {
  const StepState wanted = events.kind == GaitKind::running    ? StepState::running
                           : events.kind == GaitKind::grounded ? StepState::grounded
                           : events.kind == GaitKind::walking  ? StepState::walking
                                                               : StepState::unknown;
  GaitEvents out = events;
  if (wanted == StepState::unknown) return out;
  std::erase_if(out.events, [&](const GaitEvent& e) {
    if (e.state == StepState::unknown) return span_of(events.spans, e.time_s, e.time_s) < 0;
    return e.state != wanted;
  });
  return out;
}

std::vector<Stride> strides(const GaitEvents& all, const GaitSignals* signals,
                            const StrideOptions& options) {
  const GaitEvents events = steps_that_count(all);
  if (!(options.max_missing >= 0.0 && options.max_missing <= 1.0)) {
    throw InvalidArgument("max_missing is " + printed(options.max_missing) + "; allowed: 0 to 1");
  }
  if (!(options.max_deviation > 0.0)) {
    throw InvalidArgument("max_deviation is " + printed(options.max_deviation) +
                          "; allowed: above 0");
  }
  std::vector<Stride> out;
  std::vector<double> durations;
  for (const Side side : kSides) {
    const std::vector<double> strikes = events.times(side, EventType::foot_strike);
    for (std::size_t i = 0; i + 1 < strikes.size(); ++i) {
      Stride s;
      s.side = side;
      s.foot_strike_s = strikes[i];
      s.next_foot_strike_s = strikes[i + 1];
      s.span = span_of(events.spans, s.foot_strike_s, s.next_foot_strike_s);
      if (s.span < 0) continue;  // standing or a stop lies between the two
      durations.push_back(s.duration_s());
      out.push_back(std::move(s));
    }
  }
  const double typical = median(durations);
  std::erase_if(out, [&](const Stride& s) { return s.duration_s() > kLongestStride * typical; });
  const double limit =
      std::max(options.max_deviation * robust_sd(durations), kLeastDeviation * typical);

  const Sided<std::vector<double>> off{events.times(Side::left, EventType::toe_off),
                                       events.times(Side::right, EventType::toe_off)};
  const Sided<std::vector<double>> strike{events.times(Side::left, EventType::foot_strike),
                                          events.times(Side::right, EventType::foot_strike)};
  // A foot that was never recorded has no steps that could be missing.
  Sided<bool> alone{false, false};
  if (signals != nullptr) {
    if (const std::optional<Side> unseen = unseen_foot(*signals)) {
      alone[opposite(*unseen)] = strike[*unseen].empty() && off[*unseen].empty();
    }
  }
  for (Stride& s : out) {
    s.toe_off_s = only_inside(off[s.side], s.foot_strike_s, s.next_foot_strike_s);
    s.opposite_toe_off_s =
        only_inside(off[opposite(s.side)], s.foot_strike_s, s.next_foot_strike_s);
    s.opposite_foot_strike_s =
        only_inside(strike[opposite(s.side)], s.foot_strike_s, s.next_foot_strike_s);
    const auto reject = [&s](std::string why) {
      s.used = false;
      s.reason += (s.reason.empty() ? "" : "; ") + why;
    };
    if (std::isnan(s.toe_off_s)) reject("no single toe-off inside the stride");
    if (std::isnan(s.opposite_foot_strike_s) && !alone[s.side]) {
      reject("no single strike of the other foot inside");
    }
    if (std::abs(s.duration_s() - typical) > limit) {
      reject("stride time is " + percent(s.duration_s() / typical) + " of the median");
    }
    if (signals != nullptr) {
      const double missing = missing_share(*signals, s);
      if (missing > options.max_missing) reject(percent(missing) + " of the frames lack a point");
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Stride& a, const Stride& b) { return a.foot_strike_s < b.foot_strike_s; });
  return out;
}

int used_count(const std::vector<Stride>& strides) {
  return static_cast<int>(
      std::count_if(strides.begin(), strides.end(), [](const Stride& s) { return s.used; }));
}

}  // namespace runmech
