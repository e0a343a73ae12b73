// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/body_size.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

constexpr double kNominalStature_m = 1.75;
// Under the body, and not swinging through: within so much of the drop, and nearly the longest.
constexpr double kUnder = 0.15;
constexpr double kLongest = 0.85;
// A stance leg is bent: it reaches by this less than standing (14 RBDS runners, 2.5-4.5 m/s).
constexpr double kBent = 1.066;

/// Height of a label's nominal place on the neutral skeleton, from the pelvis.
std::optional<double> nominal_height(const Skeleton& skeleton, const MarkerDef& def) {
  const auto place = nominal_place(skeleton, def);
  if (!place) return std::nullopt;
  double y = place->y();
  for (int s = skeleton.segment(def.segment); s >= 0;
       s = skeleton.segments[static_cast<std::size_t>(s)].parent) {
    y += skeleton.segments[static_cast<std::size_t>(s)].origin_m.y();
  }
  return y;
}

/// Height of one point above another in mid-stance; NaN where they are never seen together.
double drop_in_stance(const Recording& recording, Eigen::Index high, Eigen::Index low) {
  std::vector<double> drops;
  std::vector<double> ahead;
  for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
    const Eigen::RowVector3d d = recording.positions_m.block<1, 3>(f, 3 * high) -
                                 recording.positions_m.block<1, 3>(f, 3 * low);
    if (!d.allFinite()) continue;
    drops.push_back(d.y());
    ahead.push_back(std::hypot(d.x(), d.z()));
  }
  const double long_leg = quantile(drops, 0.9);
  std::vector<double> stance;
  for (std::size_t i = 0; i < drops.size(); ++i) {
    if (drops[i] > kLongest * long_leg && ahead[i] < 2.0 * kUnder * long_leg)
      stance.push_back(drops[i]);
  }
  return median(stance);
}

}  // namespace

double stature_from_legs(const Recording& recording, const MarkerSet& set) {
  const Skeleton unit = running_skeleton();
  const std::vector<int> match = set.match(recording.labels);
  std::vector<double> guesses;
  const auto def_of = [&](std::size_t i) -> const MarkerDef* {
    return match[i] < 0 ? nullptr : &set.markers[static_cast<std::size_t>(match[i])];
  };
  for (std::size_t i = 0; i < match.size(); ++i) {
    const MarkerDef* high = def_of(i);
    if (high == nullptr || high->computed) continue;
    const bool hip = high->landmark.starts_with("hip_");
    if (!hip && high->segment != "pelvis") continue;
    for (std::size_t k = 0; k < match.size(); ++k) {
      const MarkerDef* low = def_of(k);
      if (low == nullptr || low->computed) continue;
      if (!low->landmark.starts_with("ankle") && !low->landmark.starts_with("heel")) continue;
      if (hip && high->landmark.back() != low->landmark.back()) continue;
      const auto top = nominal_height(unit, *high);
      const auto bottom = nominal_height(unit, *low);
      if (!top || !bottom) continue;
      const double drop =
          drop_in_stance(recording, static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
      if (drop > 0.0) guesses.push_back(kBent * drop / (*top - *bottom) * kNominalStature_m);
    }
  }
  return median(guesses);
}

}  // namespace runmech
