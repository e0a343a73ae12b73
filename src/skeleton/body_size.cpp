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

constexpr double kLegs = 0.491;  // thigh and shank over stature, Drillis and Contini 1966
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

double stature_from_legs(const Recording& recording, const MarkerSet& set, bool standing) {
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
      if (drop > 0.0)
        guesses.push_back((standing ? 1.0 : kBent) * drop / (*top - *bottom) * kReferenceStature_m);
    }
  }
  return median(guesses);
}

double body_size(const Recording& recording, const MarkerSet& set, bool standing) {
  const double stature = stature_from_legs(recording, set, standing);
  // Outside what people are, the unit is wrong, and that is said elsewhere.
  return stature > 0.5 && stature < 2.6 ? stature / kReferenceStature_m : 1.0;
}

double body_size(const Skeleton& skeleton) {
  double sum = 0.0;
  for (const char* segment : {"tibia_r", "tibia_l", "talus_r", "talus_l"}) {
    sum += skeleton.segments[static_cast<std::size_t>(skeleton.segment(segment))].origin_m.norm();
  }
  return 0.5 * sum / (kLegs * kReferenceStature_m);
}

void scale_lengths(Skeleton& skeleton, double factor) {
  for (Segment& segment : skeleton.segments) {
    segment.origin_m *= factor;
    segment.centre_of_mass_m *= factor;
    segment.common_error_m *= factor;
    segment.inertia_kg_m2 *= factor * factor;
  }
  for (BodyPoint& at : skeleton.landmarks) at.local_m *= factor;
  for (Marker& marker : skeleton.markers) {
    marker.at.local_m *= factor;
    marker.sigma_m *= factor;
  }
}

}  // namespace runmech
