// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/foot_motion.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/gait/phases.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

/// Low-pass and differences on one clock.
struct Reader {
  std::span<const double> time_s;
  double rate_hz, cutoff_hz;

  [[nodiscard]] Eigen::VectorXd smooth(const Eigen::VectorXd& x) const {
    return cutoff_hz > 0.0 && x.size() > 0 ? low_pass(x, rate_hz, cutoff_hz) : x;
  }
  [[nodiscard]] Eigen::VectorXd rate(const Eigen::VectorXd& x) const {
    return x.size() > 0 ? derivative(smooth(x), time_s) : x;
  }
  [[nodiscard]] Points velocity(const Points& points, double ground_m_s) const {
    Points out(points.rows(), 3);
    if (points.rows() == 0) return out;
    for (int k = 0; k < 3; ++k) out.col(k) = rate(points.col(k));
    out.col(0).array() -= ground_m_s;
    return out;
  }
};

}  // namespace

FootMotion foot_motion(const GaitSignals& signals, Side side, double cutoff_hz) {
  FootMotion out;
  if (signals.n_frames() < 3) return out;
  out.rate_hz = clock_of(signals.time_s).rate_hz;
  if (!(cutoff_hz >= 0.0 && cutoff_hz < 0.5 * out.rate_hz)) {
    throw InvalidArgument("foot_motion: cutoff_hz is " + std::to_string(cutoff_hz) +
                          "; allowed: 0 (none) to below half of " + std::to_string(out.rate_hz) +
                          " Hz");
  }
  if (signals.view == View::rear || signals.view == View::front) return out;
  const GaitPhases phases = find_phases(signals);
  std::vector<double> grounds;
  for (const FootSwing& step : phases.steps) {
    if (step.side == side && std::isfinite(step.ground_m_s)) grounds.push_back(step.ground_m_s);
  }
  out.ground_m_s = grounds.empty() ? 0.0 : median(grounds);
  out.ground_slope = phases.slope;

  const Reader read{signals.time_s, out.rate_hz, cutoff_hz};
  const LegSignals& leg = signals.leg[side];
  out.heel_velocity = read.velocity(leg.heel, out.ground_m_s);
  out.toe_velocity = read.velocity(leg.toe, out.ground_m_s);
  out.mt1_velocity = read.velocity(leg.mt1, out.ground_m_s);
  out.mt5_velocity = read.velocity(leg.mt5, out.ground_m_s);
  const auto height = [&](const Points& points, double standing_m) {
    if (points.rows() == 0) return Eigen::VectorXd();
    const Eigen::VectorXd x = points.col(0);
    const double middle = median({x.data(), static_cast<std::size_t>(x.size())});
    const Eigen::VectorXd ground = (out.ground_slope * (x.array() - middle) + standing_m).matrix();
    return read.smooth(points.col(1) - ground);
  };
  out.heel_height_m = height(leg.heel, signals.standing.heel_height_m[side]);
  out.toe_height_m = height(leg.toe, signals.standing.toe_height_m[side]);
  const LegAngles angles = leg_angles(signals, side);
  out.rates = {read.rate(angles.foot_pitch), read.rate(angles.shank), read.rate(angles.thigh),
               read.rate(angles.knee_flexion), read.rate(angles.ankle)};
  return out;
}

}  // namespace runmech
