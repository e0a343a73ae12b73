// SPDX-License-Identifier: BSD-3-Clause
#include "rule.hpp"

#include <algorithm>
#include <cmath>

#include "../recognition.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

constexpr double kUneven = 0.05;  // of a step of the clock
constexpr double kStrikeBefore = 0.07, kStrikeAfter = 0.18;
constexpr double kToeOffFrom = 0.4, kToeOffAfter = 0.10;
constexpr double kProminence = 0.005;  // of the range of a channel: more than rounding
constexpr double kBridge = 0.25;       // strides

/// From the least to the greatest value seen.
double range(const Eigen::VectorXd& x) {
  const std::span<const double> values(x.data(), static_cast<std::size_t>(x.size()));
  return quantile(values, 1.0) - quantile(values, 0.0);
}

bool inside(double t, TimeSpan window) {
  return t >= window.start_s && t <= window.end_s;
}

}  // namespace

Rule::Rule(const GaitSignals& signals, std::string name)
    : signals_(signals), phases_(find_phases(signals)) {
  out_.detector = std::move(name);
  GaitRecognition told = recognise(signals, phases_);
  out_.kind = told.kind;
  out_.reason = std::move(told.reason);
  out_.spans = std::move(told.spans);
  out_.notes = std::move(told.notes);
  const Clock clock = clock_of(signals.time_s);
  // To a millionth: times late on a clock are rounded, and a filter's margins are whole samples.
  rate_hz_ = 1e-6 * std::round(1e6 * clock.rate_hz);
  even_ = clock.unevenness < kUneven;
  ready_ = signals.view != View::rear && signals.view != View::front && !phases_.steps.empty() &&
           out_.kind != GaitKind::too_short && out_.kind != GaitKind::no_steps;
  if (!ready_) return;
  time_s_ = even_ ? signals.time_s : even_times(signals.time_s, rate_hz_);
  // Steps free of the rounding of late clocks, which second differences would magnify.
  for (std::size_t i = 0; i < time_s_.size(); ++i) {
    steps_s_.push_back(static_cast<double>(i) / rate_hz_);
  }
}

Eigen::VectorXd Rule::smooth(const Eigen::VectorXd& x, double cutoff_hz) const {
  if (!ready_ || x.size() != signals_.n_frames()) return {};
  const Eigen::VectorXd even = even_ ? x : resample(x, signals_.time_s, time_s_);
  return smooth_on_clock(fill_gaps(even, time_s_, kBridge * phases_.stride_time_s).values,
                         cutoff_hz);
}

Eigen::VectorXd Rule::smooth_on_clock(const Eigen::VectorXd& x, double cutoff_hz) const {
  return cutoff_hz < 0.45 * rate_hz_ ? low_pass(x, rate_hz_, cutoff_hz) : x;
}

SagittalPath Rule::path(const Points& points, double cutoff_hz) const {
  SagittalPath out;
  if (!ready_ || points.rows() != signals_.n_frames()) return out;
  out.x = smooth(points.col(0), cutoff_hz);
  out.y = smooth(points.col(1), cutoff_hz);
  out.vx = derivative(out.x, steps_s_);
  out.vy = derivative(out.y, steps_s_);
  out.ax = second_derivative(out.x, steps_s_);
  out.ay = second_derivative(out.y, steps_s_);
  return out;
}

Eigen::VectorXd Rule::slope(const Eigen::VectorXd& x) const {
  return x.size() > 0 ? derivative(x, steps_s_) : Eigen::VectorXd();
}

std::vector<Extremum> Rule::maxima(const Eigen::VectorXd& x) const {
  if (x.size() == 0) return {};
  return local_maxima(x, time_s_, {.min_prominence = kProminence * range(x)});
}

std::vector<Extremum> Rule::minima(const Eigen::VectorXd& x) const {
  if (x.size() == 0) return {};
  return local_minima(x, time_s_, {.min_prominence = kProminence * range(x)});
}

std::optional<double> Rule::crossing(const Eigen::VectorXd& x, double level, Crossing direction,
                                     TimeSpan window) const {
  if (x.size() == 0) return std::nullopt;
  return first_crossing(x, time_s_, level, direction, window.start_s, window.end_s);
}

std::optional<double> Rule::last_crossing(const Eigen::VectorXd& x, double level,
                                          Crossing direction, TimeSpan window) const {
  if (x.size() == 0) return std::nullopt;
  return runmech::last_crossing(x, time_s_, level, direction, window.start_s, window.end_s);
}

TimeSpan Rule::strike_window(const FootSwing& step) const {
  const double stride = step.stride_s;
  return {step.forward_s - kStrikeBefore * stride, step.forward_s + kStrikeAfter * stride};
}

TimeSpan Rule::toe_off_window(const FootSwing& step) const {
  return {step.forward_s + kToeOffFrom * (step.rearward_s - step.forward_s),
          step.rearward_s + kToeOffAfter * step.stride_s};
}

TimeSpan Rule::swing_to_swing(const FootSwing& step) const {
  const double half = 0.5 * (step.stride_s - (step.rearward_s - step.forward_s));
  return {step.forward_s - half, step.rearward_s + half};
}

void Rule::add(Side side, EventType type, std::optional<double> time_s) {
  if (!time_s || std::isnan(*time_s)) return;
  const bool there = std::any_of(phases_.spans.begin(), phases_.spans.end(),
                                 [&](const TimeSpan& span) { return inside(*time_s, span); });
  if (there) out_.events.push_back({side, type, *time_s, 0.0, ""});
}

GaitEvents Rule::events(const char* needs) {
  if (out_.events.empty()) {
    out_.notes.push_back({"events", out_.detector + " found nothing; it needs " + needs, true});
  }
  set_states(phases_, out_);
  return std::move(out_);
}

std::optional<Extremum> highest_of(const std::vector<Extremum>& maxima, TimeSpan window) {
  std::optional<Extremum> best;
  for (const Extremum& e : maxima) {
    if (inside(e.time_s, window) && !(best && best->value >= e.value)) best = e;
  }
  return best;
}

std::optional<double> highest(const std::vector<Extremum>& maxima, TimeSpan window) {
  const auto best = highest_of(maxima, window);
  return best ? std::optional(best->time_s) : std::nullopt;
}

std::optional<double> lowest(const std::vector<Extremum>& minima, TimeSpan window) {
  std::optional<Extremum> best;
  for (const Extremum& e : minima) {
    if (inside(e.time_s, window) && !(best && best->value <= e.value)) best = e;
  }
  return best ? std::optional(best->time_s) : std::nullopt;
}

std::optional<double> nearest(const std::vector<Extremum>& extrema, double to_s, TimeSpan window) {
  std::optional<double> best;
  for (const Extremum& e : extrema) {
    if (!inside(e.time_s, window) || std::isnan(to_s)) continue;
    if (!best || std::abs(e.time_s - to_s) < std::abs(*best - to_s)) best = e.time_s;
  }
  return best;
}

std::vector<Extremum> where_low(std::vector<Extremum> extrema, const Eigen::VectorXd& y,
                                double share) {
  const std::span<const double> heights(y.data(), static_cast<std::size_t>(y.size()));
  if (heights.empty()) return {};
  const double least = quantile(heights, 0.0);
  const double gate = least + share * (quantile(heights, 1.0) - least);
  std::erase_if(extrema, [&](const Extremum& e) { return !(y[e.index] < gate); });
  return extrema;
}

Eigen::VectorXd speed_over_ground(const SagittalPath& path, const FootSwing& step) {
  return ((path.vx.array() - step.ground_m_s).square() + path.vy.array().square()).sqrt();
}

std::optional<double> earlier(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::optional<double> shifted(std::optional<double> t, double by_s) {
  return t ? std::optional(*t + by_s) : std::nullopt;
}

Points between(const Points& a, const Points& b) {
  if (a.rows() == 0 || b.rows() == 0) return a.rows() == 0 ? b : a;
  return 0.5 * (a + b);
}

}  // namespace runmech::detail
