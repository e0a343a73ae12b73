// SPDX-License-Identifier: BSD-3-Clause
#include "event_models.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "runmech/core/resources.hpp"

namespace runmech::detail {
namespace {

constexpr const char* kFile = "gait/event_models.json";
// Where the next bank of weights begins to make smaller errors on noisy copies of the RBDS trials;
// mm of white noise per axis, for a leg of 0.95 m, between pictures at 30, 60 and 150 Hz.
constexpr double kSlow_hz = 90.0;

/// Place of x among increasing knots: index of the one below and share towards the next.
std::pair<Eigen::Index, double> between(const std::vector<double>& knots, double x) {
  std::size_t i = 0;
  while (i + 2 < knots.size() && x > knots[i + 1]) ++i;
  const double share = (x - knots[i]) / (knots[i + 1] - knots[i]);
  return {static_cast<Eigen::Index>(i), std::clamp(share, 0.0, 1.0)};
}

}  // namespace

double EventPass::ahead_ms(const Eigen::VectorXd& z, double speed) const {
  double out = intercept_ms + weights.dot(z);
  if (weights_by_speed.size() > 0) out += speed * (per_speed_ms + weights_by_speed.dot(z));
  return out;
}

const EventBank& EventModels::bank(double noise_mm, double rate_hz, bool feet_from_fit) const {
  if (feet_from_fit) return fitted;
  const bool slow_rate = rate_hz < kSlow_hz;
  const double noisy_from = rate_hz < 45.0 ? 1.5 : slow_rate ? 0.8 : 0.4;
  const double blurred_from = rate_hz < 45.0 ? 3.0 : slow_rate ? 4.0 : 5.0;
  if (noise_mm > blurred_from) return blurred;
  if (noise_mm > noisy_from) return noisy;
  return slow_rate ? slow : clean;
}

double EventModels::sd_ms(EventType type, double noise_mm, double rate_hz, double speed,
                          bool feet_from_fit) const {
  const bool is_strike = type == EventType::foot_strike;
  const EventSpread& spread =
      feet_from_fit ? (is_strike ? fitted_strike : fitted_toe_off) : (is_strike ? strike : toe_off);
  const auto [row, down] = between(rates_hz, rate_hz);
  const auto [column, right] = between(noises_mm, noise_mm);
  const auto& sd = spread.sd_ms;
  const double above = (1.0 - right) * sd(row, column) + right * sd(row, column + 1);
  const double below = (1.0 - right) * sd(row + 1, column) + right * sd(row + 1, column + 1);
  const auto [low, share] = between({-1.2, 0.0, 1.2}, speed);
  return ((1.0 - down) * above + down * below) *
         ((1.0 - share) * spread.by_speed[low] + share * spread.by_speed[low + 1]);
}

const EventModels& event_models() {
  static const EventModels models = read_event_models(resource(kFile), kFile);
  return models;
}

}  // namespace runmech::detail
