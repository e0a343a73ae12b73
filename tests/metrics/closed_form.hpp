// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "runmech/core/units.hpp"
#include "runmech/data/gait_events.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech::test {

/// A runner of sines: every angle is a closed form, so every metric is known exactly.
struct Sines {
  double rate_hz = 150.0;
  double duration_s = 16.0;
  double start_s = 0.0;
  double stride_s = 0.70;
  double contact_s = 0.25;
  double speed_m_s = 3.0;
  Surface surface = Surface::treadmill;
  View view = View::spatial;
  double first_strike_s = 0.31;  ///< right foot
  double step_width_m = 0.10;
  double scale = 1.0;                           ///< of every length
  double thigh_mean = 8.0, thigh_swing = 30.0;  ///< deg
  double shank_mean = -32.0, shank_swing = 42.0;
  double lean_mean = 7.0, lean_swing = 1.5;
  double drop_left = 5.0, drop_right = 5.0;  ///< obliquity at mid-stance, deg
  double roll = 0.0;                         ///< camera roll, right side up +, deg
  double bounce_m = 0.04;                    ///< amplitude of the body's height
  bool standing = true;
  double jitter_s = 0.0;  ///< SD of the strides' phase noise, set through `random`
};

inline double cycle(const Sines& s, Side side, double t) {
  const double shift = side == Side::right ? 0.0 : 0.5;
  return (t - s.first_strike_s) / s.stride_s - shift;  // 0 at the foot's strike
}
inline double thigh_deg(const Sines& s, Side side, double t) {
  return s.thigh_mean + s.thigh_swing * std::cos(2 * std::numbers::pi * (cycle(s, side, t) + 0.15));
}
inline double shank_deg(const Sines& s, Side side, double t) {
  return s.shank_mean + s.shank_swing * std::cos(2 * std::numbers::pi * (cycle(s, side, t) - 0.02));
}
/// Right side up +; positive over the right stance, negative over the left one.
inline double obliquity_deg(const Sines& s, double t) {
  const double middle = 0.5 * s.contact_s / s.stride_s;
  const double phase = std::cos(2 * std::numbers::pi * (cycle(s, Side::right, t) - middle));
  const double mean = 0.5 * (s.drop_right - s.drop_left);
  return s.roll + mean + 0.5 * (s.drop_right + s.drop_left) * phase;
}

inline Points single(double x, double y, double z) {
  Points p(1, 3);
  p << x, y, z;
  return p;
}

inline GaitSignals signals_of(const Sines& s) {
  GaitSignals out;
  const auto n = static_cast<Eigen::Index>(std::lround(s.duration_s * s.rate_hz)) + 1;
  for (Eigen::Index i = 0; i < n; ++i)
    out.time_s.push_back(s.start_s + static_cast<double>(i) / s.rate_hz);
  const double thigh_m = 0.43 * s.scale, shank_m = 0.43 * s.scale, hip_m = 0.09 * s.scale;
  out.view = s.view;
  out.surface = s.surface;
  out.stated_speed_m_s = s.speed_m_s;
  out.pelvis.resize(n, 3);
  out.trunk_top.resize(n, 3);
  for (const Side side : kSides) {
    for (Points* p : {&out.leg[side].hip, &out.leg[side].knee, &out.leg[side].ankle,
                      &out.leg[side].heel, &out.leg[side].toe, &out.pelvis_side[side]}) {
      p->resize(n, 3);
    }
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    const double t = out.time_s[static_cast<std::size_t>(i)];
    const double travelled = s.surface == Surface::overground ? s.speed_m_s * t : 0.0;
    const double up =
        s.bounce_m * std::cos(4 * std::numbers::pi * (cycle(s, Side::right, t) - 0.45));
    const Eigen::Vector3d pelvis(travelled, 0.95 * s.scale + up, 0.0);
    out.pelvis.row(i) = pelvis;
    const double lean = radians(
        s.lean_mean + s.lean_swing * std::sin(4 * std::numbers::pi * cycle(s, Side::right, t)));
    out.trunk_top.row(i) =
        pelvis + 0.5 * s.scale * Eigen::Vector3d(std::sin(lean), std::cos(lean), 0);
    const double ob = radians(obliquity_deg(s, t));
    for (const Side side : kSides) {
      const double z = sign(side) * hip_m;
      const Eigen::Vector3d hip = pelvis + Eigen::Vector3d(0, z * std::sin(ob), z * std::cos(ob));
      const double a = radians(thigh_deg(s, side, t));
      const double b = radians(shank_deg(s, side, t));
      const Eigen::Vector3d knee = hip + thigh_m * Eigen::Vector3d(std::sin(a), -std::cos(a), 0);
      const Eigen::Vector3d ankle = knee + shank_m * Eigen::Vector3d(std::sin(b), -std::cos(b), 0);
      out.leg[side].hip.row(i) = hip;
      out.pelvis_side[side].row(i) = hip;
      out.leg[side].knee.row(i) = knee;
      out.leg[side].ankle.row(i) = ankle;
      // Heel and toe stand still on the ground in contact, and travel evenly in between.
      const double c = cycle(s, side, t);
      const double stride_m = s.speed_m_s * s.stride_s;
      const double k = std::floor(c);
      const double duty = s.contact_s / s.stride_s;
      const double part = std::max(0.0, (c - k - duty) / (1.0 - duty));
      const double strike_t = s.first_strike_s + (side == Side::right ? 0.0 : 0.5) * s.stride_s;
      double ground_x = s.speed_m_s * strike_t + stride_m * (k + part) + 0.2;
      if (s.surface != Surface::overground) ground_x -= s.speed_m_s * t;
      out.leg[side].heel.row(i) << ground_x, 0.02, sign(side) * 0.5 * s.step_width_m;
      out.leg[side].toe.row(i) << ground_x + 0.18, 0.02, sign(side) * 0.5 * s.step_width_m;
    }
  }
  if (s.standing) out.standing.obliquity_rad = radians(s.roll);
  for (const Side side : kSides) {
    for (Points* p : {&out.leg[side].hip, &out.leg[side].knee, &out.leg[side].ankle,
                      &out.leg[side].heel, &out.leg[side].toe, &out.pelvis_side[side]}) {
      if (s.view == View::side) p->col(2).setZero();
      if (s.view == View::rear) p->col(0).setZero();
    }
  }
  if (s.view == View::rear) {
    out.pelvis.col(0).setZero();
    out.trunk_top.col(0).setZero();
  }
  return out;
}

/// Events of the same runner: right foot at first_strike_s, left half a stride later.
inline GaitEvents events_of(const Sines& s, double sd_s = 0.002) {
  GaitEvents out;
  out.detector = "closed_form";
  out.kind = GaitKind::running;
  const double end = s.start_s + s.duration_s;
  for (double t = s.first_strike_s - 2 * s.stride_s; t < end; t += s.stride_s) {
    for (const Side side : kSides) {
      const double strike = t + (side == Side::right ? 0.0 : 0.5 * s.stride_s);
      for (const auto& [type, when] : {std::pair{EventType::foot_strike, strike},
                                       std::pair{EventType::toe_off, strike + s.contact_s}}) {
        if (when >= s.start_s && when <= end) out.events.push_back({side, type, when, sd_s, ""});
      }
    }
  }
  std::sort(out.events.begin(), out.events.end(),
            [](const auto& a, const auto& b) { return a.time_s < b.time_s; });
  out.spans = {{s.start_s, end}};
  return out;
}

}  // namespace runmech::test
