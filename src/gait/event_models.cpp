// SPDX-License-Identifier: BSD-3-Clause
#include "event_models.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"

namespace runmech::detail {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

// Where the next bank of weights begins to make smaller errors on noisy copies of the RBDS trials;
// mm of white noise per axis, for a leg of 0.95 m, between pictures at 30, 60 and 150 Hz.
constexpr double kSlow_hz = 90.0;

Eigen::VectorXd vector_of(const json& values) {
  const auto numbers = values.get<std::vector<double>>();
  return Eigen::VectorXd::Map(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
}

void require_size(const Eigen::VectorXd& v, Eigen::Index n, const char* what) {
  if (v.size() == n && v.allFinite()) return;
  throw InvalidArgument("event weights: " + std::string(what) + " has " + std::to_string(v.size()) +
                        " numbers; needed are " + std::to_string(n) + " finite ones");
}

EventPass pass_of(const json& file, Eigen::Index n) {
  EventPass out;
  out.weights = vector_of(file.at("weights"));
  require_size(out.weights, n, "weights");
  out.intercept_ms = file.at("intercept").get<double>();
  if (!file.contains("weights_by_speed")) return out;
  out.weights_by_speed = vector_of(file.at("weights_by_speed"));
  require_size(out.weights_by_speed, n, "weights_by_speed");
  out.per_speed_ms = file.at("per_speed").get<double>();
  return out;
}

EventModel model_of(const json& file) {
  EventModel out;
  for (const auto& name : file.at("channels").get<std::vector<std::string>>()) {
    const auto* const found = std::find(kEventChannels.begin(), kEventChannels.end(), name);
    if (found == kEventChannels.end())
      throw InvalidArgument("event weights: no channel is called '" + name + "'");
    out.shape.channels.push_back(static_cast<int>(found - kEventChannels.begin()));
  }
  out.shape.first = file.at("first").get<int>();
  out.shape.last = file.at("last").get<int>();
  out.shape.step = file.at("step").get<int>();
  if (out.shape.step < 1 || out.shape.last < out.shape.first)
    throw InvalidArgument("event weights: lags must go upward from first to last");
  const Eigen::Index n = out.shape.size();
  out.mean = vector_of(file.at("mean"));
  out.scale = vector_of(file.at("scale"));
  require_size(out.mean, n, "mean");
  require_size(out.scale, n, "scale");
  out.wide = pass_of(file.at("wide"), n);
  out.narrow = pass_of(file.at("narrow"), n);
  return out;
}

EventBank bank_of(const json& file) {
  EventBank out;
  out.cutoff_hz = file.at("cutoff_hz").get<double>();
  for (const json& one : file.at("foot_strike")) out.strike.push_back(model_of(one));
  for (const json& one : file.at("toe_off")) out.toe_off.push_back(model_of(one));
  return out;
}

EventSpread spread_of(const json& file, std::size_t rates, std::size_t noises) {
  EventSpread out;
  const auto rows = file.at("sd_ms").get<std::vector<std::vector<double>>>();
  out.sd_ms.resize(static_cast<Eigen::Index>(rates), static_cast<Eigen::Index>(noises));
  if (rows.size() != rates) throw InvalidArgument("event weights: sd_ms needs a row per rate");
  for (std::size_t i = 0; i < rates; ++i) {
    if (rows[i].size() != noises)
      throw InvalidArgument("event weights: sd_ms needs a column per noise");
    for (std::size_t j = 0; j < noises; ++j)
      out.sd_ms(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = rows[i][j];
  }
  out.by_speed = vector_of(file.at("by_speed"));
  require_size(out.by_speed, 3, "by_speed");
  return out;
}

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

EventModels read_event_models(std::string_view text) {
  try {
    const json file = json::parse(text);
    if (file.at("version").get<int>() != kVersion)
      throw InvalidArgument("event weights: version must be " + std::to_string(kVersion));
    EventModels out;
    const json& banks = file.at("banks");
    out.clean = bank_of(banks.at("clean"));
    out.slow = bank_of(banks.at("slow"));
    out.noisy = bank_of(banks.at("noisy"));
    out.blurred = bank_of(banks.at("blurred"));
    out.fitted = bank_of(banks.at("fitted"));
    const json& spread = file.at("spread");
    out.rates_hz = spread.at("rates_hz").get<std::vector<double>>();
    out.noises_mm = spread.at("noises_mm").get<std::vector<double>>();
    if (out.rates_hz.size() < 2 || out.noises_mm.size() < 2)
      throw InvalidArgument("event weights: spread needs two rates and two noises at least");
    const auto read = [&](const char* key) {
      return spread_of(spread.at(key), out.rates_hz.size(), out.noises_mm.size());
    };
    out.strike = read("foot_strike");
    out.toe_off = read("toe_off");
    out.fitted_strike = read("fitted_foot_strike");
    out.fitted_toe_off = read("fitted_toe_off");
    return out;
  } catch (const json::exception& error) {
    throw InvalidArgument(std::string("event weights: ") + error.what());
  }
}

const EventModels& event_models() {
  static const EventModels models = read_event_models(resource("gait/event_models.json"));
  return models;
}

}  // namespace runmech::detail
