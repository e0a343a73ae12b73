// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/event_matching.hpp"

#include <algorithm>
#include <cmath>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"

namespace runmech {
namespace {

using Status = EventOutcome::Status;
using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// Pairs made and their total distance: more pairs are better, then less distance.
struct Cost {
  std::size_t pairs = 0;
  double distance = 0.0;

  [[nodiscard]] bool better_than(const Cost& other) const {
    return pairs != other.pairs ? pairs > other.pairs : distance < other.distance;
  }
  [[nodiscard]] bool same_as(const Cost& other) const {
    return !better_than(other) && !other.better_than(*this);
  }
};

void check(std::span<const double> times) {
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!std::isfinite(times[i]) || (i > 0 && times[i] < times[i - 1])) {
      throw InvalidArgument("match_times: times must be finite and sorted, but time " +
                            std::to_string(i) + " is not");
    }
  }
}

bool within(const std::vector<TimeSpan>& spans, double t) {
  return std::any_of(spans.begin(), spans.end(),
                     [t](const TimeSpan& s) { return t >= s.start_s && t <= s.end_s; });
}

std::vector<TimeSpan> judged(const GaitEvents& expected) {
  if (!expected.spans.empty() || expected.events.empty()) return expected.spans;
  const auto [first, last] = std::minmax_element(
      expected.events.begin(), expected.events.end(),
      [](const GaitEvent& a, const GaitEvent& b) { return a.time_s < b.time_s; });
  return {{first->time_s, last->time_s}};
}

/// The best pairs of two short sorted lists.
Pairs match_stretch(std::span<const double> a, std::span<const double> b, double window_s) {
  const std::size_t n = a.size(), m = b.size();
  // Of the tails a[i..], b[j..].
  std::vector<Cost> best((n + 1) * (m + 1));
  const auto at = [&](std::size_t i, std::size_t j) -> Cost& { return best[i * (m + 1) + j]; };
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = m; j-- > 0;) {
      Cost cost = at(i + 1, j);
      if (at(i, j + 1).better_than(cost)) cost = at(i, j + 1);
      if (const double distance = std::abs(a[i] - b[j]); distance <= window_s) {
        const Cost& rest = at(i + 1, j + 1);
        const Cost pair{rest.pairs + 1, rest.distance + distance};
        if (pair.better_than(cost)) cost = pair;
      }
      at(i, j) = cost;
    }
  }
  Pairs out;
  for (std::size_t i = 0, j = 0; i < n && j < m;) {
    if (at(i + 1, j).same_as(at(i, j))) {
      ++i;
    } else if (at(i, j + 1).same_as(at(i, j))) {
      ++j;
    } else {
      out.emplace_back(i++, j++);
    }
  }
  return out;
}

/// One type on one foot: matched, missed and extra.
void add_outcomes(const GaitEvents& expected, const GaitEvents& found, Side side, EventType type,
                  double window_s, std::vector<EventOutcome>& out) {
  const std::vector<double> a = expected.times(side, type);
  std::vector<const GaitEvent*> b;
  for (const GaitEvent& e : found.events) {
    if (e.side == side && e.type == type) b.push_back(&e);
  }
  std::sort(b.begin(), b.end(),
            [](const GaitEvent* x, const GaitEvent* y) { return x->time_s < y->time_s; });
  std::vector<double> times;
  for (const GaitEvent* e : b) times.push_back(e->time_s);
  std::vector<bool> used_a(a.size()), used_b(b.size());
  for (const auto& [i, j] : match_times(a, times, window_s)) {
    out.push_back({side, type, Status::matched, a[i], times[j], b[j]->sd_s});
    used_a[i] = used_b[j] = true;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!used_a[i]) out.push_back({side, type, Status::missed, a[i], EventOutcome::kNaN, 0.0});
  }
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (!used_b[j]) {
      out.push_back({side, type, Status::extra, EventOutcome::kNaN, times[j], b[j]->sd_s});
    }
  }
}

/// Joins what one foot misses with what the other one has too much.
void find_wrong_sides(std::vector<EventOutcome>& outcomes, double window_s) {
  for (const Side side : kSides) {
    for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
      std::vector<std::size_t> missed, extra;
      std::vector<double> missed_s, extra_s;
      for (std::size_t k = 0; k < outcomes.size(); ++k) {
        const EventOutcome& o = outcomes[k];
        if (o.type != type) continue;
        if (o.side == side && o.status == Status::missed) missed.push_back(k);
        if (o.side != side && o.status == Status::extra) extra.push_back(k);
      }
      const auto earlier = [&](std::size_t a, std::size_t b) {
        const auto time = [](const EventOutcome& o) {
          return o.status == Status::missed ? o.expected_s : o.found_s;
        };
        return time(outcomes[a]) < time(outcomes[b]);
      };
      std::sort(missed.begin(), missed.end(), earlier);
      std::sort(extra.begin(), extra.end(), earlier);
      for (const std::size_t k : missed) missed_s.push_back(outcomes[k].expected_s);
      for (const std::size_t k : extra) extra_s.push_back(outcomes[k].found_s);
      std::vector<std::size_t> gone;
      for (const auto& [i, j] : match_times(missed_s, extra_s, window_s)) {
        EventOutcome& o = outcomes[missed[i]];
        o.status = Status::wrong_side;
        o.found_s = extra_s[j];
        o.sd_s = outcomes[extra[j]].sd_s;
        gone.push_back(extra[j]);
      }
      std::sort(gone.rbegin(), gone.rend());
      for (const std::size_t k : gone) outcomes.erase(outcomes.begin() + std::ptrdiff_t(k));
    }
  }
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::matched:
      return "matched";
    case Status::missed:
      return "missed";
    case Status::extra:
      return "extra";
    case Status::wrong_side:
      return "wrong_side";
  }
  return "";
}

Pairs match_times(std::span<const double> a, std::span<const double> b, double window_s) {
  if (!(window_s > 0.0)) {
    throw InvalidArgument("window_s is " + printed("%.3g", window_s) + "; allowed: above 0");
  }
  check(a);
  check(b);
  // No pair reaches across a hole wider than the window: each stretch between holes by itself.
  Pairs out;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    std::size_t i_end = i, j_end = j;
    double last = std::min(a[i], b[j]);
    while (true) {
      const bool take_a = i_end < a.size() && a[i_end] - last <= window_s &&
                          (j_end >= b.size() || a[i_end] <= b[j_end]);
      const bool take_b = !take_a && j_end < b.size() && b[j_end] - last <= window_s;
      if (!take_a && !take_b) break;
      last = take_a ? a[i_end++] : b[j_end++];
    }
    for (const auto& [k, l] :
         match_stretch(a.subspan(i, i_end - i), b.subspan(j, j_end - j), window_s)) {
      out.emplace_back(i + k, j + l);
    }
    i = i_end;
    j = j_end;
  }
  return out;
}

std::vector<EventOutcome> match_events(const GaitEvents& expected, const GaitEvents& found,
                                       std::optional<TimeSpan> record,
                                       const MatchOptions& options) {
  if (!(options.edge_s >= 0.0)) {
    throw InvalidArgument("edge_s is " + printed("%.3g", options.edge_s) +
                          "; allowed: 0 and above");
  }
  std::vector<EventOutcome> out;
  for (const Side side : kSides) {
    for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
      add_outcomes(expected, found, side, type, options.window_s, out);
    }
  }
  find_wrong_sides(out, options.window_s);
  const std::vector<TimeSpan> spans = judged(expected);
  const auto inside_record = [&](double t) {
    return !record ||
           (t >= record->start_s + options.edge_s && t <= record->end_s - options.edge_s);
  };
  std::erase_if(out, [&](const EventOutcome& o) {
    if (o.status != Status::extra) return !inside_record(o.expected_s);
    return !inside_record(o.found_s) || !within(spans, o.found_s);
  });
  const auto time = [](const EventOutcome& o) {
    return std::isnan(o.expected_s) ? o.found_s : o.expected_s;
  };
  std::stable_sort(out.begin(), out.end(),
                   [&](const EventOutcome& a, const EventOutcome& b) { return time(a) < time(b); });
  return out;
}

}  // namespace runmech
