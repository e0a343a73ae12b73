// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include "runmech/core/errors.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/skeleton/body_points.hpp"
#include "runmech/skeleton/body_size.hpp"
#include "runmech/skeleton/joint_centres.hpp"
#include "runmech/skeleton/recorded_legs.hpp"
#include "signal_parts.hpp"

namespace runmech {
namespace {

/// The first of several definitions that the markers allow.
struct Choice {
  Points points{0, 3};
  std::string definition;
};

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

/// Landmarks of one frame that are seen.
class FramePlaces {
 public:
  FramePlaces(const BodyPoints& body, std::vector<std::string> names) : names_(std::move(names)) {
    for (const auto& name : names_) tracks_.push_back(body.track(name));
  }
  [[nodiscard]] LandmarkPlaces at(Eigen::Index frame) const {
    LandmarkPlaces out;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (tracks_[i].rows() == 0 || !tracks_[i].row(frame).allFinite()) continue;
      out[names_[i]] = tracks_[i].row(frame).transpose();
    }
    return out;
  }

 private:
  std::vector<std::string> names_;
  std::vector<Points> tracks_;
};

/// Joint centres of one leg that no point of the set shows directly: hip by regression from the
/// pelvis, knee and ankle between or beside their markers.
void find_joints(const BodyPoints& body, Side side, const Skeleton& body_sizes, double size,
                 GaitSignals& out) {
  LegSignals& leg = out.leg[side];
  if (out.keypoints || out.view != View::spatial) return;
  const FramePlaces places(body, both("asis") + both("psis") + std::vector<std::string>{"sacrum"} +
                                     both("knee_lateral") + both("knee_medial") +
                                     both("ankle_lateral") + both("ankle_medial"));
  const auto n = static_cast<Eigen::Index>(out.time_s.size());
  const bool need_hip = leg.hip.rows() == 0;
  const bool need_knee = leg.knee.rows() == 0;
  const bool need_ankle = leg.ankle.rows() == 0;
  const Points nothing = Points::Constant(n, 3, std::numeric_limits<double>::quiet_NaN());
  if (need_hip) leg.hip = nothing;
  if (need_knee) leg.knee = nothing;
  if (need_ankle) leg.ankle = nothing;
  std::string hip_how, knee_how;
  for (Eigen::Index i = 0; i < n; ++i) {
    const LandmarkPlaces seen = places.at(i);
    const auto pelvis = pelvis_frame(seen);
    if (need_hip && pelvis) {
      const JointCentre centre = hip_centre(*pelvis, side, HipCentre::harrington_2007, size);
      leg.hip.row(i) = centre.position_m.transpose();
      hip_how = centre.how;
    }
    const Eigen::Vector3d to_right =
        pelvis ? Eigen::Vector3d(pelvis->axes.col(2)) : Eigen::Vector3d::UnitZ();
    if (need_knee) {
      if (const auto centre = knee_centre(seen, side, body_sizes, to_right)) {
        leg.knee.row(i) = centre->position_m.transpose();
        knee_how = centre->how;
      }
    }
    if (need_ankle) {
      if (const auto centre = ankle_centre(seen, side, body_sizes, to_right)) {
        leg.ankle.row(i) = centre->position_m.transpose();
      }
    }
  }
  for (Points* points : {&leg.hip, &leg.knee, &leg.ankle}) {
    if (!points->array().isFinite().any()) points->resize(0, 3);
  }
  if (!hip_how.empty()) out.joint_definition = "hip: " + hip_how;
  if (!knee_how.empty()) {
    out.joint_definition +=
        (out.joint_definition.empty() ? "" : "; ") + ("knee and ankle: " + knee_how);
  }
}

/// Points of one recording, without standing, noise and gaps of collapsed feet.
GaitSignals points_of(const Recording& recording, const MarkerSet& set, const Recording* standing) {
  BodyPoints body(recording, set);
  if (standing != nullptr) body.add_standing_landmarks(*standing);
  for (const char* segment : {"pelvis", "calcn_l", "calcn_r", "torso"})
    body.complete_segment(segment);

  GaitSignals out;
  out.time_s = recording.time_s;
  out.view = recording.view;
  out.surface = recording.surface;
  out.stated_speed_m_s = recording.speed_m_s;
  out.keypoints = recording.is_keypoints() || set.keypoints;
  out.scale_assumed = recording.scale_assumed;

  const double size = body_size(recording, set);
  Skeleton body_sizes = running_skeleton();
  scale_lengths(body_sizes, size);
  Choice pelvis = pelvis_of(body);
  out.pelvis = std::move(pelvis.points);
  out.pelvis_definition = std::move(pelvis.definition);
  Choice trunk = trunk_of(body);
  out.trunk_top = std::move(trunk.points);
  out.trunk_definition = std::move(trunk.definition);
  out.pelvis_side = pelvis_sides(body);
  RecordedLegs legs = recorded_legs(body, out.view, out.keypoints);
  out.leg = std::move(legs.leg);
  out.heel_definition = std::move(legs.heel_definition);
  out.toe_definition = std::move(legs.toe_definition);
  for (const Side side : kSides) {
    find_joints(body, side, body_sizes, size, out);
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
  GaitSignals out = points_of(recording, set, standing);
  out.plates = recording.plates;
  bool any_foot = false;
  for (const Side side : kSides) {
    const LegSignals& leg = out.leg[side];
    any_foot |= leg.heel.rows() + leg.toe.rows() + leg.ankle.rows() > 0;
  }
  if (!any_foot) {
    if (recording.n_frames() < kMinimumFrames) {
      throw NotAnalysable("too short: " + std::to_string(recording.n_frames()) +
                          " frames; at least " + std::to_string(kMinimumFrames) + " are needed");
    }
    throw NotAnalysable("no foot or ankle point is recorded (marker set " + set.name +
                        "), so steps cannot be told");
  }
  if (!out.keypoints) detail::drop_spikes(out);
  if (out.keypoints && out.view == View::side) detail::drop_collapsed_feet(out);
  out.noise_m = detail::white_noise(out);
  if (standing != nullptr) {
    standing->validate();
    const MarkerSet& own = require_marker_set(
        standing->labels, standing->marker_set.empty() ? set.name : standing->marker_set);
    out.standing = detail::standing_reference(points_of(*standing, own, nullptr));
  } else {
    detail::standing_from_stance(out);
  }
  return out;
}

}  // namespace runmech
