// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "runmech/core/units.hpp"
#include "runmech/gait/event_windows.hpp"
#include "runmech/signal/cubic_spline.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeg_m = 0.95;
constexpr double kPelvis_hz = 20.0;
constexpr double kMidStance = 0.4;
constexpr double kUneven = 0.05;
constexpr double kOblique = 0.2;  // further off the forward axis than any heading is wrong
// Hip to floor in standing over what thigh and shank of a fitted skeleton make of it: 1.043 (SD
// 0.004, RBDS) with a standing trial, 1.02 (SD 0.01) without.
constexpr double kFittedLeg = 1.035;

/// A path of the recording low-passed, on the even clock of the channels.
class Reader {
 public:
  Reader(const GaitSignals& signals, const GaitPhases& phases, double clock)
      : time_s_(signals.time_s), bridge_s_(0.25 * phases.stride_time_s), clock_(clock) {
    const Clock frames = clock_of(time_s_);
    rate_hz_ = frames.rate_hz;
    if (frames.unevenness >= kUneven) even_s_ = even_times(time_s_, rate_hz_);
    at_s_ = even_times(time_s_, 1.0 / (kEventStep_s * clock));
  }
  [[nodiscard]] const std::vector<double>& at_s() const { return at_s_; }
  [[nodiscard]] VectorXd operator()(const Eigen::Ref<const VectorXd>& x, double cutoff_hz) const {
    const VectorXd whole = fill_gaps(x, time_s_, bridge_s_).values;
    if (even_s_.empty()) return spline_resample(smooth(whole, cutoff_hz), time_s_, at_s_);
    return spline_resample(smooth(spline_resample(whole, time_s_, even_s_), cutoff_hz), even_s_,
                           at_s_);
  }

 private:
  [[nodiscard]] VectorXd smooth(const VectorXd& x, double cutoff_hz) const {
    const double hz = cutoff_hz / clock_;
    return hz < 0.45 * rate_hz_ ? low_pass(x, rate_hz_, hz) : x;
  }

  const std::vector<double>& time_s_;
  std::vector<double> even_s_, at_s_;
  double bridge_s_, clock_, rate_hz_ = 0.0;
};

/// Central differences per step, missing at the ends of each stretch filled by its neighbour.
VectorXd slope(const VectorXd& x, double step) {
  const Index n = x.size();
  VectorXd out = VectorXd::Constant(n, kNaN);
  if (n < 3) return out;
  out.segment(1, n - 2) = (x.tail(n - 2) - x.head(n - 2)) / (2.0 * step);
  for (Index i = 0; i < n; ++i) {
    if (std::isfinite(out[i]) || !std::isfinite(x[i])) continue;
    if (i + 1 < n && std::isfinite(x[i + 1])) {
      out[i] = (x[i + 1] - x[i]) / step;
    } else if (i > 0 && std::isfinite(x[i - 1])) {
      out[i] = (x[i] - x[i - 1]) / step;
    }
  }
  return out;
}

/// A number of each step of a foot between its middles of stance, constant beyond the first and
/// the last.
VectorXd between_steps(const GaitPhases& phases, Side side, double FootSwing::*number,
                       const std::vector<double>& at_s) {
  std::vector<std::pair<double, double>> known;
  for (const FootSwing& s : phases.steps) {
    if (s.side == side && std::isfinite(s.*number))
      known.emplace_back(0.5 * (s.forward_s + s.rearward_s), s.*number);
  }
  std::sort(known.begin(), known.end());
  VectorXd out = VectorXd::Constant(static_cast<Index>(at_s.size()), kNaN);
  if (known.empty()) return out;
  std::size_t k = 0;
  for (std::size_t i = 0; i < at_s.size(); ++i) {
    while (k + 1 < known.size() && known[k + 1].first < at_s[i]) ++k;
    const auto& [t0, x0] = known[k];
    if (at_s[i] <= t0 || k + 1 == known.size()) {
      out[static_cast<Index>(i)] = x0;
    } else {
      const auto& [t1, x1] = known[k + 1];
      out[static_cast<Index>(i)] = x0 + (at_s[i] - t0) / (t1 - t0) * (x1 - x0);
    }
  }
  return out;
}

bool observed(const Points& p) {
  return p.rows() > 0 && p.array().isFinite().any();
}

/// Sagittal angle of a line, + = its end in front of or above its start.
VectorXd angle_of(const VectorXd& across, const VectorXd& along) {
  return across.binaryExpr(along, [](double a, double b) { return std::atan2(a, b); });
}

/// Mean horizontal velocity (x, z) between the first and the last frame of [from, to] that show the
/// point; NaN where there are none.
Eigen::Vector2d velocity_between(const Points& p, const std::vector<double>& t, double from,
                                 double to) {
  Eigen::Vector2d out = Eigen::Vector2d::Constant(kNaN);
  auto i = std::lower_bound(t.begin(), t.end(), from) - t.begin();
  auto k = std::upper_bound(t.begin(), t.end(), to) - t.begin() - 1;
  while (i < k && !p.row(i).allFinite()) ++i;
  while (i < k && !p.row(k).allFinite()) --k;
  if (i < k) out << p(k, 0) - p(i, 0), p(k, 2) - p(i, 2);
  return out / (t[static_cast<std::size_t>(k)] - t[static_cast<std::size_t>(i)]);
}

/// Direction of progression over the ground, a unit vector (x, z): how the pelvis travels less how
/// the foot in stance does. The forward axis of a recording is good to a degree; what is along the
/// ground must not depend on the way the laboratory lies.
Eigen::Vector2d progression(const GaitSignals& signals, const GaitPhases& phases) {
  const Eigen::Vector2d forward = Eigen::Vector2d::UnitX();
  if (signals.view != View::spatial) return forward;
  Eigen::Vector2d ground = Eigen::Vector2d::Zero();
  int feet = 0;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const Points& foot = observed(leg.toe) ? leg.toe : leg.heel;
    if (!observed(foot)) continue;
    Eigen::Vector2d sum = Eigen::Vector2d::Zero();
    int n = 0;
    for (const FootSwing& s : phases.steps) {
      if (s.side != side) continue;
      const double length = s.rearward_s - s.forward_s;
      const Eigen::Vector2d v = velocity_between(foot, signals.time_s, s.forward_s + 0.30 * length,
                                                 s.forward_s + 0.55 * length);
      if (!v.allFinite()) continue;
      sum += v;
      ++n;
    }
    if (n == 0) continue;
    ground += sum / n;
    ++feet;
  }
  if (feet == 0) return forward;
  Eigen::Vector2d speed = -ground / feet;
  if (observed(signals.pelvis)) {
    const Eigen::Vector2d v =
        velocity_between(signals.pelvis, signals.time_s, phases.steps.front().forward_s,
                         phases.steps.back().rearward_s);
    if (v.allFinite()) speed += v;
  }
  const bool along_x = speed[0] > 0.0 && std::abs(speed[1]) < kOblique * speed[0];
  return along_x ? Eigen::Vector2d(speed.normalized()) : forward;
}

struct Path {
  VectorXd x, y;
};

/// Along the ground in the direction of progression, and height above the sloping ground.
Path path_of(const Points& points, const Eigen::Vector2d& forward, const Reader& read,
             double slope_y, double cutoff_hz) {
  if (!observed(points)) return {};
  const bool turned = forward[1] != 0.0;
  const VectorXd along =
      turned ? VectorXd(forward[0] * points.col(0) + forward[1] * points.col(2)) : points.col(0);
  Path out{read(along, cutoff_hz), read(points.col(1), cutoff_hz)};
  out.y -= slope_y * out.x;
  return out;
}

double interpolated(const VectorXd& x, double place) {
  const double inside = std::clamp(place, 0.0, static_cast<double>(x.size() - 1));
  const auto i = std::min(static_cast<Index>(inside), x.size() - 2);
  const double share = inside - static_cast<double>(i);
  return (1.0 - share) * x[i] + share * x[i + 1];
}

}  // namespace

EventScale event_scale(const GaitSignals& signals, const GaitPhases& phases) {
  EventScale out;
  if (phases.leg_length_m > 0.0)
    out.leg_m = phases.leg_length_m * (signals.from_fit ? kFittedLeg : 1.0);
  out.clock = std::sqrt(out.leg_m / kLeg_m);
  return out;
}

EventChannels event_channels(const GaitSignals& signals, const GaitPhases& phases,
                             double cutoff_hz) {
  EventChannels out;
  if (phases.steps.empty() || !(phases.stride_time_s > 0.0) || signals.view == View::rear ||
      signals.view == View::front ||
      std::adjacent_find(signals.time_s.begin(), signals.time_s.end(), std::greater_equal<>()) !=
          signals.time_s.end()) {
    return out;
  }
  const auto [leg_m, clock] = event_scale(signals, phases);
  out.clock = clock;
  const Reader read(signals, phases, out.clock);
  const std::vector<double>& at_s = read.at_s();
  const auto n = static_cast<Index>(at_s.size());
  out.start_s = at_s.front();
  out.step_s = kEventStep_s * out.clock;
  const double step = out.step_s;
  const double per_leg = kLeg_m / leg_m;
  const Eigen::Vector2d forward = progression(signals, phases);

  const Points& left_hip = signals.leg.left.hip;
  const Points& right_hip = signals.leg.right.hip;
  const bool hips = observed(left_hip) && observed(right_hip);
  VectorXd pelvis_v;
  if (hips || observed(signals.pelvis)) {
    const Points middle = hips ? Points(0.5 * (left_hip + right_hip)) : signals.pelvis;
    const Path path = path_of(middle, forward, read, phases.slope, std::min(kPelvis_hz, cutoff_hz));
    pelvis_v = slope(path.y, step) * out.clock * per_leg;
  }
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    if (!observed(leg.heel) && !observed(leg.toe)) continue;
    Eigen::MatrixXd& m = out.values[side];
    m.setConstant(n, static_cast<Index>(kEventChannels.size()), kNaN);
    const VectorXd ground = between_steps(phases, side, &FootSwing::ground_m_s, at_s);
    const VectorXd speed =
        between_steps(phases, side, &FootSwing::speed_m_s, at_s) / std::sqrt(kGravity * leg_m);
    out.speed[side] = ((speed.array() - 1.16) / 0.27).cwiseMax(-1.6).cwiseMin(1.6);
    std::vector<double> stance, duty, stride_s;
    for (const FootSwing& s : phases.steps) {
      if (s.side != side || std::isnan(s.strike_s) || std::isnan(s.toe_off_s)) continue;
      if (s.state == StepState::walking) continue;
      const double t = s.strike_s + kMidStance * (s.toe_off_s - s.strike_s);
      stance.push_back((t - out.start_s) / step);
      duty.push_back((s.toe_off_s - s.strike_s) / s.stride_s);
      stride_s.push_back(s.stride_s);
    }
    const auto put_angle = [&](Index column, const VectorXd& angle) {
      std::vector<double> standing;
      standing.reserve(stance.size());
      for (const double place : stance) standing.push_back(interpolated(angle, place));
      m.col(column) = angle.array() - median(standing);
      m.col(column + 1) = slope(angle, step) * out.clock;
    };
    const auto put_point = [&](Index velocity, Index acceleration, const Path& path) {
      if (path.x.size() == 0) return;
      const VectorXd vx = slope(path.x, step);
      const VectorXd vy = slope(path.y, step);
      m.col(velocity) = (vx - ground) * out.clock * per_leg;
      m.col(velocity + 1) = vy * out.clock * per_leg;
      m.col(acceleration) = slope(vx, step) * out.clock * out.clock * per_leg / kGravity;
      m.col(acceleration + 1) = slope(vy, step) * out.clock * out.clock * per_leg / kGravity;
    };
    const Path heel = path_of(leg.heel, forward, read, phases.slope, cutoff_hz);
    const Path toe = path_of(leg.toe, forward, read, phases.slope, cutoff_hz);
    put_point(0, 4, heel);
    put_point(2, 6, toe);
    if (heel.x.size() > 0 && toe.x.size() > 0)
      put_angle(8, angle_of(toe.y - heel.y, toe.x - heel.x));
    const Path ankle = path_of(leg.ankle, forward, read, phases.slope, cutoff_hz);
    const Path knee = path_of(leg.knee, forward, read, phases.slope, cutoff_hz);
    const Path hip = path_of(leg.hip, forward, read, phases.slope, cutoff_hz);
    // The turn of the segment's own markers first: it needs neither standing trial nor fit.
    const auto segment = [&](const VectorXd& turn, const Path& top, const Path& bottom) {
      if (turn.size() == signals.n_frames() && turn.size() > 0) return read(turn, cutoff_hz);
      if (top.x.size() == 0 || bottom.x.size() == 0) return VectorXd();
      return angle_of(bottom.x - top.x, top.y - bottom.y);
    };
    const VectorXd thigh = segment(leg.thigh_turn_rad, hip, knee);
    const VectorXd shank = segment(leg.shank_turn_rad, knee, ankle);
    if (shank.size() > 0) {
      put_angle(10, shank);
      if (thigh.size() > 0) put_angle(12, shank - thigh);
    }
    if (pelvis_v.size() > 0) m.col(14) = pelvis_v;
    m.col(15).setConstant(median(duty));
    m.col(16).setConstant(median(stride_s) * std::sqrt(kGravity / leg_m));
  }
  return out;
}

Eigen::VectorXd event_window(const EventChannels& channels, Side side, double t_s,
                             const WindowShape& shape) {
  const Eigen::MatrixXd& m = channels.values[side];
  VectorXd out = VectorXd::Constant(shape.size(), kNaN);
  if (m.rows() == 0 || !std::isfinite(t_s)) return out;
  const double place = (t_s - channels.start_s) / channels.step_s;
  const double whole = std::floor(place);
  const double f = place - whole;
  std::array<double, 6> weight{};  // Lagrange: at 50 Hz two points on either side lose 12 %
  for (int j = 0; j < 6; ++j) {
    weight[static_cast<std::size_t>(j)] = 1.0;
    for (int k = 0; k < 6; ++k) {
      if (k != j) weight[static_cast<std::size_t>(j)] *= (f - (k - 2)) / (j - k);
    }
  }
  const auto row = [&](Index i) { return std::clamp(i, Index{0}, m.rows() - 1); };
  Index k = 0;
  for (int lag = shape.first; lag <= shape.last; lag += shape.step) {
    const Index at = static_cast<Index>(whole) + lag;
    for (const int c : shape.channels) {
      double sum = 0.0;
      for (Index j = 0; j < 6; ++j)
        sum += weight[static_cast<std::size_t>(j)] * m(row(at - 2 + j), c);
      out[k++] = sum;
    }
  }
  return out;
}

double event_speed(const EventChannels& channels, Side side, double t_s) {
  return interpolated(channels.speed[side], (t_s - channels.start_s) / channels.step_s);
}

}  // namespace runmech
