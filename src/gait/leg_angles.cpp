// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/leg_angles.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace runmech {
namespace {

/// Continuous where atan2 jumps by a turn; missing samples stay missing.
void unwrap(Eigen::VectorXd& angle) {
  double turns = 0.0;
  double last = std::numeric_limits<double>::quiet_NaN();
  for (double& a : angle) {
    if (std::isnan(a)) continue;
    if (a - last > std::numbers::pi) turns -= 2.0 * std::numbers::pi;
    if (a - last < -std::numbers::pi) turns += 2.0 * std::numbers::pi;
    last = a;
    a += turns;
  }
}

Eigen::VectorXd angle_of(const Points& from, const Points& to, bool to_vertical) {
  if (from.rows() == 0 || from.rows() != to.rows()) return {};
  Eigen::VectorXd out(from.rows());
  for (Eigen::Index i = 0; i < out.size(); ++i) {
    const double dx = to(i, 0) - from(i, 0);
    const double dy = to(i, 1) - from(i, 1);
    out[i] = to_vertical ? std::atan2(dx, -dy) : std::atan2(dy, dx);
  }
  unwrap(out);
  return out;
}

Eigen::VectorXd difference(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  return a.size() > 0 && b.size() > 0 ? Eigen::VectorXd(a - b) : Eigen::VectorXd();
}

}  // namespace

LegAngles leg_angles(const GaitSignals& signals, Side side) {
  LegAngles out;
  if (signals.view == View::rear || signals.view == View::front) return out;
  const LegSignals& leg = signals.leg[side];
  out.foot_pitch = angle_of(leg.heel, leg.toe, false);
  out.shank = angle_of(leg.knee, leg.ankle, true);
  out.thigh = angle_of(leg.hip, leg.knee, true);
  out.knee_flexion = difference(out.thigh, out.shank);
  out.ankle = difference(out.foot_pitch, out.shank);
  return out;
}

}  // namespace runmech
