// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/belt.hpp"

#include <cmath>
#include <vector>

#include "runmech/core/printed.hpp"
#include "runmech/gait/strides.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

/// Which point of the foot tells the ground's velocity, when, and by what it is off: means over 28
/// treadmill runners against the nominal belt (RBDS).
struct StancePoint {
  const Points* points = nullptr;
  double from = 0.0;
  double to = 0.0;
  double factor = 1.0;
};

StancePoint stance_point(const LegSignals& leg, Eigen::Index n) {
  if (leg.toe.rows() == n && n > 0) return {&leg.toe, 0.30, 0.70, 1.0 - 0.0035};
  if (leg.heel.rows() == n && n > 0) return {&leg.heel, 0.30, 0.55, 1.0 - 0.008};
  return {};
}

/// Median velocity of the stance foot, one entry per stance: forward and up.
void add_stances(const GaitSignals& signals, const GaitEvents& events, Side side,
                 std::vector<double>& forward, std::vector<double>& up) {
  const StancePoint foot = stance_point(signals.leg[side], signals.n_frames());
  if (foot.points == nullptr) return;
  const Points velocity = derivative_of_path(*foot.points, signals.time_s);
  for (const Stride& s : strides(events)) {
    if (s.side != side || std::isnan(s.toe_off_s)) continue;
    std::vector<double> vx, vy;
    for (Eigen::Index i = 0; i < signals.n_frames(); ++i) {
      const double share = (signals.time_s[i] - s.foot_strike_s) / s.contact_s();
      if (share < foot.from || share > foot.to || std::isnan(velocity(i, 0))) continue;
      vx.push_back(velocity(i, 0));
      vy.push_back(velocity(i, 1));
    }
    if (vx.size() < 2) continue;
    forward.push_back(foot.factor * median(vx));
    up.push_back(median(vy));
  }
}

// Share of the speed over ground below which feet or body rest. Our choice.
constexpr double kRests = 0.15;

struct PelvisMotion {
  std::vector<double> forward, up;  ///< m/s, one entry per stride
};

PelvisMotion pelvis_motion(const GaitSignals& signals, const GaitEvents& events) {
  PelvisMotion out;
  if (signals.pelvis.rows() != signals.n_frames()) return out;
  const auto change = [&](int axis, const Stride& s) {
    const Eigen::VectorXd x = signals.pelvis.col(axis);
    return (value_at(x, signals.time_s, s.next_foot_strike_s) -
            value_at(x, signals.time_s, s.foot_strike_s)) /
           s.duration_s();
  };
  for (const Stride& s : strides(events)) {
    const double v = change(0, s);
    if (std::isnan(v)) continue;
    out.forward.push_back(v);
    out.up.push_back(change(1, s));
  }
  return out;
}

}  // namespace

RunningSpeed running_speed(const GaitSignals& signals, const GaitEvents& all) {
  const GaitEvents events = steps_that_count(all);
  RunningSpeed out;
  if (signals.view == View::rear || signals.view == View::front) {
    out.reason = "this view does not show the direction of progression";
    return out;
  }
  std::vector<double> ground, ground_up;
  for (const Side side : kSides) add_stances(signals, events, side, ground, ground_up);
  const PelvisMotion pelvis = pelvis_motion(signals, events);
  const double pelvis_m_s = median(pelvis.forward);
  if (ground.empty() && pelvis.forward.empty()) {
    out.reason = "no whole stride with a foot or pelvis point";
    return out;
  }
  out.n_steps = static_cast<int>(ground.size());
  out.ground_m_s = ground.empty() ? 0.0 : median(ground);
  const bool belt = signals.surface == Surface::treadmill ||
                    (signals.surface == Surface::unknown && !ground.empty() &&
                     std::abs(out.ground_m_s) > std::abs(pelvis_m_s));
  if (belt && ground.empty()) {
    out.reason = "on a treadmill the speed needs a heel or forefoot point";
    return out;
  }
  if (!ground.empty() && !pelvis.forward.empty()) {
    const double over_ground = pelvis_m_s - out.ground_m_s;
    const bool feet_rest = std::abs(out.ground_m_s) < kRests * std::abs(over_ground);
    const bool body_rests = std::abs(pelvis_m_s) < kRests * std::abs(over_ground);
    if (signals.surface == Surface::treadmill && feet_rest) {
      out.reason = printed(
          "stated as a treadmill, but the standing feet rest and the runner travels at %.1f m/s as "
          "overground",
          pelvis_m_s);
      out.surface_contradicted = true;
      return out;
    }
    if (signals.surface == Surface::overground && body_rests && !signals.keypoints) {
      out.reason = printed(
          "stated as overground, but the standing feet travel backward at %.1f m/s as on a belt",
          -out.ground_m_s);
      out.surface_contradicted = true;
      return out;
    }
  }
  if (belt) {
    // A runner who drifts on the belt does not change its speed.
    out.speed_m_s = -out.ground_m_s;
    out.source = "stance foot";
    out.slope = -median(ground_up) / out.speed_m_s;
    out.sd_m_s = std::hypot(0.005 * out.speed_m_s,
                            robust_sd(ground) / std::sqrt(static_cast<double>(ground.size())));
  } else if (!pelvis.forward.empty()) {
    // Overground the ground rests; if the foot says otherwise, the camera moves.
    const bool camera = std::abs(out.ground_m_s) > kRests * std::abs(pelvis_m_s - out.ground_m_s);
    out.speed_m_s = pelvis_m_s - (camera ? out.ground_m_s : 0.0);
    out.source = "pelvis";
    if (camera) out.reason = "the ground moves in the recording: the camera followed the runner";
    out.slope = (median(pelvis.up) - (camera ? median(ground_up) : 0.0)) / out.speed_m_s;
    const double scatter =
        pelvis.forward.size() > 1 ? robust_sd(pelvis.forward) : 0.02 * out.speed_m_s;
    out.sd_m_s = std::hypot(0.005 * out.speed_m_s,
                            scatter / std::sqrt(static_cast<double>(pelvis.forward.size())));
  }
  if (!(out.speed_m_s > 0.0)) {
    out = RunningSpeed{};
    out.reason = "the runner does not move forward over the ground";
  }
  return out;
}

}  // namespace runmech
