// SPDX-License-Identifier: BSD-3-Clause
#include "rhythm.hpp"

#include <algorithm>
#include <cmath>

#include "phase_channels.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/period.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

constexpr double kBeat_hz = 50.0;      // enough for a stride time
constexpr double kWindow_s = 2.4;      // two strides of a usual walk
constexpr double kLongWindow_s = 4.4;  // two of a slow one
constexpr double kHop_s = 0.4;
constexpr double kMoves = 0.3;     // range of a window over that of the record: else it stands
constexpr double kRepeats = 0.6;   // autocorrelation of a rhythm. Our choice, as the next two:
constexpr double kOther = 0.2;     // walkers who begin to run change by a fifth and more
constexpr int kStays = 3;          // windows
constexpr double kAround_s = 1.2;  // of the neighbouring part

double range(const Eigen::VectorXd& x) {
  const std::span<const double> values(x.data(), static_cast<std::size_t>(x.size()));
  return quantile(values, 0.98) - quantile(values, 0.02);
}

struct Beat {
  double middle_s, stride_s;
};

/// Stride times of sliding windows, where there is a rhythm; of longer windows where the short ones
/// show none, as in a slow walk.
std::vector<Beat> beats(const Eigen::VectorXd& x, double start_s, double rate_hz) {
  std::vector<Beat> out;
  const double all = range(x);
  const auto hop = std::max<Eigen::Index>(1, std::lround(kHop_s * rate_hz));
  const auto shortest = static_cast<Eigen::Index>(std::lround(kWindow_s * rate_hz));
  for (Eigen::Index middle = shortest / 2; middle + shortest / 2 <= x.size(); middle += hop) {
    for (const double length_s : {kWindow_s, kLongWindow_s}) {
      const auto half = static_cast<Eigen::Index>(std::lround(0.5 * length_s * rate_hz));
      const Eigen::Index from = std::max<Eigen::Index>(0, middle - half);
      const Eigen::VectorXd part = x.segment(from, std::min(x.size(), middle + half) - from);
      if (!(range(part) > kMoves * all)) continue;
      const double longest_s = std::min(0.6 * length_s, kLongestStride_s);
      const auto period = find_period(part, rate_hz, kShortestStride_s, longest_s);
      if (!period || period->strength < kRepeats) continue;
      out.push_back({start_s + static_cast<double>(middle) / rate_hz, period->period_s});
      break;
    }
  }
  return out;
}

}  // namespace

GaitSignals frames_of(const GaitSignals& signals, Eigen::Index from, Eigen::Index to) {
  GaitSignals out;
  out.view = signals.view;
  out.surface = signals.surface;
  out.keypoints = signals.keypoints;
  out.standing = signals.standing;
  out.noise_m = signals.noise_m;
  out.time_s.assign(signals.time_s.begin() + from, signals.time_s.begin() + to);
  const auto rows = [&](const Points& p) {
    return p.rows() == signals.n_frames() ? Points(p.middleRows(from, to - from)) : Points();
  };
  out.pelvis = rows(signals.pelvis);
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    LegSignals& part = out.leg[side];
    part.hip = rows(leg.hip);
    part.knee = rows(leg.knee);
    part.ankle = rows(leg.ankle);
    part.heel = rows(leg.heel);
    part.toe = rows(leg.toe);
  }
  return out;
}

std::vector<SteadyPart> steady_parts(const GaitSignals& signals) {
  const auto& t = signals.time_s;
  if (t.size() < 8 || t.back() - t.front() < 1.5 * kWindow_s) return {};
  if (signals.view == View::rear || signals.view == View::front) return {};
  const double rate_hz = std::min(kBeat_hz, clock_of(t).rate_hz);
  if (!std::is_sorted(t.begin(), t.end()) || !(rate_hz > 2.0 / kHop_s)) return {};
  const Eigen::VectorXd beat = beat_of(signals);
  if (beat.size() == 0) return {};
  const std::vector<Beat> all =
      beats(resample(beat, t, even_times(t, rate_hz)), t.front(), rate_hz);
  std::vector<double> cuts, strides;
  std::vector<double> held;  // stride times of the part under way
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double typical = median(held);
    const auto other = [&](std::size_t k) {
      return std::abs(std::log(all[k].stride_s / typical)) > kOther;
    };
    bool stays = !held.empty() && i + kStays <= all.size();
    for (std::size_t k = i; stays && k < i + kStays; ++k) {
      stays = other(k) && std::abs(std::log(all[k].stride_s / all[i].stride_s)) < kOther;
    }
    if (stays && held.size() >= kStays) {
      cuts.push_back(0.5 * (all[i - 1].middle_s + all[i].middle_s));
      strides.push_back(typical);
      held.clear();
    }
    if (held.empty() || !other(i)) held.push_back(all[i].stride_s);
  }
  if (cuts.empty()) return {};
  strides.push_back(median(held));
  std::vector<SteadyPart> out;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    SteadyPart part;
    part.stride_s = strides[i];
    part.own = {i == 0 ? t.front() : cuts[i - 1], i == cuts.size() ? t.back() : cuts[i]};
    part.from = std::lower_bound(t.begin(), t.end(), part.own.start_s - kAround_s) - t.begin();
    part.to = std::upper_bound(t.begin(), t.end(), part.own.end_s + kAround_s) - t.begin();
    out.push_back(part);
  }
  return out;
}

}  // namespace runmech::detail
