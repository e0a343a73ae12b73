// SPDX-License-Identifier: BSD-3-Clause
#include "limits.hpp"

#include <nlohmann/json.hpp>

#include "json_file.hpp"

namespace runmech::assess_detail {

double ChangeLimit::mdc_for(const TrialContext& context) const {
  if (!context.keypoints && context.detector == "force") {
    if (const auto found = mdc95.find("force"); found != mdc95.end()) return found->second;
  }
  const auto found = mdc95.find(context.keypoints ? "keypoints" : "markers");
  return found == mdc95.end() ? kNaN : found->second;
}

ChangeLimits change_limits(const std::string& path) {
  return read_data_file<nlohmann::json>(
      "assess/change_limits.json", path, [](const nlohmann::json& file) {
        ChangeLimits out;
        out.inflation = file.at("same_runner_inflation").get<double>();
        out.speed_limit_m_s = file.at("speed_limit_m_s").get<double>();
        out.speed_limit_share = file.at("speed_limit_share").get<double>();
        out.false_discovery_rate = file.at("false_discovery_rate").get<double>();
        for (const auto& [metric, entry] : file.at("metrics").items()) {
          ChangeLimit limit;
          limit.mdc95 = entry.at("mdc95").get<std::map<std::string, double>>();
          limit.swc = number(entry, "swc");
          limit.timing = entry.value("timing", false);
          limit.source = text(entry, "source");
          out.metrics.emplace(metric, std::move(limit));
        }
        return out;
      });
}

}  // namespace runmech::assess_detail
