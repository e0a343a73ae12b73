// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>
#include <vector>

#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "signal_parts.hpp"

namespace runmech::detail {
namespace {

constexpr int kReach = 2;  // frames on either side
// What the median of five frames may miss of a true turn: shoes reach 30 g as they land, and noise
// and skin 3 % of the leg. Our choice.
constexpr double kHardest_g = 30.0, kFloor = 0.03, kAdultLeg_m = 0.86;

/// Frames in which a point is far from the median of its neighbours, emptied; returns how many.
int drop(Points& points, const std::vector<double>& t, double reach_s, double limit_m) {
  std::vector<Eigen::Index> spikes;
  std::vector<double> near;
  const auto seen = [&](Eigen::Index i) { return points.row(i).allFinite(); };
  for (Eigen::Index i = kReach; i + kReach < points.rows(); ++i) {
    const Eigen::Index from = i - kReach, to = i + kReach;
    if (t[static_cast<std::size_t>(to)] - t[static_cast<std::size_t>(from)] > 3.0 * reach_s)
      continue;
    // Of frames on one side alone the median is not where a moving point should be.
    if (!seen(i) || !(seen(i - 1) || seen(from)) || !(seen(i + 1) || seen(to))) continue;
    double off = 0.0;
    for (int axis = 0; axis < 3; ++axis) {
      near.clear();
      for (Eigen::Index k = from; k <= to; ++k) {
        if (seen(k)) near.push_back(points(k, axis));
      }
      off = std::hypot(off, points(i, axis) - median(near));
    }
    if (off > limit_m) spikes.push_back(i);
  }
  for (const Eigen::Index i : spikes)
    points.row(i).setConstant(std::numeric_limits<double>::quiet_NaN());
  return static_cast<int>(spikes.size());
}

}  // namespace

void drop_spikes(GaitSignals& signals) {
  const double reach_s = kReach / clock_of(signals.time_s).rate_hz;
  if (!std::isfinite(reach_s)) return;
  const double segments = thigh_and_shank_m(signals);
  const double limit_m = kFloor * (segments > 0.0 ? segments : kAdultLeg_m) +
                         0.5 * kHardest_g * kGravity * reach_s * reach_s;
  int dropped = drop(signals.pelvis, signals.time_s, reach_s, limit_m);
  for (const Side side : kSides) {
    LegSignals::points(signals.leg[side], [&](const char*, Points& p) {
      dropped += drop(p, signals.time_s, reach_s, limit_m);
    });
  }
  if (dropped == 0) return;
  signals.notes.push_back(
      {"missing",
       printed("%d samples of feet, legs or pelvis jump away from the frames around them faster "
               "than any foot moves: they count as missing",
               dropped),
       true});
}

}  // namespace runmech::detail
