// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "fit_steps.hpp"

namespace runmech {
namespace {

constexpr double kMostIncomplete = 0.5;  // share of the frames (our choice)

/// The limb a segment belongs to, both sides as one: its farthest ancestor with a side, without it;
/// for trunk and pelvis their own name.
std::string limb(const Skeleton& skeleton, int segment) {
  std::string name = skeleton.segments[segment].name;
  for (int s = segment; s >= 0; s = skeleton.segments[s].parent) {
    const std::string& here = skeleton.segments[s].name;
    if (without_side(here) != here) name = without_side(here);
  }
  return name;
}

bool on_the_way(const Skeleton& skeleton, int from, int to) {
  while (from > to) from = skeleton.segments[from].parent;
  return from == to;
}

}  // namespace

std::string without_side(const std::string& name) {
  const bool sided = name.ends_with("_r") || name.ends_with("_l");
  return sided ? name.substr(0, name.size() - 2) : name;
}

Lacking lacking_markers(const Recording& recording, const Columns& columns) {
  const Eigen::Index n = recording.n_frames();
  Lacking out;
  for (const auto& column : columns) {
    out.emplace_back(static_cast<std::size_t>(n), false);
    if (!column) continue;
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto p = recording.positions_m.row(i).segment<3>(3 * *column);
      out.back()[i] = !p.allFinite() || (p.array() == 0.0).all();
    }
    if (2 * std::count(out.back().begin(), out.back().end(), true) >= n) {
      out.back().assign(static_cast<std::size_t>(n), false);
    }
  }
  return out;
}

std::vector<bool> incomplete_frames(const Skeleton& skeleton, const Lacking& lacking,
                                    int coordinate) {
  const int here = skeleton.coordinates[coordinate].segment;
  std::vector<bool> out(lacking.empty() ? 0 : lacking.front().size(), false);
  for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
    const int there = skeleton.markers[k].at.segment;
    if (limb(skeleton, there) != limb(skeleton, here) && !on_the_way(skeleton, here, there) &&
        !on_the_way(skeleton, there, here)) {
      continue;
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = out[i] || lacking[k][i];
  }
  const auto n = static_cast<double>(std::count(out.begin(), out.end(), true));
  if (n > kMostIncomplete * static_cast<double>(out.size())) out.assign(out.size(), false);
  return out;
}

}  // namespace runmech
