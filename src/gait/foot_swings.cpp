// SPDX-License-Identifier: BSD-3-Clause
#include "foot_swings.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "runmech/signal/extrema.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

// Shares of the stride time, of the foot's range, of a step's reach; our choice, from RBDS.
constexpr double kMinDistance = 0.6;     // between two forward (rearward) extremes of one foot
constexpr double kMinProminence = 0.15;  // of the foot's range
constexpr double kMinSwing = 0.5;        // of the median swing: smaller ones are no steps
constexpr double kStanceShare = 0.45;    // most forward to most rearward foot, where none is whole
constexpr double kMaxStepGap = 0.8;      // strides between steps of one span
constexpr double kMaxStrideGap = 1.6;    // the same where one foot alone is seen
constexpr double kAtTurn = 0.05;         // of a step's reach: this near to a turn the foot is there
constexpr double kLongTurn = 0.15;       // strides; a running foot turns in half of this

std::span<const double> as_span(const Eigen::VectorXd& x) {
  return {x.data(), static_cast<std::size_t>(x.size())};
}

/// Forward and rearward extremes of one foot in alternation, as steps.
std::vector<FootSwing> repeated_swings(const FootChannels& foot, const PhaseChannels& c,
                                       Side side) {
  const double range =
      quantile(as_span(foot.forward), 0.98) - quantile(as_span(foot.forward), 0.02);
  const ExtremumLimits limits{.min_distance_s = kMinDistance * c.stride_time_s,
                              .min_prominence = kMinProminence * range};
  struct Turn {
    double time_s, value;
    bool forward;
  };
  std::vector<Turn> turns;
  for (const auto& e : local_maxima(foot.forward, c.time_s, limits))
    turns.push_back({e.time_s, e.value, true});
  for (const auto& e : local_minima(foot.forward, c.time_s, limits))
    turns.push_back({e.time_s, e.value, false});
  std::sort(turns.begin(), turns.end(),
            [](const Turn& a, const Turn& b) { return a.time_s < b.time_s; });
  // Two of a kind in a row: the more extreme one is the turn.
  std::vector<Turn> alternate;
  for (const Turn& turn : turns) {
    if (!alternate.empty() && alternate.back().forward == turn.forward &&
        turn.time_s - alternate.back().time_s < 1.5 * c.stride_time_s) {
      if ((turn.value > alternate.back().value) == turn.forward) alternate.back() = turn;
    } else {
      alternate.push_back(turn);
    }
  }
  std::vector<double> swing;
  for (std::size_t i = 0; i + 1 < alternate.size(); ++i) {
    swing.push_back(std::abs(alternate[i].value - alternate[i + 1].value));
  }
  const double typical = median(swing);
  std::vector<FootSwing> out;
  for (std::size_t i = 0; i < alternate.size(); ++i) {
    const bool next = i + 1 < alternate.size() &&
                      alternate[i + 1].time_s - alternate[i].time_s < 0.9 * c.stride_time_s;
    if (next && swing[i] < kMinSwing * typical) continue;
    FootSwing step;
    step.side = side;
    if (alternate[i].forward) {
      step.forward_s = alternate[i].time_s;
      if (next) step.rearward_s = alternate[i + 1].time_s;
    } else {
      // A rearward turn belongs to the forward one before it; without one the record begins in
      // stance.
      const bool claimed = i > 0 && alternate[i - 1].forward &&
                           alternate[i].time_s - alternate[i - 1].time_s < 0.9 * c.stride_time_s;
      if (claimed) continue;
      step.rearward_s = alternate[i].time_s;
    }
    out.push_back(step);
  }
  // The missing half of a step at an end of the record: the median interval.
  std::vector<double> intervals;
  for (const auto& s : out) intervals.push_back(s.rearward_s - s.forward_s);
  double interval = median(intervals);
  if (std::isnan(interval)) interval = kStanceShare * c.stride_time_s;
  for (FootSwing& s : out) {
    if (std::isnan(s.forward_s)) s.forward_s = s.rearward_s - interval;
    if (std::isnan(s.rearward_s)) s.rearward_s = s.forward_s + interval;
  }
  std::erase_if(out, [](const FootSwing& s) { return std::isnan(s.forward_s + s.rearward_s); });
  return out;
}

/// The same where nothing repeats: one foot passes below the body once, if at all, and a turn close
/// to an end of the record does not stand out of it. So the ends count as turns; a step that
/// they cut is taken to last as long as usual.
std::vector<FootSwing> single_swings(const FootChannels& foot, const PhaseChannels& c, Side side) {
  const Eigen::VectorXd& x = foot.forward;
  std::vector<FootSwing> out;
  Eigen::Index high = -1, low = -1;    // of the stretch under way
  Eigen::Index first = -1, last = -1;  // seen
  double most = -std::numeric_limits<double>::infinity(), least = -most;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) continue;
    if (first < 0) first = i;
    last = i;
    most = std::max(most, x[i]);
    least = std::min(least, x[i]);
  }
  const double range = most - least;
  if (!(range > 0.0)) return out;
  const auto close = [&] {
    if (high >= 0 && low > high && x[high] - x[low] > kMinSwing * range) {
      FootSwing step;
      step.side = side;
      step.forward_s = c.time_s[static_cast<std::size_t>(high)];
      step.rearward_s = c.time_s[static_cast<std::size_t>(low)];
      const double usual = kStanceShare * c.stride_time_s;
      if (low == last) step.rearward_s = std::max(step.rearward_s, step.forward_s + usual);
      if (high == first) step.forward_s = std::min(step.forward_s, step.rearward_s - usual);
      out.push_back(step);
    }
  };
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) continue;
    if (high < 0 || x[i] >= x[high]) {
      high = low = i;
    } else if (x[i] < x[low]) {
      low = i;
    } else if (x[i] - x[low] > kMinProminence * range) {  // turned: it swings forward again
      close();
      high = low = i;
    }
  }
  close();
  return out;
}

/// When a step begins or ends for the span it lies in. The other foot was already under way before
/// the first turn and still is after the last: a quarter of a stride. Not so for a runner who stood
/// before or stands after it: there the foot stays where it turns, and the span ends as it moves.
TimeSpan reach_of(const PhaseChannels& c, const FootSwing& step) {
  const double around_s = 0.25 * c.stride_time_s;
  TimeSpan out{step.forward_s - around_s, step.rearward_s + around_s};
  const Eigen::VectorXd& x = c.foot[step.side].forward;
  const auto first = std::lower_bound(c.time_s.begin(), c.time_s.end(), step.forward_s);
  const auto last = std::upper_bound(first, c.time_s.end(), step.rearward_s);
  if (x.size() == 0 || first == c.time_s.begin() || last - first < 3) return out;
  const auto from = first - c.time_s.begin();
  const auto to = last - c.time_s.begin() - 1;
  const double reach = x[from] - x[to];
  if (!(reach > 0.0)) return out;
  auto leaves = from;
  while (leaves < to && x[from] - x[leaves] < kAtTurn * reach) ++leaves;
  auto arrives = to;
  while (arrives > from && x[arrives] - x[to] < kAtTurn * reach) --arrives;
  const auto at = [&](std::ptrdiff_t i) { return c.time_s[static_cast<std::size_t>(i)]; };
  const double long_turn_s = kLongTurn * c.stride_time_s;
  if (at(leaves) - step.forward_s > long_turn_s) out.start_s = at(leaves);
  if (step.rearward_s - at(arrives) > long_turn_s) out.end_s = at(arrives);
  return out;
}

}  // namespace

std::vector<FootSwing> foot_swings(const PhaseChannels& c, Side side) {
  const FootChannels& foot = c.foot[side];
  return c.regularity > 0.0 ? repeated_swings(foot, c, side) : single_swings(foot, c, side);
}

void find_spans(const PhaseChannels& c, GaitPhases& out) {
  const bool both = c.foot.left.forward.size() > 0 && c.foot.right.forward.size() > 0;
  const double longest_s = (both ? kMaxStepGap : kMaxStrideGap) * c.stride_time_s;
  std::vector<FootSwing> kept;
  std::size_t i = 0;
  while (i < out.steps.size()) {
    std::size_t end = i + 1;
    while (end < out.steps.size() &&
           out.steps[end].forward_s - out.steps[end - 1].forward_s < longest_s) {
      ++end;
    }
    if (end - i >= 2 || c.regularity == 0.0) {  // a record of one step has no second
      TimeSpan span{c.time_s.back(), c.time_s.front()};
      for (std::size_t k = i; k < end; ++k) {
        const TimeSpan reach = reach_of(c, out.steps[k]);
        span.start_s = std::min(span.start_s, reach.start_s);
        span.end_s = std::max(span.end_s, reach.end_s);
        out.steps[k].span = static_cast<int>(out.spans.size());
        kept.push_back(out.steps[k]);
      }
      span.start_s = std::max(c.time_s.front(), span.start_s);
      span.end_s = std::min(c.time_s.back(), span.end_s);
      out.spans.push_back(span);
    }
    i = end;
  }
  out.steps = std::move(kept);
}

}  // namespace runmech::detail
