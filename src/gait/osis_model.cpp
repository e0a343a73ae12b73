// SPDX-License-Identifier: BSD-3-Clause
#include "osis_model.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"

namespace runmech::detail {
namespace {

constexpr std::size_t kNumbers = 284;

OsisModel model_of(const nlohmann::json& file) {
  const auto numbers = file.at("component").get<std::vector<double>>();
  if (numbers.size() != kNumbers) {
    throw InvalidArgument("osis_2014_refitted: a component has " + std::to_string(numbers.size()) +
                          " numbers; needed are 284");
  }
  return {Eigen::VectorXd::Map(numbers.data(), static_cast<Eigen::Index>(numbers.size())),
          file.at("slope").get<double>(), file.at("intercept").get<double>()};
}

}  // namespace

const OsisModel& osis_model(EventType type) {
  static const std::array<OsisModel, 2> models = [] {
    const auto file = nlohmann::json::parse(resource("gait/osis_2014_refitted.json"));
    return std::array{model_of(file.at("foot_strike")), model_of(file.at("toe_off"))};
  }();
  return models[type == EventType::foot_strike ? 0 : 1];
}

}  // namespace runmech::detail
