// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/event_scores.hpp"

#include <algorithm>
#include <cmath>

#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

using Status = EventOutcome::Status;
constexpr double kNaN = EventOutcome::kNaN;
// Longer than any contact, flight or step of running: what lies between was not recorded.
constexpr double kLongestContact_s = 0.6, kLongestFlight_s = 0.5, kLongestStep_s = 0.8;

double ratio(int part, int whole) {
  return whole > 0 ? static_cast<double>(part) / whole : kNaN;
}

}  // namespace

ErrorStatistics error_statistics(std::span<const double> errors) {
  ErrorStatistics out;
  std::vector<double> finite, size;
  double squares = 0.0;
  for (const double e : errors) {
    if (!std::isfinite(e)) continue;
    finite.push_back(e);
    size.push_back(std::abs(e));
    squares += e * e;
  }
  out.n = static_cast<int>(finite.size());
  out.bias = mean(finite);
  out.sd = standard_deviation(finite);
  out.rmse = out.n > 0 ? std::sqrt(squares / out.n) : kNaN;
  out.mae = mean(size);
  out.median = median(finite);
  out.mad = median_absolute_deviation(finite);
  out.loa_low = out.bias - 1.96 * out.sd;
  out.loa_high = out.bias + 1.96 * out.sd;
  out.p2_5 = quantile(finite, 0.025);
  out.p97_5 = quantile(finite, 0.975);
  out.abs_p95 = quantile(size, 0.95);
  out.abs_p99 = quantile(size, 0.99);
  out.abs_max = quantile(size, 1.0);
  return out;
}

double DetectionCounts::precision() const {
  return ratio(within, found);
}
double DetectionCounts::recall() const {
  return ratio(within, expected);
}
double DetectionCounts::f1() const {
  return ratio(2 * within, expected + found);
}

DetectionCounts count_detections(std::span<const EventOutcome> outcomes, EventType type,
                                 double tolerance_s) {
  DetectionCounts out;
  for (const EventOutcome& o : outcomes) {
    if (o.type != type) continue;
    out.expected += o.status != Status::extra;
    out.found += o.status != Status::missed;
    out.missed += o.status == Status::missed;
    out.extra += o.status == Status::extra;
    out.wrong_side += o.status == Status::wrong_side;
    out.within += o.status == Status::matched && std::abs(o.error_s()) <= tolerance_s;
  }
  return out;
}

std::string_view to_string(IntervalError::Kind kind) {
  switch (kind) {
    case IntervalError::Kind::contact:
      return "contact";
    case IntervalError::Kind::flight:
      return "flight";
    case IntervalError::Kind::step:
      return "step";
  }
  return "";
}

std::vector<IntervalError> interval_errors(std::span<const EventOutcome> outcomes) {
  std::vector<EventOutcome> expected;
  for (const EventOutcome& o : outcomes) {
    if (o.status != Status::extra) expected.push_back(o);
  }
  std::stable_sort(
      expected.begin(), expected.end(),
      [](const EventOutcome& a, const EventOutcome& b) { return a.expected_s < b.expected_s; });
  std::vector<IntervalError> out;
  const auto add = [&](IntervalError::Kind kind, std::size_t i, Side side, EventType type,
                       double longest_s) {
    for (std::size_t k = i + 1; k < expected.size(); ++k) {
      if (expected[k].expected_s - expected[i].expected_s > longest_s) return;
      if (expected[k].type != type || expected[k].side != side) continue;
      if (expected[k].status == Status::matched) {
        out.push_back({kind, expected[i].side, expected[i].expected_s,
                       expected[k].expected_s - expected[i].expected_s,
                       expected[k].found_s - expected[i].found_s});
      }
      return;
    }
  };
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const EventOutcome& o = expected[i];
    if (o.status != Status::matched) continue;
    if (o.type == EventType::foot_strike) {
      add(IntervalError::Kind::contact, i, o.side, EventType::toe_off, kLongestContact_s);
      add(IntervalError::Kind::step, i, opposite(o.side), EventType::foot_strike, kLongestStep_s);
    } else {
      add(IntervalError::Kind::flight, i, opposite(o.side), EventType::foot_strike,
          kLongestFlight_s);
    }
  }
  return out;
}

}  // namespace runmech
