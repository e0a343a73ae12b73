// SPDX-License-Identifier: BSD-3-Clause
#include <string>

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

}  // namespace

GaitSignals gait_signals(const Motion& motion, const Motion* standing) {
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
    leg.heel = landmark(motion, sided("heel", side));
    leg.toe = landmark(motion, sided("toe", side));
    out.pelvis_side[side] = leg.hip;
  }
  out.pelvis = middle(out.leg.left.hip, out.leg.right.hip);
  if (out.pelvis.rows() > 0) out.pelvis_definition = "middle of the fitted hip centres";
  out.trunk_top = middle(landmark(motion, "shoulder_l"), landmark(motion, "shoulder_r"));
  if (out.trunk_top.rows() > 0) out.trunk_definition = "middle of the fitted shoulder centres";
  const bool heel = out.leg.left.heel.rows() + out.leg.right.heel.rows() > 0;
  const bool toe = out.leg.left.toe.rows() + out.leg.right.toe.rows() > 0;
  if (heel) out.heel_definition = "heel of the fitted foot";
  if (toe) out.toe_definition = "toe of the fitted foot";
  // The fit has smoothed the points; what is left of white noise is measured on the data as ever.
  out.noise_m = detail::white_noise(out);
  detail::standing_from_stance(out);
  if (standing != nullptr && standing->view == View::spatial) {
    // The level of the pelvis in standing, on the same points of the same skeleton.
    out.standing.obliquity_rad =
        detail::standing_reference(gait_signals(*standing)).obliquity_rad;
  }
  return out;
}

}  // namespace runmech
