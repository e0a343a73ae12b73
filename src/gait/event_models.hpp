// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/event_windows.hpp"

namespace runmech::detail {

/// One pass of the regression: how far ahead the event is, from the standardised window z.
struct EventPass {
  Eigen::VectorXd weights;           ///< ms per z
  Eigen::VectorXd weights_by_speed;  ///< ms per z and speed number; empty = does not depend on it
  double per_speed_ms = 0.0;
  double intercept_ms = 0.0;

  [[nodiscard]] double ahead_ms(const Eigen::VectorXd& z, double speed) const;
};

/// The regression of one event type on one set of channels.
struct EventModel {
  WindowShape shape;
  Eigen::VectorXd mean, scale;  ///< of the windows at the true events of the training runners
  EventPass wide, narrow;
};

/// Everything learnt at one bandwidth.
struct EventBank {
  double cutoff_hz = 0.0;
  std::vector<EventModel> strike, toe_off;  ///< richest set of channels first
};

/// Stated standard deviation, ms: by frame rate (rows) and noise (columns), times a factor by speed
/// number.
struct EventSpread {
  Eigen::MatrixXd sd_ms;
  Eigen::VectorXd by_speed;  ///< at speed numbers -1.2, 0, 1.2
};

struct EventModels {
  EventBank clean, slow, noisy, blurred;  ///< by noise and frame rate
  EventBank fitted;                       ///< heel and toe of a fitted skeleton
  std::vector<double> rates_hz, noises_mm;
  EventSpread strike, toe_off;
  EventSpread fitted_strike, fitted_toe_off;

  [[nodiscard]] const EventBank& bank(double noise_mm, double rate_hz, bool feet_from_fit) const;
  [[nodiscard]] double sd_ms(EventType type, double noise_mm, double rate_hz, double speed,
                             bool feet_from_fit) const;
};

/// From the text of a file as benchmarks/events/train.py writes it. Throws IoError with path, place
/// ("banks.clean.toe_off[0].mean") and reason for whatever is missing, foreign, not finite or of
/// another length than the channels and lags ask for.
[[nodiscard]] EventModels read_event_models(std::string_view text, const std::string& path);

/// The built-in ones, read once.
[[nodiscard]] const EventModels& event_models();

}  // namespace runmech::detail
