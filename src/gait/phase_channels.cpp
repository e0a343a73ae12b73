// SPDX-License-Identifier: BSD-3-Clause
#include "phase_channels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/period.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

constexpr double kUsualStride_s = 0.7, kAdultLeg_m = 0.9;
constexpr double kOneStride_s = 2.7;  // a walk shows its stride time from then on
constexpr double kStepBand = 3.5;     // strides^-1: 5 Hz at 0.7 s
constexpr double kUneven = 0.05;

bool observed(const Points& p) {
  return p.rows() > 0 && p.array().isFinite().any();
}

Eigen::VectorXd filtered(const Eigen::VectorXd& x, double rate_hz, double cutoff_hz) {
  return cutoff_hz > 0.0 && cutoff_hz < 0.45 * rate_hz ? low_pass(x, rate_hz, cutoff_hz) : x;
}

/// Middle of the foot: heel and toe, else one of them, else the ankle.
Points foot_middle(const LegSignals& leg) {
  if (observed(leg.heel) && observed(leg.toe)) return 0.5 * (leg.heel + leg.toe);
  if (observed(leg.heel)) return leg.heel;
  if (observed(leg.toe)) return leg.toe;
  return leg.ankle;
}

/// What swings against the other foot: forward of the pelvis, or in rear views the height.
Eigen::VectorXd swing(const Points& foot, const Points& pelvis, View view) {
  if (view == View::rear || view == View::front) {
    return observed(pelvis) ? Eigen::VectorXd(foot.col(1) - pelvis.col(1))
                            : Eigen::VectorXd(foot.col(1));
  }
  return observed(pelvis) ? Eigen::VectorXd(foot.col(0) - pelvis.col(0))
                          : Eigen::VectorXd(foot.col(0));
}

/// The scale of the body, for noise and for a usual stride time only: pelvis above a foot.
double rough_leg_m(const GaitSignals& signals, const Points& foot) {
  if (!observed(signals.pelvis) || !observed(foot)) return kAdultLeg_m;
  const Eigen::VectorXd up = signals.pelvis.col(1) - foot.col(1);
  const double leg = quantile({up.data(), static_cast<std::size_t>(up.size())}, 0.95);
  return leg > 0.0 ? leg : kAdultLeg_m;
}

/// Event bandwidth by the white noise of the foot points, in strides^-1 at 0.7 s: 30 Hz clean, 12
/// Hz from 1.2 mm, 8 Hz from 5 mm and for image keypoints (events_recipe 8.3), scaled by the leg.
double event_band(const GaitSignals& signals, double leg_m) {
  const double noise = std::max(signals.noise_m.left, signals.noise_m.right) * 0.9 / leg_m;
  if (signals.keypoints || noise > 0.005) return 5.6;
  return noise > 0.0012 ? 8.4 : 21.0;
}

}  // namespace

Eigen::VectorXd beat_of(const GaitSignals& signals) {
  const std::optional<Side> unseen = unseen_foot(signals);
  Eigen::VectorXd out;
  for (const Side side : kSides) {
    if (side == unseen) continue;
    const Points middle = foot_middle(signals.leg[side]);
    if (!observed(middle)) continue;
    const Eigen::VectorXd one = swing(middle, signals.pelvis, signals.view);
    out = out.size() == 0 ? one : Eigen::VectorXd(out - one);
  }
  return out;
}

PhaseChannels phase_channels(const GaitSignals& signals) {
  PhaseChannels out;
  const Clock clock = clock_of(signals.time_s);
  if (signals.time_s.size() < 4) return out;
  out.rate_hz = clock.rate_hz;
  const bool even = clock.unevenness < kUneven;
  out.time_s = even ? signals.time_s : even_times(signals.time_s, out.rate_hz);
  const auto on_clock = [&](const Eigen::VectorXd& x) {
    return even ? x : resample(x, signals.time_s, out.time_s);
  };

  Sided<Points> middle;
  Sided<Eigen::VectorXd> raw;
  const std::optional<Side> unseen = unseen_foot(signals);
  for (const Side side : kSides) {
    if (side == unseen) continue;
    middle[side] = foot_middle(signals.leg[side]);
    if (observed(middle[side]))
      raw[side] = on_clock(swing(middle[side], signals.pelvis, signals.view));
  }
  if (raw.left.size() == 0 && raw.right.size() == 0) return out;
  const double leg_m = rough_leg_m(signals, raw.left.size() > 0 ? middle.left : middle.right);
  const Eigen::VectorXd beat = raw.left.size() == 0    ? raw.right
                               : raw.right.size() == 0 ? raw.left
                                                       : Eigen::VectorXd(raw.left - raw.right);
  const auto period = find_period(beat, out.rate_hz, kShortestStride_s, kLongestStride_s);
  if (period) {
    out.stride_time_s = period->period_s;
    out.regularity = period->strength;
  } else if (out.time_s.back() - out.time_s.front() < kOneStride_s) {
    // Too short to repeat; scales filters and windows only.
    out.stride_time_s = kUsualStride_s * std::sqrt(leg_m / kAdultLeg_m);
  } else {
    return out;
  }

  const double step_hz = kStepBand / out.stride_time_s;
  const double bridge_s = 0.25 * out.stride_time_s;
  const auto for_steps = [&](const Eigen::VectorXd& x) {
    return filtered(fill_gaps(x, out.time_s, bridge_s).values, out.rate_hz, step_hz);
  };
  if (observed(signals.pelvis)) {
    out.pelvis_x = for_steps(on_clock(signals.pelvis.col(0)));
    out.pelvis_y = for_steps(on_clock(signals.pelvis.col(1)));
  }
  out.cutoff_hz = event_band(signals, leg_m) / out.stride_time_s;
  if (out.cutoff_hz >= 0.45 * out.rate_hz) out.cutoff_hz = 0.0;

  const double factor = std::max(1.0, std::ceil(120.0 * 0.7 / out.stride_time_s / out.rate_hz));
  out.fine_hz = factor * out.rate_hz;
  out.fine_s = factor > 1.0 ? even_times(out.time_s, out.fine_hz) : out.time_s;
  const auto for_events = [&](const Eigen::VectorXd& x) {
    const Eigen::VectorXd smooth =
        filtered(fill_gaps(on_clock(x), out.time_s, bridge_s).values, out.rate_hz, out.cutoff_hz);
    return factor > 1.0 ? resample(smooth, out.time_s, out.fine_s) : smooth;
  };
  for (const Side side : kSides) {
    FootChannels& foot = out.foot[side];
    const LegSignals& leg = signals.leg[side];
    if (raw[side].size() == 0) continue;
    foot.forward = for_steps(raw[side]);
    const bool has_heel = observed(leg.heel);
    const bool has_toe = observed(leg.toe);
    const Points& heel = has_heel || has_toe ? leg.heel : leg.ankle;
    if (observed(heel)) {
      foot.heel_x = for_events(heel.col(0));
      foot.heel_y = for_events(heel.col(1));
    }
    if (has_toe) {
      foot.toe_x = for_events(leg.toe.col(0));
      foot.toe_y = for_events(leg.toe.col(1));
    }
    for (std::size_t i = 0; i < signals.time_s.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      if ((observed(heel) && std::isnan(heel(row, 1))) ||
          (has_toe && std::isnan(leg.toe(row, 1)))) {
        foot.missing_s.push_back(signals.time_s[i]);
      }
    }
  }
  return out;
}

}  // namespace runmech::detail
