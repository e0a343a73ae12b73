// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runmech/signal/derivative.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {
namespace {

/// A belt is as fast as its display says to about 1 % (metrics A asks to check it to 2 %).
constexpr double kStatedShare = 0.01;
/// Belt speed read from the foot scatters by 0.5 % between runners (validity 2.2.9).
constexpr double kFootShare = 0.005;

std::string text_of(const char* pattern, double a, double b) {
  char text[200];
  std::snprintf(text, sizeof text, pattern, a, b);
  return text;
}

/// Backward speed of the foot on the ground, m/s: median over stances. The forefoot between 30 and 70 % of
/// stance runs 0.35 % too fast, the heel between 30 and 55 % 0.8 %; the ankle is never used (validity 2.2.9).
double foot_speed(const Trial& trial, const GaitSignals& signals) {
  std::vector<double> speeds;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const bool forefoot = leg.toe.rows() > 0;
    const Points& foot = forefoot ? leg.toe : leg.heel;
    if (foot.rows() == 0) continue;
    const Eigen::VectorXd velocity = derivative(foot.col(0), signals.time_s);
    for (const Contact& c : trial.contacts[side]) {
      if (!c.toe_off.known()) continue;
      const double contact_s = c.toe_off.time_s - c.strike.time_s;
      const double from = c.strike.time_s + 0.30 * contact_s;
      const double to = c.strike.time_s + (forefoot ? 0.70 : 0.55) * contact_s;
      std::vector<double> inside;
      for (std::size_t i = 0; i < signals.time_s.size(); ++i) {
        if (signals.time_s[i] >= from && signals.time_s[i] <= to) {
          inside.push_back(-velocity[static_cast<Eigen::Index>(i)]);
        }
      }
      const double speed = median(inside);
      if (!std::isnan(speed)) speeds.push_back(speed * (forefoot ? 0.9965 : 0.992));
    }
  }
  return median(speeds);
}

/// Forward speed of the pelvis over whole strides, m/s.
double pelvis_speed(const Trial& trial) {
  std::vector<double> speeds;
  for (const Side side : kSides) {
    for (const Contact& c : trial.contacts[side]) {
      if (!c.next_strike.known() || !trial.pelvis_x.observed()) continue;
      const double path = value_at(trial.pelvis_x.values, trial.time_s, c.next_strike.time_s) -
                          value_at(trial.pelvis_x.values, trial.time_s, c.strike.time_s);
      if (!std::isnan(path)) speeds.push_back(path / c.stride_s());
    }
  }
  return mean(speeds);
}

}  // namespace

void find_speed(Trial& trial, const GaitSignals& signals) {
  TrialContext& context = trial.context;
  double measured = kNaN;
  std::string source;
  if (trial.sagittal) {
    const double foot = foot_speed(trial, signals);
    const double pelvis = pelvis_speed(trial);
    if (context.surface == Surface::unknown && !std::isnan(foot) && !std::isnan(pelvis)) {
      // Whichever moves through the picture carries the speed.
      context.surface = std::abs(pelvis) > std::abs(foot) ? Surface::overground : Surface::treadmill;
      trial.notes.push_back({"surface",
                             "taken as " + std::string(to_string(context.surface)) +
                                 text_of(": the pelvis moves at %.2f m/s, the stance foot back at %.2f m/s",
                                         pelvis, foot),
                             false});
    }
    if (context.surface == Surface::overground && !std::isnan(pelvis)) {
      measured = pelvis;
      source = "pelvis";
    } else if (!std::isnan(foot)) {
      // A runner who drifts on the belt adds the pelvis' own speed.
      measured = foot + (std::isnan(pelvis) ? 0.0 : pelvis);
      source = "stance foot";
    }
    if (!(measured > 0.0)) measured = kNaN;
  }
  const double stated = trial.options.speed_m_s > 0.0 ? trial.options.speed_m_s
                                                      : signals.stated_speed_m_s.value_or(0.0);
  if (stated > 0.0) {
    context.speed_m_s = stated;
    context.speed_source = "stated";
    trial.speed_sd_share = kStatedShare;
    const double tolerance = std::max(0.05, 2.0 * trial.scale_sd_share);
    if (std::abs(measured / stated - 1.0) > tolerance) {
      trial.notes.push_back(
          {"speed",
           text_of("the stated speed is %.2f m/s, the recording shows %.2f m/s", stated, measured) +
               " (" + source + ")",
           true});
    }
  } else if (!std::isnan(measured)) {
    context.speed_m_s = measured;
    context.speed_source = source;
    trial.speed_sd_share = std::hypot(kFootShare, trial.scale_sd_share);
  }
  context.speed_sd_m_s = context.speed_m_s * trial.speed_sd_share;
}

}  // namespace runmech::metrics_detail
