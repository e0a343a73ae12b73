// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "event_models.hpp"
#include "runmech/core/errors.hpp"

namespace runmech::detail {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr int kFarthestLag = 100;  // half a second, a sanity limit

/// A value of the file and where it stands.
class Node {
 public:
  Node(const json& value, const std::string& path, std::string place)
      : value_(value), path_(path), place_(std::move(place)) {}

  [[noreturn]] void refuse(const std::string& reason) const {
    throw IoError(path_, place_, reason);
  }

  [[nodiscard]] bool has(const char* key) const { return value_.contains(key); }

  [[nodiscard]] Node operator[](const char* key) const {
    if (!value_.is_object()) refuse("must be an object");
    const auto found = value_.find(key);
    if (found == value_.end()) refuse("has no '" + std::string(key) + "'");
    return {*found, path_, place_.empty() ? key : place_ + "." + key};
  }

  [[nodiscard]] std::vector<Node> items() const {
    if (!value_.is_array() || value_.empty()) refuse("must be a list that is not empty");
    std::vector<Node> out;
    out.reserve(value_.size());
    for (std::size_t i = 0; i < value_.size(); ++i)
      out.emplace_back(value_[i], path_, place_ + "[" + std::to_string(i) + "]");
    return out;
  }

  [[nodiscard]] double number() const {
    const double x = value_.is_number() ? value_.get<double>() : std::nan("");
    if (!std::isfinite(x)) refuse("must be a finite number");
    return x;
  }

  [[nodiscard]] double positive() const {
    const double x = number();
    if (x <= 0.0) refuse("must be above 0");
    return x;
  }

  [[nodiscard]] int integer() const {
    const double x = number();
    if (x != std::round(x) || std::abs(x) > 1e6) refuse("must be a whole number");
    return static_cast<int>(x);
  }

  [[nodiscard]] std::string text() const {
    if (!value_.is_string()) refuse("must be a text");
    return value_.get<std::string>();
  }

  /// n numbers, however many where n = 0.
  [[nodiscard]] std::vector<double> numbers(std::size_t n = 0) const {
    std::vector<double> out;
    for (const Node& item : items()) out.push_back(item.number());
    if (n > 0 && out.size() != n)
      refuse("has " + std::to_string(out.size()) + " numbers; needed are " + std::to_string(n));
    return out;
  }

 private:
  const json& value_;
  const std::string& path_;
  std::string place_;
};

Eigen::VectorXd vector_of(const Node& node, Eigen::Index n) {
  const std::vector<double> numbers = node.numbers(static_cast<std::size_t>(n));
  return Eigen::VectorXd::Map(numbers.data(), n);
}

void require_positive(const Node& node, const Eigen::VectorXd& x) {
  if ((x.array() <= 0.0).any()) node.refuse("all numbers must be above 0");
}

std::vector<double> knots_of(const Node& node) {
  std::vector<double> out = node.numbers();
  const auto falls = [](double a, double b) { return a >= b; };
  if (out.size() < 2 || std::adjacent_find(out.begin(), out.end(), falls) != out.end())
    node.refuse("must be two increasing numbers at least");
  return out;
}

EventPass pass_of(const Node& node, Eigen::Index n) {
  EventPass out;
  out.weights = vector_of(node["weights"], n);
  out.intercept_ms = node["intercept"].number();
  if (!node.has("weights_by_speed")) return out;
  out.weights_by_speed = vector_of(node["weights_by_speed"], n);
  out.per_speed_ms = node["per_speed"].number();
  return out;
}

EventModel model_of(const Node& node) {
  EventModel out;
  for (const Node& item : node["channels"].items()) {
    const std::string name = item.text();
    const auto* const found = std::find(kEventChannels.begin(), kEventChannels.end(), name);
    if (found == kEventChannels.end()) item.refuse("no channel is called '" + name + "'");
    out.shape.channels.push_back(static_cast<int>(found - kEventChannels.begin()));
  }
  out.shape.first = node["first"].integer();
  out.shape.last = node["last"].integer();
  out.shape.step = node["step"].integer();
  if (out.shape.step < 1 || out.shape.last < out.shape.first ||
      std::max(-out.shape.first, out.shape.last) > kFarthestLag)
    node.refuse("lags must go upward from first to last, at most 100 steps away");
  const Eigen::Index n = out.shape.size();
  out.mean = vector_of(node["mean"], n);
  out.scale = vector_of(node["scale"], n);
  require_positive(node["scale"], out.scale);
  out.wide = pass_of(node["wide"], n);
  out.narrow = pass_of(node["narrow"], n);
  return out;
}

EventBank bank_of(const Node& node) {
  EventBank out;
  out.cutoff_hz = node["cutoff_hz"].positive();
  for (const Node& one : node["foot_strike"].items()) out.strike.push_back(model_of(one));
  for (const Node& one : node["toe_off"].items()) out.toe_off.push_back(model_of(one));
  return out;
}

EventSpread spread_of(const Node& node, std::size_t rates, std::size_t noises) {
  EventSpread out;
  const std::vector<Node> rows = node["sd_ms"].items();
  if (rows.size() != rates) node["sd_ms"].refuse("needs a row per rate");
  out.sd_ms.resize(static_cast<Eigen::Index>(rates), static_cast<Eigen::Index>(noises));
  for (std::size_t i = 0; i < rates; ++i) {
    const Eigen::VectorXd row = vector_of(rows[i], out.sd_ms.cols());
    require_positive(rows[i], row);
    out.sd_ms.row(static_cast<Eigen::Index>(i)) = row;
  }
  out.by_speed = vector_of(node["by_speed"], 3);
  require_positive(node["by_speed"], out.by_speed);
  return out;
}

EventModels models_of(const Node& file) {
  if (file["version"].integer() != kVersion)
    file["version"].refuse("must be " + std::to_string(kVersion));
  EventModels out;
  const Node banks = file["banks"];
  out.clean = bank_of(banks["clean"]);
  out.slow = bank_of(banks["slow"]);
  out.noisy = bank_of(banks["noisy"]);
  out.blurred = bank_of(banks["blurred"]);
  out.fitted = bank_of(banks["fitted"]);
  const Node spread = file["spread"];
  out.rates_hz = knots_of(spread["rates_hz"]);
  out.noises_mm = knots_of(spread["noises_mm"]);
  const auto read = [&](const char* key) {
    return spread_of(spread[key], out.rates_hz.size(), out.noises_mm.size());
  };
  out.strike = read("foot_strike");
  out.toe_off = read("toe_off");
  out.fitted_strike = read("fitted_foot_strike");
  out.fitted_toe_off = read("fitted_toe_off");
  return out;
}

}  // namespace

EventModels read_event_models(std::string_view text, const std::string& path) {
  json file;
  try {
    file = json::parse(text);
  } catch (const json::parse_error& error) {
    throw IoError(path, "byte " + std::to_string(error.byte),
                  "not JSON, or cut short (NaN and Infinity are none)");
  } catch (const json::exception& error) {
    throw IoError(path, "", error.what());
  }
  return models_of({file, path, ""});
}

}  // namespace runmech::detail
