// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/extrema.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/signal/gaps.hpp"

namespace runmech {
namespace {

void check(Eigen::Index n, std::span<const double> time_s) {
  if (n != static_cast<Eigen::Index>(time_s.size())) {
    throw InvalidArgument("extrema: " + std::to_string(n) + " samples but " +
                          std::to_string(time_s.size()) + " times");
  }
}

/// Height above the higher of the two lowest points between the peak and the next higher sample (or
/// the end of the stretch) on each side.
double prominence(const Eigen::Ref<const Eigen::VectorXd>& x, const Run& run, Eigen::Index peak) {
  double left = x[peak];
  for (Eigen::Index i = peak; i >= run.first && x[i] <= x[peak]; --i) left = std::min(left, x[i]);
  double right = x[peak];
  for (Eigen::Index i = peak; i < run.end() && x[i] <= x[peak]; ++i) right = std::min(right, x[i]);
  return x[peak] - std::max(left, right);
}

Extremum refined(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const double> t,
                 Eigen::Index i) {
  Extremum out{t[i], x[i], i, 0.0};
  const double left = (x[i] - x[i - 1]) / (t[i] - t[i - 1]);
  const double right = (x[i + 1] - x[i]) / (t[i + 1] - t[i]);
  const double curvature = (right - left) / (t[i + 1] - t[i - 1]);
  if (!(curvature < 0.0)) return out;  // a plateau: its middle is all that is known
  const double slope = left + curvature * (t[i] - t[i - 1]);  // at sample i
  const double shift = std::clamp(-0.5 * slope / curvature, t[i - 1] - t[i], t[i + 1] - t[i]);
  out.time_s += shift;
  out.value += shift * (slope + curvature * shift);
  return out;
}

}  // namespace

std::vector<Extremum> local_maxima(const Eigen::Ref<const Eigen::VectorXd>& x,
                                   std::span<const double> time_s, const ExtremumLimits& limits) {
  check(x.size(), time_s);
  std::vector<Extremum> found;
  for (const Run& run : finite_runs(x)) {
    for (Eigen::Index i = run.first + 1; i + 1 < run.end(); ++i) {
      if (!(x[i] > x[i - 1])) continue;
      Eigen::Index last = i;
      while (last + 1 < run.end() && x[last + 1] == x[i]) ++last;
      if (last + 1 < run.end() && x[last + 1] < x[i]) {
        Extremum peak = refined(x, time_s, (i + last) / 2);
        if (x[i] >= limits.min_value) {
          peak.prominence = prominence(x, run, peak.index);
          if (peak.prominence >= limits.min_prominence) found.push_back(peak);
        }
      }
      i = last;
    }
  }
  if (limits.min_distance_s > 0.0 && found.size() > 1) {
    std::vector<std::size_t> order(found.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return found[a].value > found[b].value; });
    std::vector<bool> keep(found.size(), true);
    for (const std::size_t peak : order) {
      if (!keep[peak]) continue;
      for (std::size_t i = peak; i-- > 0;) {
        if (found[peak].time_s - found[i].time_s >= limits.min_distance_s) break;
        keep[i] = false;
      }
      for (std::size_t i = peak + 1; i < found.size(); ++i) {
        if (found[i].time_s - found[peak].time_s >= limits.min_distance_s) break;
        keep[i] = false;
      }
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (keep[i]) found[kept++] = found[i];
    }
    found.resize(kept);
  }
  return found;
}

std::vector<Extremum> local_minima(const Eigen::Ref<const Eigen::VectorXd>& x,
                                   std::span<const double> time_s, const ExtremumLimits& limits) {
  std::vector<Extremum> found = local_maxima(-x, time_s, limits);
  for (Extremum& e : found) e.value = -e.value;
  return found;
}

std::vector<double> crossings(const Eigen::Ref<const Eigen::VectorXd>& x,
                              std::span<const double> time_s, double level, Crossing direction) {
  check(x.size(), time_s);
  std::vector<double> out;
  for (Eigen::Index i = 0; i + 1 < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(x[i + 1])) continue;
    const bool rises = x[i] < level && x[i + 1] >= level;
    const bool falls = x[i] >= level && x[i + 1] < level;
    if ((rises && direction != Crossing::falling) || (falls && direction != Crossing::rising)) {
      const double share = (level - x[i]) / (x[i + 1] - x[i]);
      out.push_back(time_s[i] + share * (time_s[i + 1] - time_s[i]));
    }
  }
  return out;
}

namespace {

/// Crossings of the samples of [from_s, to_s] and one before and after: a long record is not
/// searched as a whole for each step.
std::vector<double> crossings_near(const Eigen::Ref<const Eigen::VectorXd>& x,
                                   std::span<const double> time_s, double level, Crossing direction,
                                   double from_s, double to_s) {
  check(x.size(), time_s);
  const auto first = std::lower_bound(time_s.begin(), time_s.end(), from_s);
  const auto last = std::upper_bound(first, time_s.end(), to_s);
  const auto from = std::max<std::ptrdiff_t>(0, first - time_s.begin() - 1);
  const auto to = std::min<std::ptrdiff_t>(x.size(), last - time_s.begin() + 1);
  return crossings(
      x.segment(from, to - from),
      time_s.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)), level,
      direction);
}

}  // namespace

std::optional<double> first_crossing(const Eigen::Ref<const Eigen::VectorXd>& x,
                                     std::span<const double> time_s, double level,
                                     Crossing direction, double from_s, double to_s) {
  for (const double t : crossings_near(x, time_s, level, direction, from_s, to_s)) {
    if (t >= from_s && t <= to_s) return t;
  }
  return std::nullopt;
}

std::optional<double> last_crossing(const Eigen::Ref<const Eigen::VectorXd>& x,
                                    std::span<const double> time_s, double level,
                                    Crossing direction, double from_s, double to_s) {
  std::optional<double> last;
  for (const double t : crossings_near(x, time_s, level, direction, from_s, to_s)) {
    if (t >= from_s && t <= to_s) last = t;
  }
  return last;
}

}  // namespace runmech
