// SPDX-License-Identifier: BSD-3-Clause
#include "draws.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "registry.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::metrics_detail {
namespace {

constexpr int kRandom = 16;
constexpr int kSystematic = 24;
constexpr double kStrides = 8.0;            // what is looked at (our choice)
constexpr double kMostControl = 2.5e7;      // numbers held by all samples at once
constexpr std::uint64_t kSeed = 20170814U;  // any: the table of a recording must not change

/// One metric's values in one sample: by stride, and the summary under MetricRow::kSummary.
using Values = std::map<std::pair<std::string, RowSide>, std::map<int, double>>;

Values values_of(const GaitSignals& signals, const GaitEvents& events, const MetricOptions& options,
                 std::map<std::pair<std::string, RowSide>, int>* n) {
  const Trial trial = prepare(signals, events, options);
  Values out;
  for (const MetricRow& row : rows_of(trial, {})) {
    if (std::isnan(row.value)) continue;
    out[{row.metric, row.side}][row.stride] = row.value;
    if (n != nullptr && row.stride == MetricRow::kSummary) (*n)[{row.metric, row.side}] = row.n;
  }
  return out;
}

struct Span {
  Eigen::Index first = 0;
  Eigen::Index count = 0;
};

/// Frames of kStrides strides in the middle of the events.
Span middle_of(const GaitSignals& signals, const GaitEvents& events, double stride_s) {
  const auto& time = signals.time_s;
  const double middle = 0.5 * (events.events.front().time_s + events.events.back().time_s);
  const double half = 0.5 * (kStrides + 1.0) * stride_s;
  const auto first = std::lower_bound(time.begin(), time.end(), middle - half);
  const auto last = std::upper_bound(first, time.end(), middle + half);
  return {first - time.begin(), last - first};
}

void cut(Points& points, const Span& span) {
  if (points.rows() > 0) points = Points(points.middleRows(span.first, span.count));
}

GaitSignals part_of(GaitSignals signals, const Span& span) {
  const auto from = signals.time_s.begin() + span.first;
  signals.time_s = std::vector<double>(from, from + span.count);
  for (const Side side : kSides) {
    LegSignals::points(signals.leg[side], [&](const char*, Points& p) { cut(p, span); });
    cut(signals.pelvis_side[side], span);
  }
  cut(signals.pelvis, span);
  cut(signals.trunk_top, span);
  signals.plates.clear();
  return signals;
}

GaitEvents part_of(GaitEvents events, double start_s, double end_s) {
  std::erase_if(events.events,
                [&](const GaitEvent& e) { return e.time_s < start_s || e.time_s > end_s; });
  return events;
}

std::vector<double> strikes_of(const GaitEvents& events, Side side) {
  std::vector<double> out;
  for (const GaitEvent& e : events.events) {
    if (e.type == EventType::foot_strike && e.side == side) out.push_back(e.time_s);
  }
  return out;
}

/// Mean obliquity of the pelvis.
double mean_obliquity(const GaitSignals& signals) {
  const Points& left = signals.pelvis_side.left;
  const Points& right = signals.pelvis_side.right;
  if (left.rows() == 0 || right.rows() == 0) return kNaN;
  std::vector<double> angles;
  for (Eigen::Index i = 0; i < left.rows(); ++i) {
    const Eigen::Vector3d d = right.row(i) - left.row(i);
    if (d.allFinite()) angles.push_back(std::atan2(d.y(), d.z()));
  }
  return angles.empty() ? kNaN : mean(angles);
}

/// The standing trial wears the same markers: a constant offset of the pelvis is in its zero, too.
void shift_standing(const GaitSignals& stated, GaitSignals& sample) {
  const double shift = mean_obliquity(sample) - mean_obliquity(stated);
  if (!std::isnan(shift)) sample.standing.obliquity_rad += shift;
}

/// Root mean square over strides of the scatter between samples.
double stride_scatter(const std::vector<Values>& samples, const Values::key_type& key) {
  std::map<int, std::vector<double>> by_stride;
  for (const Values& sample : samples) {
    const auto found = sample.find(key);
    if (found == sample.end()) continue;
    for (const auto& [stride, value] : found->second) by_stride[stride].push_back(value);
  }
  double sum = 0.0;
  int n = 0;
  for (const auto& [stride, values] : by_stride) {
    if (stride == MetricRow::kSummary || values.size() < samples.size() / 2) continue;
    sum += std::pow(standard_deviation(values), 2);
    ++n;
  }
  return n > 0 ? std::sqrt(sum / n) : kNaN;
}

std::vector<double> summaries(const std::vector<Values>& samples, const Values::key_type& key) {
  std::vector<double> out;
  for (const Values& sample : samples) {
    const auto found = sample.find(key);
    if (found == sample.end()) continue;
    const auto summary = found->second.find(MetricRow::kSummary);
    if (summary != found->second.end()) out.push_back(summary->second);
  }
  return out;
}

}  // namespace

DrawSpreads draw_spreads(const GaitSignals& signals, const GaitEvents& events,
                         const MetricOptions& options, const Motion& motion) {
  if (!signals.from_fit || motion.posterior == nullptr || events.events.size() < 4) return {};
  std::vector<double> strikes = strikes_of(events, Side::right);
  if (strikes.size() < 2) strikes = strikes_of(events, Side::left);
  if (strikes.size() < 2) return {};
  std::vector<double> durations;
  for (std::size_t i = 1; i < strikes.size(); ++i) durations.push_back(strikes[i] - strikes[i - 1]);
  const Span span = middle_of(signals, events, median(durations));
  if (span.count < 3) return {};
  const GaitSignals part = part_of(signals, span);
  const GaitEvents seen = part_of(events, part.time_s.front(), part.time_s.back());
  const double held = static_cast<double>(motion.control.size());
  const int n_random = std::clamp(static_cast<int>(kMostControl / held), 4, kRandom);
  try {
    std::map<std::pair<std::string, RowSide>, int> n;
    const Values stated = values_of(part, seen, options, &n);
    std::mt19937_64 random(kSeed);
    std::normal_distribution<double> normal;
    std::vector<Values> by_chance;
    for (Motion& sample : motion.draw(n_random, kSeed)) {
      sample.time_s = part.time_s;
      GaitEvents moved = seen;
      for (GaitEvent& e : moved.events) {
        const double scatter = std::sqrt(1.0 - kSharedEventShare * kSharedEventShare);
        if (e.sd_s > 0.0) e.time_s += scatter * e.sd_s * normal(random);
      }
      by_chance.push_back(values_of(with_joints_of(part, sample), moved, options, nullptr));
    }
    std::vector<Values> systematic;
    for (int done = 0; done < kSystematic; done += n_random) {
      const int batch = std::min(n_random, kSystematic - done);
      for (Motion& sample : motion.draw_systematic(batch, kSeed + done, strikes)) {
        sample.time_s = part.time_s;
        GaitSignals shifted = with_joints_of(part, sample);
        shift_standing(part, shifted);
        systematic.push_back(values_of(shifted, seen, options, nullptr));
      }
    }
    DrawSpreads out;
    for (const auto& [key, by_stride] : stated) {
      DrawSpread& spread = out[key];
      spread.n = n[key];
      spread.stride = stride_scatter(by_chance, key);
      const std::vector<double> chance = summaries(by_chance, key);
      if (chance.size() > 2) spread.summary = standard_deviation(chance);
      const std::vector<double> shifted = summaries(systematic, key);
      const auto value = by_stride.find(MetricRow::kSummary);
      if (shifted.size() > 2 && value != by_stride.end()) {
        double squares = 0.0;
        for (const double v : shifted) squares += std::pow(v - value->second, 2);
        spread.systematic = std::sqrt(squares / static_cast<double>(shifted.size()));
      }
    }
    return out;
  } catch (const NotAnalysable&) {
    return {};  // too little in the middle of the trial
  }
}

}  // namespace runmech::metrics_detail
