// SPDX-License-Identifier: BSD-3-Clause
#include "foot_travel.hpp"

#include <span>
#include <vector>

#include "phase_channels.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "signal_parts.hpp"

namespace runmech {

namespace {

// Our choice, the next two, too.
constexpr double kPassing = 0.5;  // of thigh and shank; runners 1.3 and more
constexpr double kUpright = 0.5;  // cosine of the way from foot to pelvis; runners 0.93
constexpr double kLifted = 0.02;  // of the leg, stance above swing; forward -0.1 and less

bool passes(const Eigen::VectorXd& apart, const GaitSignals& signals) {
  const std::span<const double> x(apart.data(), static_cast<std::size_t>(apart.size()));
  return quantile(x, 0.95) - quantile(x, 0.05) > kPassing * detail::thigh_and_shank_m(signals);
}

}  // namespace

bool detail::feet_swing(const GaitSignals& signals) {
  if (signals.view == View::rear || signals.view == View::front) return false;
  const Eigen::VectorXd beat = beat_of(signals);
  return beat.size() > 0 && !unseen_foot(signals) && passes(beat, signals);
}

bool detail::feet_swing_aside(const GaitSignals& signals) {
  if (signals.view != View::spatial) return false;
  const LegSignals& left = signals.leg.left;
  const LegSignals& right = signals.leg.right;
  for (const auto& point : {&LegSignals::heel, &LegSignals::toe, &LegSignals::ankle}) {
    const Points& a = left.*point;
    const Points& b = right.*point;
    if (a.rows() == 0 || a.rows() != b.rows()) continue;
    if (passes(a.col(2) - b.col(2), signals)) return true;
  }
  return false;
}

std::string detail::wrong_way(const GaitSignals& signals, const GaitPhases& phases) {
  if (phases.backward_s > 0.0 || signals.view == View::rear || signals.view == View::front) {
    return {};
  }
  std::vector<double> feet, knees;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    for (Eigen::Index i = 0; i < signals.n_frames(); ++i) {
      if (leg.toe.rows() > i && leg.heel.rows() > i) feet.push_back(leg.toe(i, 0) - leg.heel(i, 0));
      if (leg.hip.rows() > i && leg.knee.rows() > i && leg.ankle.rows() > i) {
        knees.push_back(leg.knee(i, 0) - 0.5 * (leg.hip(i, 0) + leg.ankle(i, 0)));
      }
    }
  }
  if (median(feet) < 0.0 && !(median(knees) > 0.0)) {
    return "the feet point backward: the direction of progression is the wrong way round";
  }
  return {};
}

bool detail::runs_backward(const GaitPhases& phases) {
  std::vector<double> speed;
  for (const FootSwing& s : phases.steps) speed.push_back(s.speed_m_s);
  return phases.backward_s == 0.0 && median(speed) < 0.0;
}

bool detail::lifts_backward(const GaitSignals& signals, const GaitPhases& phases) {
  if (signals.view == View::rear || signals.view == View::front) return false;
  std::vector<double> lift;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    for (const Points* p : {&leg.heel, &leg.toe, &leg.ankle}) {
      if (p->rows() != signals.n_frames()) continue;
      const Eigen::VectorXd y = p->col(1);
      const auto at = [&](double t) { return value_at(y, signals.time_s, t); };
      for (const FootSwing& s : phases.steps) {
        if (s.side != side) continue;
        // Before and after: on a slope the foot rises with the way.
        const double middle = 0.5 * (s.forward_s + s.rearward_s);
        lift.push_back(at(middle) -
                       0.5 * (at(middle - 0.5 * s.stride_s) + at(middle + 0.5 * s.stride_s)));
      }
    }
  }
  return median(lift) > kLifted * phases.leg_length_m;
}

bool detail::not_upright(const GaitSignals& signals) {
  std::vector<double> up;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    for (const Points* p : {&leg.ankle, &leg.heel, &leg.toe}) {
      if (p->rows() == 0 || p->rows() != signals.pelvis.rows()) continue;
      const Points above = signals.pelvis - *p;
      const Eigen::VectorXd share = above.col(1).cwiseQuotient(above.rowwise().norm());
      up.push_back(median({share.data(), static_cast<std::size_t>(share.size())}));
      break;
    }
  }
  return mean(up) < kUpright;
}

}  // namespace runmech
