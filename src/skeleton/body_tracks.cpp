// SPDX-License-Identifier: BSD-3-Clause
#include "body_tracks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

Eigen::Vector3d nowhere() {
  return Eigen::Vector3d::Constant(std::numeric_limits<double>::quiet_NaN());
}

}  // namespace

BodyTracks::BodyTracks(const Recording& recording, const MarkerSet& set)
    : recording_(recording), set_(set), match_(set.match(recording.labels)) {}

std::vector<int> BodyTracks::points(const Wanted& wanted) const {
  std::vector<int> out;
  for (std::size_t i = 0; i < match_.size(); ++i) {
    if (match_[i] >= 0 && wanted(set_.markers[static_cast<std::size_t>(match_[i])])) {
      out.push_back(static_cast<int>(i));
    }
  }
  return out;
}

std::vector<int> BodyTracks::landmarks(std::initializer_list<std::string_view> names) const {
  return points([&](const MarkerDef& def) {
    return std::find(names.begin(), names.end(), def.landmark) != names.end();
  });
}

std::vector<int> BodyTracks::segments(std::initializer_list<std::string_view> names) const {
  return points([&](const MarkerDef& def) {
    return std::find(names.begin(), names.end(), def.segment) != names.end();
  });
}

Eigen::Vector3d BodyTracks::centre(const std::vector<int>& points, Eigen::Index frame) const {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  int seen = 0;
  for (const int point : points) {
    const Eigen::Vector3d p = at(point, frame);
    if (!p.allFinite()) continue;
    sum += p;
    ++seen;
  }
  return seen > 0 ? Eigen::Vector3d(sum / seen) : nowhere();
}

Eigen::Vector3d BodyTracks::moved(const std::vector<int>& points, Eigen::Index a,
                                  Eigen::Index b) const {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  int seen = 0;
  for (const int point : points) {
    const Eigen::Vector3d step = at(point, b) - at(point, a);
    if (!step.allFinite()) continue;
    sum += step;
    ++seen;
  }
  return seen > 0 ? Eigen::Vector3d(sum / seen) : nowhere();
}

Eigen::Vector3d BodyTracks::between(const std::vector<int>& from,
                                    const std::vector<int>& to) const {
  if (from.empty() || to.empty()) return nowhere();
  std::vector<Eigen::Vector3d> steps;
  for (Eigen::Index f = 0; f < recording_.n_frames(); ++f) {
    steps.push_back(centre(to, f) - centre(from, f));
  }
  return median_vector(steps);
}

Eigen::Vector3d median_vector(const std::vector<Eigen::Vector3d>& vectors) {
  Eigen::Vector3d out = nowhere();
  std::vector<double> axis;
  for (int k = 0; k < 3; ++k) {
    axis.clear();
    for (const Eigen::Vector3d& v : vectors) {
      if (v.allFinite()) axis.push_back(v[k]);
    }
    out[k] = median(axis);
  }
  return out;
}

}  // namespace runmech
