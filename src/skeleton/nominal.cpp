// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/nominal.hpp"

#include <algorithm>

#include "runmech/skeleton/body_size.hpp"

namespace runmech {
namespace {

const BodyPoint* find_landmark(const Skeleton& skeleton, std::string_view name) {
  const auto it = std::find_if(skeleton.landmarks.begin(), skeleton.landmarks.end(),
                               [&](const BodyPoint& at) { return at.name == name; });
  return it == skeleton.landmarks.end() ? nullptr : &*it;
}

}  // namespace

SegmentMeasure segment_measure(const Skeleton& skeleton, int segment) {
  const std::string& name = skeleton.segments[static_cast<std::size_t>(segment)].name;
  const auto origin = [&](std::string_view of) -> const Eigen::Vector3d& {
    return skeleton.segments[static_cast<std::size_t>(skeleton.segment(of))].origin_m;
  };
  if (name == "pelvis") {
    const Eigen::Vector3d& right = origin("femur_r");
    const Eigen::Vector3d& left = origin("femur_l");
    return {0.5 * (right + left), (right - left).norm()};
  }
  const std::string side = name.size() > 2 ? name.substr(name.size() - 2) : "";
  if (name == "torso") return {Eigen::Vector3d::Zero(), origin("humerus_r").y()};
  if (name == "femur" + side) return {Eigen::Vector3d::Zero(), origin("tibia" + side).norm()};
  if (name == "tibia" + side) return {Eigen::Vector3d::Zero(), origin("talus" + side).norm()};
  if (name == "humerus" + side) return {Eigen::Vector3d::Zero(), origin("ulna" + side).norm()};
  if (name == "ulna" + side) {
    return {Eigen::Vector3d::Zero(), skeleton.landmark("wrist" + side).local_m.norm()};
  }
  const Eigen::Vector3d& calcn = origin("calcn" + side);
  const Eigen::Vector3d& toes = origin("toes" + side);
  const double length = (calcn + toes).norm();
  if (name == "talus" + side) return {Eigen::Vector3d::Zero(), length};
  if (name == "calcn" + side) return {-calcn, length};
  return {-(calcn + toes), length};
}

std::optional<Eigen::Vector3d> nominal_place(const Skeleton& skeleton, const MarkerDef& marker) {
  if (marker.segment.empty()) return std::nullopt;
  const int segment = skeleton.segment(marker.segment);
  if (marker.at) {
    const SegmentMeasure measure = segment_measure(skeleton, segment);
    return measure.from + measure.length_m * *marker.at;
  }
  const BodyPoint* landmark = find_landmark(skeleton, marker.landmark);
  if (landmark == nullptr || landmark->segment != segment) return std::nullopt;
  return landmark->local_m;
}

void attach_markers(Skeleton& skeleton, const MarkerSet& set, bool static_too) {
  skeleton.markers.clear();
  const double size = body_size(skeleton);
  for (const MarkerDef& def : set.markers) {
    if (def.computed || (def.static_only && !static_too)) continue;
    const auto place = nominal_place(skeleton, def);
    if (!place) continue;
    skeleton.markers.push_back(
        {{def.label, skeleton.segment(def.segment), *place}, def.sigma_m * size, false});
  }
}

}  // namespace runmech
