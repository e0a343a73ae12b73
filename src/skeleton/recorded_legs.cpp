// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/recorded_legs.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace runmech {
namespace {

/// The first of several definitions that the markers allow.
struct Choice {
  Points points{0, 3};
  std::string definition;
};

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Choice heel_of(const BodyPoints& body, Side side) {
  std::vector<std::string> names;
  for (const char* stem : {"heel", "heel_top", "heel_lateral", "heel_medial"}) {
    names.push_back(sided(stem, side));
  }
  names = body.well_seen(names);
  if (names.empty()) return {};
  Choice out{body.mean(names), ""};
  for (auto& name : names) name.resize(name.size() - 2);  // without the side
  out.definition = names.size() == 1 ? names.front() : "mean of " + joined(names);
  return out;
}

Choice toe_of(const BodyPoints& body, Side side) {
  for (const char* stem : {"mt5", "mt2", "toe", "mt1"}) {
    Points points = body.track(sided(stem, side));
    if (points.rows() > 0) return {std::move(points), stem};
  }
  return {};
}

/// "heel" of "heel_r".
std::string_view stem_of(std::string_view name) {
  return name.ends_with("_l") || name.ends_with("_r") ? name.substr(0, name.size() - 2) : name;
}

/// What recorded_legs reads of a set.
bool of_leg(const MarkerDef& def) {
  constexpr std::array<std::string_view, 5> kSegments{"femur", "tibia", "talus", "calcn", "toes"};
  constexpr std::array<std::string_view, 11> kLandmarks{
      "hip",         "knee", "ankle", "heel", "heel_top", "heel_lateral",
      "heel_medial", "mt1",  "mt2",   "mt5",  "toe"};
  const auto among = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return among(kSegments, stem_of(def.segment)) || among(kLandmarks, stem_of(def.landmark));
}

}  // namespace

bool RecordedLegs::shows_foot(Side side) const {
  return leg[side].heel.rows() + leg[side].toe.rows() > 0;
}

RecordedLegs recorded_legs(const BodyPoints& body, View view, bool keypoints) {
  RecordedLegs out;
  out.view = view;
  out.keypoints = keypoints;
  for (const Side side : kSides) {
    LegSignals& leg = out.leg[side];
    leg.hip = body.track(sided("hip", side));
    leg.knee = body.track(sided("knee", side));
    leg.ankle = body.track(sided("ankle", side));
    Choice heel = heel_of(body, side);
    Choice toe = toe_of(body, side);
    leg.heel = std::move(heel.points);
    leg.toe = std::move(toe.points);
    if (!heel.definition.empty()) out.heel_definition = heel.definition;
    if (!toe.definition.empty()) out.toe_definition = toe.definition;
    leg.mt1 = body.track(sided("mt1", side));
    leg.mt5 = body.track(sided("mt5", side));
    if (!keypoints && view == View::spatial) {
      leg.thigh_turn_rad = body.sagittal_turn(sided("femur", side));
      leg.shank_turn_rad = body.sagittal_turn(sided("tibia", side));
    }
    LegSignals::points(leg, [view](const char*, Points& p) { clear_unseen_axis(p, view); });
  }
  return out;
}

RecordedLegs recorded_legs(const Recording& recording) {
  const MarkerSet& set = require_marker_set(recording.labels, recording.marker_set);
  BodyPoints body(recording, set, of_leg);
  for (const Side side : kSides) body.complete_segment(sided("calcn", side));
  return recorded_legs(body, recording.view, recording.is_keypoints() || set.keypoints);
}

}  // namespace runmech
