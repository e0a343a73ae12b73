// SPDX-License-Identifier: BSD-3-Clause
#include <string>
#include <utility>

#include "runmech/core/errors.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "signal_parts.hpp"

namespace runmech {
namespace {

/// A landmark's path; empty where the skeleton has none or no frame determines it.
Points landmark(const Motion& motion, const std::string& name) {
  for (const BodyPoint& point : motion.skeleton.landmarks) {
    if (point.name != name) continue;
    Points path = motion.points(point);
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

}  // namespace

GaitSignals gait_signals(const Motion& motion, const Motion* standing) {
  GaitSignals out = joints_of(motion);
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
  finish(out, standing);
  return out;
}

GaitSignals gait_signals(const Motion& motion, const Recording& recording, const Motion* standing) {
  if (recording.time_s != motion.time_s) {
    throw InvalidArgument("gait_signals: the motion was not fitted to this recording (" +
                          std::to_string(motion.time_s.size()) + " and " +
                          std::to_string(recording.time_s.size()) + " frames, or other times)");
  }
  bool shown = motion.view == View::spatial || motion.view == View::side;
  GaitSignals seen;
  try {
    seen = gait_signals(recording);
  } catch (const NotAnalysable&) {
    shown = false;  // clusters without a named foot point: only the fit knows where the feet are
  }
  if (!shown) return gait_signals(motion, standing);
  GaitSignals out = joints_of(motion);
  for (const Side side : kSides) {
    if (seen.leg[side].heel.rows() + seen.leg[side].toe.rows() > 0) continue;
    // A foot that only the fit knows would be told from the other one by another rule.
    if (out.leg[side].ankle.rows() > 0) return gait_signals(motion, standing);
  }
  for (const Side side : kSides) {
    out.leg[side].heel = std::move(seen.leg[side].heel);
    out.leg[side].toe = std::move(seen.leg[side].toe);
    out.leg[side].thigh_turn_rad = std::move(seen.leg[side].thigh_turn_rad);
    out.leg[side].shank_turn_rad = std::move(seen.leg[side].shank_turn_rad);
    out.leg[side].mt1 = std::move(seen.leg[side].mt1);
    out.leg[side].mt5 = std::move(seen.leg[side].mt5);
  }
  out.plates = std::move(seen.plates);
  out.heel_definition = seen.heel_definition;
  out.toe_definition = seen.toe_definition;
  for (Note& note : seen.notes) {
    if (note.code != "standing") out.notes.push_back(std::move(note));
  }
  finish(out, standing);
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
    points.push_back(motion.skeleton.landmark(sided(stem, side)));
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
