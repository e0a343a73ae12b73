// SPDX-License-Identifier: BSD-3-Clause
#include <string>
#include <utility>

#include "runmech/core/errors.hpp"
#include "runmech/core/spelling.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/skeleton/recorded_legs.hpp"
#include "signal_parts.hpp"

namespace runmech {
namespace {

constexpr Spelling<FeetFrom> kFeetFromNames[]{{FeetFrom::recorded, "recorded"},
                                              {FeetFrom::fitted, "fitted"}};

/// A joint centre does not hang on how its own joint turns: the same place on the parent, so that
/// an ankle whose foot nobody sees is where the shank ends.
BodyPoint on_parent(const Skeleton& skeleton, const BodyPoint& point) {
  const Segment& segment = skeleton.segments[static_cast<std::size_t>(point.segment)];
  if (segment.parent < 0 || segment.n_elements > 0 || !point.local_m.isZero(0.0)) return point;
  for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
       ++j) {
    if (!skeleton.coordinates[static_cast<std::size_t>(j)].rotation) return point;
  }
  return {point.name, segment.parent, segment.origin_m};
}

/// A landmark's path; empty where the skeleton has none or no frame determines it.
Points landmark(const Motion& motion, const std::string& name) {
  for (const BodyPoint& point : motion.skeleton.landmarks) {
    if (point.name != name) continue;
    Points path = motion.points(on_parent(motion.skeleton, point));
    if (path.array().isFinite().any()) return path;
  }
  return Points(0, 3);
}

/// Middle of two paths; empty unless both are there.
Points middle(const Points& a, const Points& b) {
  return a.rows() > 0 && b.rows() > 0 ? Points(0.5 * (a + b)) : Points(0, 3);
}

std::string sided(const char* stem, Side side) {
  return std::string(stem) + (side == Side::left ? "_l" : "_r");
}

/// Joints, pelvis and trunk of the fitted skeleton; no feet yet.
GaitSignals joints_of(const Motion& motion) {
  GaitSignals out;
  out.time_s = motion.time_s;
  out.view = motion.view;
  out.surface = motion.surface;
  out.stated_speed_m_s = motion.speed_m_s;
  out.keypoints = motion.keypoints;
  out.scale_assumed = motion.scale_assumed;
  out.from_fit = true;
  for (const Side side : kSides) {
    LegSignals& leg = out.leg[side];
    leg.hip = landmark(motion, sided("hip", side));
    leg.knee = landmark(motion, sided("knee", side));
    leg.ankle = landmark(motion, sided("ankle", side));
    out.pelvis_side[side] = leg.hip;
  }
  out.pelvis = middle(out.leg.left.hip, out.leg.right.hip);
  if (out.pelvis.rows() > 0) out.pelvis_definition = "middle of the fitted hip centres";
  out.trunk_top = middle(landmark(motion, "shoulder_l"), landmark(motion, "shoulder_r"));
  if (out.trunk_top.rows() > 0) out.trunk_definition = "middle of the fitted shoulder centres";
  return out;
}

void finish(GaitSignals& out, const Motion* standing) {
  out.noise_m = detail::white_noise(out);
  detail::standing_from_stance(out);
  if (standing != nullptr && standing->view == View::spatial) {
    // The level of the pelvis in standing, on the same points of the same skeleton.
    out.standing.obliquity_rad = detail::standing_reference(joints_of(*standing)).obliquity_rad;
  }
}

/// Heel and toe of the skeleton.
void add_fitted_feet(const Motion& motion, GaitSignals& out) {
  out.feet_from_fit = true;
  // As from markers: the joint line of the toes, which stays down until toe-off. What the toes
  // themselves do, few marker sets show; held straight they would dip below the ground.
  const std::string toe = motion.keypoints ? "toe" : "mt5";
  for (const Side side : kSides) {
    LegSignals& leg = out.leg[side];
    leg.heel = landmark(motion, sided("heel", side));
    leg.toe = landmark(motion, sided(toe.c_str(), side));
    leg.mt1 = landmark(motion, sided("mt1", side));
    leg.mt5 = landmark(motion, sided("mt5", side));
    if (leg.heel.rows() > 0) out.heel_definition = "heel of the fitted foot";
    if (leg.toe.rows() > 0) out.toe_definition = toe + " of the fitted foot";
  }
}

/// Feet and turns of thigh and shank as recorded. False, and nothing is changed, where the
/// recording does not show the feet well enough.
bool add_recorded_feet(const Motion& motion, const RecordedLegs& recorded, GaitSignals& out) {
  if (out.view != View::spatial && out.view != View::side) return false;
  bool any = false;
  for (const Side side : kSides) {
    any |= recorded.shows_foot(side);
    // A foot that only the fit knows would be told from the other one by another rule.
    if (!recorded.shows_foot(side) && landmark(motion, sided("heel", side)).rows() > 0)
      return false;
  }
  if (!any) return false;
  GaitSignals seen;
  seen.time_s = out.time_s;
  seen.view = out.view;
  seen.leg = recorded.leg;
  if (!recorded.keypoints) detail::drop_spikes(seen);
  if (recorded.keypoints && seen.view == View::side) detail::drop_collapsed_feet(seen);
  for (const Side side : kSides) {
    // Beside a whole foot the ankle of a lost one would stand in for it, and bend the ground.
    if (!recorded.shows_foot(side)) out.leg[side].ankle.resize(0, 3);
    out.leg[side].heel = std::move(seen.leg[side].heel);
    out.leg[side].toe = std::move(seen.leg[side].toe);
    out.leg[side].thigh_turn_rad = std::move(seen.leg[side].thigh_turn_rad);
    out.leg[side].shank_turn_rad = std::move(seen.leg[side].shank_turn_rad);
    out.leg[side].mt1 = std::move(seen.leg[side].mt1);
    out.leg[side].mt5 = std::move(seen.leg[side].mt5);
  }
  out.heel_definition = recorded.heel_definition;
  out.toe_definition = recorded.toe_definition;
  out.notes = std::move(seen.notes);
  return true;
}

GaitSignals signals_of(const Motion& motion, const RecordedLegs* recorded, const Motion* standing) {
  GaitSignals out = joints_of(motion);
  if (recorded == nullptr || !add_recorded_feet(motion, *recorded, out))
    add_fitted_feet(motion, out);
  finish(out, standing);
  return out;
}

}  // namespace

std::string_view to_string(FeetFrom v) {
  return spell<FeetFrom>(kFeetFromNames, v);
}

FeetFrom parse_feet_from(std::string_view word) {
  return parse_spelling<FeetFrom>(kFeetFromNames, "feet", word);
}

GaitSignals gait_signals(const Motion& motion, const Motion* standing) {
  return gait_signals(motion, FeetFrom::recorded, standing);
}

GaitSignals gait_signals(const Motion& motion, FeetFrom feet, const Motion* standing) {
  const bool recorded = feet == FeetFrom::recorded;
  return signals_of(motion, recorded ? motion.recorded_legs.get() : nullptr, standing);
}

GaitSignals gait_signals(const Motion& motion, const Recording& recording, const Motion* standing) {
  if (recording.time_s != motion.time_s) {
    throw InvalidArgument("gait_signals: the motion was not fitted to this recording (" +
                          std::to_string(motion.time_s.size()) + " and " +
                          std::to_string(recording.time_s.size()) + " frames, or other times)");
  }
  const RecordedLegs recorded = recorded_legs(recording);
  GaitSignals out = signals_of(motion, &recorded, standing);
  out.plates = recording.plates;
  return out;
}

GaitSignals with_joints_of(GaitSignals signals, const Motion& motion) {
  if (signals.time_s != motion.time_s) {
    throw InvalidArgument("with_joints_of: the motion was not fitted to this recording");
  }
  std::vector<BodyPoint> points;
  std::vector<Points*> targets;
  Sided<Points> shoulder;
  const auto want = [&](const char* stem, Side side, Points& target, bool needed) {
    if (!needed) return;
    points.push_back(on_parent(motion.skeleton, motion.skeleton.landmark(sided(stem, side))));
    targets.push_back(&target);
  };
  const bool trunk = signals.trunk_top.rows() > 0;
  for (const Side side : kSides) {
    LegSignals& leg = signals.leg[side];
    want("hip", side, leg.hip, leg.hip.rows() > 0);
    want("knee", side, leg.knee, leg.knee.rows() > 0);
    want("ankle", side, leg.ankle, leg.ankle.rows() > 0);
    want("shoulder", side, shoulder[side], trunk);
  }
  std::vector<Points> paths = motion.points(points);
  for (std::size_t i = 0; i < paths.size(); ++i) *targets[i] = std::move(paths[i]);
  for (const Side side : kSides) signals.pelvis_side[side] = signals.leg[side].hip;
  signals.pelvis = middle(signals.leg.left.hip, signals.leg.right.hip);
  if (trunk) signals.trunk_top = middle(shoulder.left, shoulder.right);
  return signals;
}

}  // namespace runmech
