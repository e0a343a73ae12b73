// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "runmech/core/printed.hpp"
#include "runmech/gait/belt.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {
namespace {

/// A belt is as fast as its display says to about 1 % (metrics A asks to check it to 2 %).
constexpr double kStatedShare = 0.01;

}  // namespace

void find_speed(Trial& trial, const GaitSignals& signals, const GaitEvents& events) {
  TrialContext& context = trial.context;
  const RunningSpeed measured = running_speed(signals, events);
  if (measured.surface_contradicted) {
    trial.notes.push_back({"surface", measured.reason, true});
  }
  trial.feet_rest = std::isnan(measured.ground_m_s) || measured.reason.empty();
  if (context.surface == Surface::unknown && !measured.source.empty()) {
    context.surface = measured.source == "pelvis" ? Surface::overground : Surface::treadmill;
    trial.notes.push_back(
        {"surface",
         "taken as " + std::string(to_string(context.surface)) + ": " +
             (context.surface == Surface::overground ? "the runner moves through the recording"
                                                     : "the standing feet move backwards"),
         false});
  }
  const double stated = trial.options.speed_m_s > 0.0 ? trial.options.speed_m_s
                                                      : signals.stated_speed_m_s.value_or(0.0);
  if (stated > 0.0) {
    context.speed_m_s = stated;
    context.speed_source = "stated";
    trial.speed_sd_share = kStatedShare;
    // Further apart than 5 %, or twice the picture's scale error (our choice), one of the two is
    // wrong.
    const double tolerance = std::max(0.05, 2.0 * trial.scale_sd_share);
    if (std::abs(measured.speed_m_s / stated - 1.0) > tolerance) {
      const std::string text =
          printed("the stated speed is %.2f m/s, the recording shows %.2f m/s (%s)", stated,
                  measured.speed_m_s, measured.source.c_str());
      trial.notes.push_back({"speed", text, true});
    }
  } else if (measured.speed_m_s > 0.0) {
    context.speed_m_s = measured.speed_m_s;
    context.speed_source = measured.source;
    trial.speed_sd_share = std::hypot(measured.sd_m_s / measured.speed_m_s, trial.scale_sd_share);
  } else {
    trial.notes.push_back({"speed", "the running speed is not known: " + measured.reason, true});
  }
  context.speed_sd_m_s = context.speed_m_s * trial.speed_sd_share;
}

}  // namespace runmech::metrics_detail
