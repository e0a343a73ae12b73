// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "runmech/signal/interpolate.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {
namespace {

/// Frames inside [from_s, to_s], both ends included.
std::pair<Eigen::Index, Eigen::Index> frames(const Trial& trial, double from_s, double to_s) {
  constexpr double kSlack_s = 1e-9;
  const auto first = std::lower_bound(trial.time_s.begin(), trial.time_s.end(), from_s - kSlack_s);
  const auto last = std::upper_bound(first, trial.time_s.end(), to_s + kSlack_s);
  return {first - trial.time_s.begin(), last - trial.time_s.begin()};
}

double filled_share(const Series& series, Eigen::Index first, Eigen::Index last) {
  double filled = 0.0;
  for (Eigen::Index i = first; i < last; ++i) filled += series.filled[static_cast<std::size_t>(i)];
  return filled / static_cast<double>(last - first);
}

}  // namespace

Window extreme(const Trial& trial, const Series& series, double from_s, double to_s, double sign) {
  const auto [first, last] = frames(trial, from_s, to_s);
  if (!series.observed() || last - first < 3) return {};
  const auto part = series.values.segment(first, last - first);
  if (part.hasNaN()) return {};
  Eigen::Index at = 0;
  (sign * part.array()).maxCoeff(&at);
  Window out{part[at], trial.time_s[static_cast<std::size_t>(first + at)],
             filled_share(series, first, last)};
  const Eigen::Index i = first + at;
  if (at == 0 || at == part.size() - 1 || i == 0 || i + 1 >= series.values.size()) return out;
  // Vertex of the parabola through three frames that need not be evenly spaced.
  const auto t = [&](Eigen::Index k) { return trial.time_s[static_cast<std::size_t>(k)]; };
  const double a = t(i - 1) - t(i);
  const double b = t(i + 1) - t(i);
  const double ya = series.values[i - 1] - series.values[i];
  const double yb = series.values[i + 1] - series.values[i];
  const double curve = (ya / a - yb / b) / (a - b);
  const double slope = ya / a - curve * a;
  if (curve * sign >= 0.0) return out;
  out.time_s += -slope / (2.0 * curve);
  out.value += -slope * slope / (4.0 * curve);
  return out;
}

Window mean_over(const Trial& trial, const Series& series, double from_s, double to_s) {
  const auto [first, last] = frames(trial, from_s, to_s);
  if (!series.observed() || last - first < 1) return {};
  const auto part = series.values.segment(first, last - first);
  if (part.hasNaN()) return {};
  return {part.mean(), 0.5 * (from_s + to_s), filled_share(series, first, last)};
}

Window at(const Trial& trial, const Series& series, double time_s) {
  if (!series.observed()) return {};
  const double value = value_at(series.values, trial.time_s, time_s);
  if (std::isnan(value)) return {};
  const auto next = std::lower_bound(trial.time_s.begin(), trial.time_s.end(), time_s);
  const auto i = static_cast<std::size_t>(next - trial.time_s.begin());
  const bool filled =
      (i < series.filled.size() && series.filled[i] != 0) || (i > 0 && series.filled[i - 1] != 0);
  return {value, time_s, filled ? 1.0 : 0.0};
}

double slope_at(const Trial& trial, const Series& series, double time_s) {
  if (!series.observed() || trial.rate_hz <= 0.0) return kNaN;
  const double step = 1.0 / trial.rate_hz;
  const double before = value_at(series.values, trial.time_s, time_s - step);
  const double after = value_at(series.values, trial.time_s, time_s + step);
  return (after - before) / (2.0 * step);
}

double adult_speed(const Trial& trial) {
  constexpr double kAdultLeg_m = 0.92;
  const double leg_m = trial.context.leg_length_m;
  return leg_m > 0.0 ? trial.context.speed_m_s * std::sqrt(kAdultLeg_m / leg_m)
                     : trial.context.speed_m_s;
}

double by_speed(double v_m_s, double at_2_5, double at_3_5, double at_4_5) {
  if (std::isnan(v_m_s)) return at_3_5;
  const double v = std::clamp(v_m_s, 2.5, 4.5);
  return v < 3.5 ? at_2_5 + (v - 2.5) * (at_3_5 - at_2_5) : at_3_5 + (v - 3.5) * (at_4_5 - at_3_5);
}

}  // namespace runmech::metrics_detail
