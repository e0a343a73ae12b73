// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "body_points.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "signal_parts.hpp"

namespace runmech {
namespace {

using detail::BodyPoints;
using detail::sided;

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

std::vector<std::string> both(std::string_view stem) {
  return {sided(stem, Side::left), sided(stem, Side::right)};
}

Choice first_mean(const BodyPoints& body,
                  const std::vector<std::pair<std::vector<std::string>, std::string>>& options) {
  for (const auto& [landmarks, definition] : options) {
    Points points = body.mean(landmarks);
    if (points.rows() > 0) return {std::move(points), definition};
  }
  return {};
}

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Choice pelvis_of(const BodyPoints& body) {
  return first_mean(body, {{both("asis") + both("psis"), "middle of ASIS and PSIS"},
                           {both("asis") + std::vector<std::string>{"sacrum", "sacrum"},
                            "middle of ASIS and sacrum"},
                           {both("hip"), "middle of the hip points"},
                           {{"mid_hip"}, "mid-hip point"},
                           {both("psis"), "middle of the PSIS"},
                           {{"sacrum"}, "sacrum"},
                           {both("asis"), "middle of the ASIS"},
                           {both("iliac_crest"), "middle of the iliac crests"}});
}

Choice trunk_of(const BodyPoints& body) {
  return first_mean(body, {{both("acromion"), "middle of the acromions"},
                           {both("shoulder"), "middle of the shoulder points"},
                           {{"neck"}, "neck point"},
                           {{"c7"}, "C7"},
                           {both("clavicle"), "middle of the clavicles"},
                           {{"jugular_notch"}, "jugular notch"}});
}

/// Left and right point of the obliquity line.
Sided<Points> pelvis_sides(const BodyPoints& body) {
  const std::vector<std::vector<std::string>> options{
      {"asis", "psis"}, {"asis"}, {"hip"}, {"psis"}, {"iliac_crest"}};
  for (const auto& stems : options) {
    Sided<Points> out;
    for (const Side side : kSides) {
      std::vector<std::string> names;
      for (const auto& stem : stems) names.push_back(sided(stem, side));
      out[side] = body.mean(names);
    }
    if (out.left.rows() > 0 && out.right.rows() > 0) return out;
  }
  return {Points(0, 3), Points(0, 3)};
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

/// Joint centre: the point itself, else between the two sides of the joint, else its lateral
/// marker.
Points joint(const BodyPoints& body, std::string_view stem, Side side) {
  const std::string name(stem);
  return first_mean(body, {{{sided(name, side)}, ""},
                           {{sided(name + "_lateral", side), sided(name + "_medial", side)}, ""},
                           {{sided(name + "_lateral", side)}, ""}})
      .points;
}

void clear_unseen_axis(Points& points, View view) {
  if (points.rows() == 0) return;
  if (view == View::side) points.col(2) = 0.0 * points.col(1);  // missing stays missing
  if (view == View::rear || view == View::front) points.col(0) = 0.0 * points.col(1);
}

/// Points of one recording, without standing, noise and gaps of collapsed feet.
GaitSignals points_of(const Recording& recording, const MarkerSet& set) {
  BodyPoints body(recording, set);
  for (const char* segment : {"pelvis", "calcn_l", "calcn_r", "torso"})
    body.complete_segment(segment);

  GaitSignals out;
  out.time_s = recording.time_s;
  out.view = recording.view;
  out.surface = recording.surface;
  out.stated_speed_m_s = recording.speed_m_s;
  out.keypoints = recording.is_keypoints() || set.keypoints;
  out.scale_assumed = recording.scale_assumed;

  Choice pelvis = pelvis_of(body);
  out.pelvis = std::move(pelvis.points);
  out.pelvis_definition = std::move(pelvis.definition);
  Choice trunk = trunk_of(body);
  out.trunk_top = std::move(trunk.points);
  out.trunk_definition = std::move(trunk.definition);
  out.pelvis_side = pelvis_sides(body);
  for (const Side side : kSides) {
    LegSignals& leg = out.leg[side];
    Choice heel = heel_of(body, side);
    Choice toe = toe_of(body, side);
    leg.heel = std::move(heel.points);
    leg.toe = std::move(toe.points);
    if (!heel.definition.empty()) out.heel_definition = heel.definition;
    if (!toe.definition.empty()) out.toe_definition = toe.definition;
    leg.hip = joint(body, "hip", side);
    leg.knee = joint(body, "knee", side);
    leg.ankle = joint(body, "ankle", side);
    for (Points* points : {&leg.hip, &leg.knee, &leg.ankle, &leg.heel, &leg.toe}) {
      clear_unseen_axis(*points, out.view);
    }
    clear_unseen_axis(out.pelvis_side[side], out.view);
  }
  clear_unseen_axis(out.pelvis, out.view);
  clear_unseen_axis(out.trunk_top, out.view);
  return out;
}

}  // namespace

GaitSignals gait_signals(const Recording& recording, const Recording* standing) {
  recording.validate();
  const MarkerSet& set = require_marker_set(recording.labels, recording.marker_set);
  GaitSignals out = points_of(recording, set);
  bool any_foot = false;
  for (const Side side : kSides) {
    const LegSignals& leg = out.leg[side];
    any_foot |= leg.heel.rows() + leg.toe.rows() + leg.ankle.rows() > 0;
  }
  if (!any_foot) {
    throw NotAnalysable("no foot or ankle point is recorded (marker set " + set.name +
                        "), so steps cannot be told");
  }
  if (out.keypoints && out.view == View::side) detail::drop_collapsed_feet(out);
  out.noise_m = detail::white_noise(out);
  if (standing != nullptr) {
    standing->validate();
    const MarkerSet& own = require_marker_set(
        standing->labels, standing->marker_set.empty() ? set.name : standing->marker_set);
    out.standing = detail::standing_reference(points_of(*standing, own));
  } else {
    detail::standing_from_stance(out);
  }
  return out;
}

}  // namespace runmech
