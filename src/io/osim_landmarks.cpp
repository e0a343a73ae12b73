// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <string_view>

#include "osim_tree.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech::osim {
namespace {

/// A joint centre of the running skeleton: the segment that this coordinate moves, or that is
/// named so, has its origin there.
struct JointCentre {
  std::string_view landmark, coordinate, body;
};
constexpr std::array<JointCentre, 5> kSided{{{"hip", "hip_flexion", "femur"},
                                             {"knee", "knee_angle", "tibia"},
                                             {"ankle", "ankle_angle", "talus"},
                                             {"shoulder", "arm_flex", "humerus"},
                                             {"elbow", "elbow_flex", "ulna"}}};

int segment_of(const Skeleton& skeleton, const std::string& coordinate, const std::string& body) {
  for (const Coordinate& c : skeleton.coordinates) {
    if (c.name == coordinate) return c.segment;
  }
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    if (skeleton.segments[s].name == body) return static_cast<int>(s);
  }
  return -1;
}

void add_new(BodyPoint point, Skeleton& skeleton) {
  const bool known = std::any_of(skeleton.landmarks.begin(), skeleton.landmarks.end(),
                                 [&](const BodyPoint& p) { return p.name == point.name; });
  if (!known) skeleton.landmarks.push_back(std::move(point));
}

}  // namespace

void add_landmarks(const std::vector<BodyPoint>& labelled, Skeleton& skeleton) {
  std::vector<std::string> missing;
  for (const char* side : {"_r", "_l"}) {
    for (const JointCentre& centre : kSided) {
      const std::string name = std::string(centre.landmark) + side;
      const int segment = segment_of(skeleton, std::string(centre.coordinate) + side,
                                     std::string(centre.body) + side);
      if (segment >= 0) {
        add_new({name, segment, Eigen::Vector3d::Zero()}, skeleton);
      } else {
        missing.push_back(name);
      }
    }
  }
  if (!missing.empty()) {
    skeleton.notes.push_back(
        {"model", "joint centres that no name of a coordinate or body gives: " + listed(missing),
         true});
  }
  std::vector<std::string> labels;
  for (const BodyPoint& point : labelled) labels.push_back(point.name);
  const MarkerSetMatch found = recognise_marker_set(labels);
  if (found.set == nullptr) {
    skeleton.notes.push_back({"model", "no landmarks from the markers: " + found.reason, true});
    return;
  }
  const std::vector<int> match = found.set->match(labels);
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    if (match[i] < 0) continue;
    const MarkerDef& def = found.set->markers[static_cast<std::size_t>(match[i])];
    if (def.landmark.empty()) continue;
    add_new({def.landmark, labelled[i].segment, labelled[i].local_m}, skeleton);
  }
}

}  // namespace runmech::osim
