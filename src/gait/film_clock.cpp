// SPDX-License-Identifier: BSD-3-Clause
#include "film_clock.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "rhythm.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

// Of recreational runners, to name the rate that would make a film theirs: our choice.
constexpr double kUsualLow = 160.0, kUsualHigh = 190.0;
constexpr double kMany =
    0.3;  // share of repeated pictures: more than a film brought from 25 to 30 per second
constexpr double kFilmSpeeds = 1.5;  // between parts of a film; runners' cadence changes less

/// Share of the frames inside the spans (all, where there are none) that repeat the one before (all
/// points together), where the others move.
double repeated_share(const GaitSignals& signals, const std::vector<TimeSpan>& spans) {
  if (!signals.keypoints) return 0.0;
  const auto inside = [&](double t) {
    return spans.empty() || std::any_of(spans.begin(), spans.end(), [t](const TimeSpan& s) {
             return t >= s.start_s && t <= s.end_s;
           });
  };
  std::vector<double> moves;
  for (Eigen::Index i = 1; i < signals.n_frames(); ++i) {
    if (!inside(signals.time_s[static_cast<std::size_t>(i)])) continue;
    double move = 0.0;
    int seen = 0;
    for (const Side side : kSides) {
      for (const Points* p :
           {&signals.leg[side].ankle, &signals.leg[side].knee, &signals.leg[side].hip}) {
        if (p->rows() == 0) continue;
        const double step = (p->row(i) - p->row(i - 1)).norm();
        if (std::isnan(step)) continue;
        move += step;
        ++seen;
      }
    }
    if (seen > 0) moves.push_back(move / seen);
  }
  if (moves.size() < 10) return 0.0;
  // Estimators track from picture to picture, so a repeated one still moves the points a little.
  // Where each picture is stored four times and more, most do not move at all; else the largest
  // moves are exchanged legs.
  const double large = quantile(moves, 0.95);
  const double usual = quantile(moves, 0.75);
  const double typical = usual > 0.05 * large ? usual : large;
  const auto still =
      std::count_if(moves.begin(), moves.end(), [&](double m) { return m < 0.25 * typical; });
  return static_cast<double>(still) / static_cast<double>(moves.size());
}

bool of_a_runner(double cadence_per_min) {
  return cadence_per_min >= kSlowestCadence && cadence_per_min <= kFastestCadence;
}

}  // namespace

void note_clock(const GaitSignals& signals, GaitRecognition& out) {
  const Clock clock = clock_of(signals.time_s);
  if (clock.unevenness > 0.3) {
    out.notes.push_back(
        {"time",
         printed("the frames are uneven in time: steps between them differ by up to %.0f %%",
                 100.0 * clock.unevenness),
         true});
  }
  const double repeated = repeated_share(signals, {});
  if (repeated > kMany) {
    out.notes.push_back(
        {"time",
         printed("%.0f %% of the pictures repeat the one before: the film holds fewer "
                 "true pictures than its rate says",
                 100.0 * repeated),
         true});
  }
}

void judge_cadence(const GaitSignals& signals, GaitRecognition& out) {
  if (out.kind != GaitKind::running || out.cadence_per_min == 0.0) return;
  const double rate_hz = clock_of(signals.time_s).rate_hz;
  const double all = out.stride_time_s * rate_hz;
  const double repeated = repeated_share(signals, out.spans);
  const double frames = repeated > kMany ? (1.0 - repeated) * all : all;
  if (frames < kMinimumFramesPerStride) {
    out.kind = GaitKind::unclear;
    out.reason = printed("only %.1f %s per stride; at least %.0f are needed: film faster", frames,
                         frames < all ? "pictures that differ" : "frames", kMinimumFramesPerStride);
  } else if (!of_a_runner(out.cadence_per_min)) {
    out.kind = GaitKind::unclear;
    out.reason = printed(
        "it looks like running at %.0f steps/min, but running people take %.0f to %.0f: the "
        "clock may be wrong (slow motion, doubled or dropped pictures); give the true frame rate "
        "as rate_hz: it is stored as %.4g, and %.0f to %.0f would make it %.0f to %.0f steps/min",
        out.cadence_per_min, kSlowestCadence, kFastestCadence, rate_hz,
        rate_hz * kUsualLow / out.cadence_per_min, rate_hz * kUsualHigh / out.cadence_per_min,
        kUsualLow, kUsualHigh);
    out.reason += part_in_real_time(signals);
  }
}

std::string part_in_real_time(const GaitSignals& signals) {
  const std::vector<SteadyPart> parts = steady_parts(signals);
  if (parts.size() < 2 || !signals.keypoints) return {};
  const auto [shortest, longest] =
      std::minmax_element(parts.begin(), parts.end(),
                          [](const auto& a, const auto& b) { return a.stride_s < b.stride_s; });
  if (longest->stride_s < kFilmSpeeds * shortest->stride_s) return {};
  const SteadyPart* best = nullptr;
  const auto length = [](const SteadyPart& p) { return p.own.end_s - p.own.start_s; };
  for (const SteadyPart& part : parts) {
    if (!of_a_runner(120.0 / part.stride_s)) continue;
    if (best == nullptr || length(part) > length(*best)) best = &part;
  }
  if (best == nullptr) return {};
  return printed(
      "; the film changes its speed, from %.1f to %.1f s it shows %.0f steps/min: for that part "
      "alone give start_s and end_s",
      best->own.start_s, best->own.end_s, 120.0 / best->stride_s);
}

}  // namespace runmech::detail
