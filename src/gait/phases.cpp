// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/phases.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "foot_swings.hpp"
#include "phase_channels.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/extrema.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "signal_parts.hpp"

namespace runmech {
namespace {

using detail::FootChannels;
using detail::PhaseChannels;

constexpr double kNaN = FootSwing::kNaN;
constexpr const char* kFromStance = "pelvis height in stance";
// Shares of the stride time, of the leg length, of the running speed; our choice, from RBDS.
constexpr double kBackward = 0.5;       // of swing range per stride: a fifth of the speed or so
constexpr double kMinSwingLegs = 0.25;  // of the leg
constexpr double kStrikeSpeed = 0.5;    // of the running speed
constexpr double kToeRise = 0.034;      // of the leg: 30 mm for an adult
constexpr double kAdultLeg_m = 0.9;     // where nothing above the foot tells the size of the body
constexpr double kStrikeBefore = 0.07, kStrikeAfter = 0.28;  // window around forward_s, strides
constexpr double kSureTurn =
    0.1;  // strides from the end of the record: a turn, not the filter's end
constexpr double kToeWindow = 0.43;  // before rearward_s, strides

/// Median of a channel's slope over [from, to].
double median_slope(const Eigen::VectorXd& velocity, const std::vector<double>& t, double from,
                    double to) {
  std::vector<double> v;
  const auto first = std::lower_bound(t.begin(), t.end(), from) - t.begin();
  for (auto i = first; i < static_cast<std::ptrdiff_t>(t.size()) && t[i] <= to; ++i)
    v.push_back(velocity[i]);
  return median(v);
}

/// Mean velocity of a slow channel over a stride around t, shorter at the ends of the record.
double mean_velocity(const Eigen::VectorXd& x, const std::vector<double>& t, double at,
                     double stride_s) {
  if (x.size() == 0) return kNaN;
  double from = at - 0.5 * stride_s;
  double to = at + 0.5 * stride_s;
  if (from < t.front()) {
    to += t.front() - from;
    from = t.front();
  }
  if (to > t.back()) {
    from = std::max(t.front(), from - (to - t.back()));
    to = t.back();
  }
  return (value_at(x, t, to) - value_at(x, t, from)) / (to - from);
}

struct Velocities {
  Eigen::VectorXd heel_x, heel_y, toe_x, toe_y;
};

Velocities velocities(const FootChannels& foot, const std::vector<double>& t) {
  const auto of = [&](const Eigen::VectorXd& x) {
    return x.size() > 0 ? derivative(x, t) : Eigen::VectorXd();
  };
  return {of(foot.heel_x), of(foot.heel_y), of(foot.toe_x), of(foot.toe_y)};
}

/// Median over each step and the two before and after it (fewer at the ends).
std::vector<double> neighbours_median(const std::vector<double>& x) {
  std::vector<double> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t from = i < 2 ? 0 : i - 2;
    out[i] = median(std::span(x).subspan(from, std::min(i + 3, x.size()) - from));
  }
  return out;
}

/// The same over steps of the same foot: what is told of a foot does not depend on the other one.
/// In pictures over both: films have few steps, and the ground's scale changes along the way.
std::vector<double> neighbours_median(const std::vector<double>& x,
                                      const std::vector<FootSwing>& steps, bool keypoints) {
  if (keypoints) return neighbours_median(x);
  std::vector<double> out(x.size());
  for (const Side side : kSides) {
    std::vector<std::size_t> own;
    std::vector<double> values;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (steps[i].side != side) continue;
      own.push_back(i);
      values.push_back(x[i]);
    }
    const std::vector<double> smooth = neighbours_median(values);
    for (std::size_t k = 0; k < own.size(); ++k) out[own[k]] = smooth[k];
  }
  return out;
}

/// Ground velocity and running speed at each step; returns the slope of the ground.
double ground_motion(const PhaseChannels& c, const Sided<Velocities>& v, bool keypoints,
                     std::vector<FootSwing>& steps) {
  std::vector<double> gx, gy, px, py;
  for (const FootSwing& s : steps) {
    const Velocities& foot = v[s.side];
    const bool toe = foot.toe_x.size() > 0;
    const double length = s.rearward_s - s.forward_s;
    const double from = s.forward_s + 0.30 * length;
    const double to = s.forward_s + 0.55 * length;
    gx.push_back(median_slope(toe ? foot.toe_x : foot.heel_x, c.fine_s, from, to));
    gy.push_back(median_slope(toe ? foot.toe_y : foot.heel_y, c.fine_s, from, to));
    const double middle = 0.5 * (s.forward_s + s.rearward_s);
    px.push_back(mean_velocity(c.pelvis_x, c.time_s, middle, c.stride_time_s));
    // Within a stride the pelvis rises and falls by more than a slope would lift it.
    py.push_back(c.regularity > 0.0 ? mean_velocity(c.pelvis_y, c.time_s, middle, c.stride_time_s)
                                    : 0.0);
  }
  const std::vector<double> smooth_gx = neighbours_median(gx, steps, keypoints);
  const std::vector<double> smooth_px = neighbours_median(px, steps, keypoints);
  std::vector<double> slopes;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    steps[i].ground_m_s = smooth_gx[i];
    const double pelvis = std::isnan(smooth_px[i]) ? 0.0 : smooth_px[i];
    steps[i].speed_m_s = pelvis - smooth_gx[i];
    const double rise = (std::isnan(py[i]) ? 0.0 : py[i]) - gy[i];
    slopes.push_back(rise / steps[i].speed_m_s);
  }
  const double slope = median(slopes);
  return std::isfinite(slope) ? std::clamp(slope, -0.5, 0.5) : 0.0;
}

/// The samples of [from_s, to_s] and one before and after.
struct Window {
  Eigen::Index first = 0, count = 0;
  Window(const std::vector<double>& t, double from_s, double to_s) {
    const auto from = std::lower_bound(t.begin(), t.end(), from_s) - t.begin();
    const auto to = std::upper_bound(t.begin() + from, t.end(), to_s) - t.begin();
    first = std::max<std::ptrdiff_t>(0, from - 1);
    count = std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(t.size()), to + 1) - first;
  }
  [[nodiscard]] Eigen::VectorXd of(const Eigen::VectorXd& x) const {
    return x.size() > 0 ? Eigen::VectorXd(x.segment(first, count)) : Eigen::VectorXd();
  }
  [[nodiscard]] Velocities of(const Velocities& v) const {
    return {of(v.heel_x), of(v.heel_y), of(v.toe_x), of(v.toe_y)};
  }
  [[nodiscard]] std::span<const double> of(const std::vector<double>& t) const {
    return std::span(t).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  }
};

/// The lower of heel and toe speed over ground, in the frame of the sloping ground.
Eigen::VectorXd arrested_speed(const Velocities& v, double ground_m_s, double slope) {
  const auto speed = [&](const Eigen::VectorXd& x, const Eigen::VectorXd& y) {
    return Eigen::VectorXd(
        ((x.array() - ground_m_s).square() + (y - slope * x).array().square()).sqrt());
  };
  if (v.toe_x.size() == 0) return speed(v.heel_x, v.heel_y);
  if (v.heel_x.size() == 0) return speed(v.toe_x, v.toe_y);
  const Eigen::VectorXd heel = speed(v.heel_x, v.heel_y);
  const Eigen::VectorXd toe = speed(v.toe_x, v.toe_y);
  Eigen::VectorXd out(heel.size());
  for (Eigen::Index i = 0; i < out.size(); ++i) {
    out[i] = std::isnan(heel[i])  ? toe[i]
             : std::isnan(toe[i]) ? heel[i]
                                  : std::min(heel[i], toe[i]);
  }
  return out;
}

void find_strike(const PhaseChannels& c, const Velocities& v, double slope, FootSwing& step) {
  if (!(step.speed_m_s > 0.0)) return;
  const double from_s = step.forward_s - kStrikeBefore * c.stride_time_s;
  const double to_s = step.forward_s + kStrikeAfter * c.stride_time_s;
  const Window window(c.fine_s, from_s, to_s);
  const auto found =
      first_crossing(arrested_speed(window.of(v), step.ground_m_s, slope), window.of(c.fine_s),
                     kStrikeSpeed * step.speed_m_s, Crossing::falling, from_s, to_s);
  if (found) step.strike_s = *found;
}

void find_toe_off(const PhaseChannels& c, const FootChannels& foot, double slope, double leg_m,
                  FootSwing& step) {
  if (foot.toe_y.size() == 0) {
    // The heel says little about the toe: a fixed share before the most rearward foot (SD 14 ms).
    if (step.rearward_s - 0.107 * c.stride_time_s > c.time_s.front() &&
        step.rearward_s < c.time_s.back() - kSureTurn * c.stride_time_s) {
      step.toe_off_s = step.rearward_s - 0.107 * c.stride_time_s;
    }
    return;
  }
  const double from_s = step.rearward_s - kToeWindow * c.stride_time_s;
  const double to_s = step.rearward_s + 0.1 * c.stride_time_s;
  const Window window(c.fine_s, from_s, to_s);
  const Eigen::VectorXd height = window.of(foot.toe_y) - slope * window.of(foot.toe_x);
  const std::span<const double> t = window.of(c.fine_s);
  Eigen::Index lowest = -1;
  for (Eigen::Index i = 0; i < height.size(); ++i) {
    const double at = t[static_cast<std::size_t>(i)];
    if (at < from_s || at > step.rearward_s) continue;
    if (std::isfinite(height[i]) && (lowest < 0 || height[i] < height[lowest])) lowest = i;
  }
  if (lowest < 0) return;
  const auto found = first_crossing(height, t, height[lowest] + kToeRise * leg_m, Crossing::rising,
                                    t[static_cast<std::size_t>(lowest)], to_s);
  if (found) step.toe_off_s = *found;
}

/// Pelvis above the stance toe while the foot passes below it: a leg and a little.
double pelvis_height(const PhaseChannels& c, const std::vector<FootSwing>& steps, double slope) {
  std::vector<double> heights;
  for (const FootSwing& s : steps) {
    const FootChannels& foot = c.foot[s.side];
    const bool toe = foot.toe_y.size() > 0;
    const Eigen::VectorXd& y = toe ? foot.toe_y : foot.heel_y;
    const Eigen::VectorXd& x = toe ? foot.toe_x : foot.heel_x;
    if (y.size() == 0 || c.pelvis_y.size() == 0) continue;
    const double t = 0.5 * (s.forward_s + s.rearward_s);
    heights.push_back(value_at(c.pelvis_y, c.time_s, t) - value_at(y, c.fine_s, t) -
                      slope * (value_at(c.pelvis_x, c.time_s, t) - value_at(x, c.fine_s, t)));
  }
  return median(heights);
}

void find_leg(const GaitSignals& signals, const PhaseChannels& c, GaitPhases& out) {
  const double segments = detail::thigh_and_shank_m(signals);
  if (signals.standing.leg_length_m > 0.0) {
    out.leg_length_m = signals.standing.leg_length_m;
    out.leg_source = "standing";
  } else if (segments > 0.0) {
    // Thigh and shank are 0.491 H of the 0.530 H from hip to floor (Drillis and Contini 1966).
    out.leg_length_m = segments * 0.530 / 0.491;
    out.leg_source = "thigh and shank";
  } else {
    // The pelvis middle runs 4 % of the leg above ... the sunken stance knee: about one leg.
    out.leg_length_m = pelvis_height(c, out.steps, out.slope);
    out.leg_source = kFromStance;
  }
  if (!(out.leg_length_m > 0.0)) out.leg_length_m = 0.0;
}

void find_pelvis_rise(const PhaseChannels& c, FootSwing& step) {
  if (c.pelvis_y.size() == 0) return;
  const double middle = 0.5 * (step.forward_s + step.rearward_s);
  const double quarter = 0.25 * c.stride_time_s;
  step.pelvis_rise_m = 0.5 * (value_at(c.pelvis_y, c.time_s, middle - quarter) +
                              value_at(c.pelvis_y, c.time_s, middle + quarter)) -
                       value_at(c.pelvis_y, c.time_s, middle);
}

/// Which way the pelvis goes over the ground, over a stride around the step.
void find_heading(const Eigen::VectorXd& pelvis_z, const std::vector<double>& time_s,
                  const PhaseChannels& c, FootSwing& step) {
  const double middle = 0.5 * (step.forward_s + step.rearward_s);
  const double aside = mean_velocity(pelvis_z, time_s, middle, c.stride_time_s);
  if (step.speed_m_s > 0.0) step.heading_rad = std::atan2(aside, step.speed_m_s);
}

/// How fast the other foot moves where this one lands and leaves: hardly when both stand.
double other_foot_speed(const PhaseChannels& c, const Velocities& other, double slope,
                        const FootSwing& step) {
  if (other.heel_x.size() == 0 && other.toe_x.size() == 0) return kNaN;
  const Eigen::VectorXd speed = arrested_speed(other, step.ground_m_s, slope) / step.speed_m_s;
  std::vector<double> seen;
  for (const double t : {step.strike_s, step.toe_off_s}) {
    if (std::isfinite(t)) seen.push_back(value_at(speed, c.fine_s, t));
  }
  return mean(seen);
}

/// Takes out the steps that go against X: on the way back of a runner who turned round, or of one
/// who walks backward, strike and toe-off would be the other way round.
void drop_backward_steps(const PhaseChannels& c, GaitPhases& out) {
  const double limit_m_s = -kBackward * out.swing_range_m / c.stride_time_s;
  std::vector<double> facing;
  std::vector<FootSwing> kept;
  double last_s = kNaN;  // up to here counted as backward
  for (const FootSwing& s : out.steps) {
    const double middle = 0.5 * (s.forward_s + s.rearward_s);
    if (!(mean_velocity(c.pelvis_x, c.time_s, middle, c.stride_time_s) < limit_m_s)) {
      kept.push_back(s);
      last_s = kNaN;
      continue;
    }
    out.backward_s += s.rearward_s - (last_s > s.forward_s ? last_s : s.forward_s);
    last_s = s.rearward_s;
    const FootChannels& foot = c.foot[s.side];
    if (foot.heel_x.size() == 0 || foot.toe_x.size() == 0) continue;
    facing.push_back(value_at(foot.toe_x, c.fine_s, middle) -
                     value_at(foot.heel_x, c.fine_s, middle));
  }
  out.turned = median(facing) < 0.0;
  out.steps = std::move(kept);
}

bool bridged_near(const FootChannels& foot, double t, double reach_s) {
  const auto first = std::lower_bound(foot.missing_s.begin(), foot.missing_s.end(), t - reach_s);
  return first != foot.missing_s.end() && *first <= t + reach_s;
}

}  // namespace

GaitPhases detail::steady_phases(const GaitSignals& signals) {
  GaitPhases out;
  const PhaseChannels c = detail::phase_channels(signals);
  out.rate_hz = c.rate_hz;
  out.stride_time_s = c.stride_time_s;
  out.regularity = c.regularity;
  out.cutoff_hz = c.cutoff_hz;
  if (!(c.stride_time_s > 0.0)) return out;
  if (signals.view == View::rear || signals.view == View::front) {
    detail::find_phases_by_height(c, out);
    detail::find_spans(c, out);
    return out;
  }

  std::vector<double> ranges;
  for (const Side side : kSides) {
    if (c.foot[side].forward.size() == 0) continue;
    for (const FootSwing& s : detail::foot_swings(c, side)) {
      out.steps.push_back(s);
      // A turn that the record does not show lies beyond its end: what is seen is the least.
      const auto seen = [&](double t) {
        return value_at(c.foot[side].forward, c.time_s,
                        std::clamp(t, c.time_s.front(), c.time_s.back()));
      };
      ranges.push_back(seen(s.forward_s) - seen(s.rearward_s));
    }
  }
  out.swing_range_m = median(ranges);
  std::sort(out.steps.begin(), out.steps.end(),
            [](const FootSwing& a, const FootSwing& b) { return a.forward_s < b.forward_s; });
  find_leg(signals, c, out);
  if (!(out.swing_range_m > kMinSwingLegs * out.leg_length_m)) {
    out.steps.clear();  // standing, shifting weight, running on the spot: no steps along X
    return out;
  }
  drop_backward_steps(c, out);
  if (out.steps.empty()) return out;
  const Sided<Velocities> v{velocities(c.foot.left, c.fine_s), velocities(c.foot.right, c.fine_s)};
  out.slope = ground_motion(c, v, signals.keypoints, out.steps);
  // The heel and toe that an estimator draws do not rest on the sole: their drift is no slope.
  if (signals.keypoints) out.slope = 0.0;
  if (out.leg_source == kFromStance) find_leg(signals, c, out);  // on the sloping ground
  detail::find_spans(c, out);
  const bool heads = signals.view == View::spatial && c.regularity > 0.0 && c.pelvis_x.size() > 0;
  const Eigen::VectorXd pelvis_z =
      heads ? Eigen::VectorXd(signals.pelvis.col(2)) : Eigen::VectorXd();
  for (FootSwing& s : out.steps) {
    const FootChannels& foot = c.foot[s.side];
    if (foot.heel_x.size() == 0 && foot.toe_x.size() == 0) continue;
    find_pelvis_rise(c, s);
    if (heads) find_heading(pelvis_z, signals.time_s, c, s);
    find_strike(c, v[s.side], out.slope, s);
    find_toe_off(c, foot, out.slope, out.leg_length_m > 0.0 ? out.leg_length_m : kAdultLeg_m, s);
    if (c.regularity == 0.0) {
      s.other_foot = other_foot_speed(c, v[opposite(s.side)], out.slope, s);
    }
    const double reach = 0.03 * c.stride_time_s;
    s.bridged = bridged_near(foot, s.strike_s, reach) || bridged_near(foot, s.toe_off_s, reach);
  }
  return out;
}

}  // namespace runmech
