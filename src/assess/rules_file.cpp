// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "json_file.hpp"
#include "rules.hpp"
#include "runmech/core/errors.hpp"

namespace runmech::assess_detail {
namespace {

Condition condition_of(const nlohmann::json& entry, const std::string& rule) {
  Condition out;
  out.kind = entry.at("kind").get<std::string>();
  constexpr std::array kKinds{"level", "other_side", "weak", "asymmetric"};
  if (std::find(kKinds.begin(), kKinds.end(), out.kind) == kKinds.end()) {
    throw InvalidArgument("rule '" + rule + "': condition kind is '" + out.kind +
                          "'; allowed: level, other_side, weak, asymmetric");
  }
  const bool strength = out.kind == "weak" || out.kind == "asymmetric";
  if (strength) {
    out.test = entry.at("test").get<std::string>();
  } else {
    out.metric = entry.at("metric").get<std::string>();
  }
  out.raw_metric = text(entry, "raw_metric");
  out.side = text(entry, "side");
  out.above = number(entry, "above");
  out.below = number(entry, "below");
  out.above_z = number(entry, "above_z");
  out.below_z = number(entry, "below_z");
  const auto given = [](double v) { return v == v ? 1 : 0; };
  const int limits = given(out.above) + given(out.below) + given(out.above_z) + given(out.below_z);
  if (limits != (out.kind == "level" ? 1 : 0)) {
    throw InvalidArgument("rule '" + rule +
                          "': a level has exactly one limit (above, below, above_z, "
                          "below_z), other conditions none");
  }
  return out;
}

}  // namespace

Rules finding_rules(const std::string& path) {
  return read_data_file<nlohmann::json>(
      "assess/finding_rules.json", path, [](const nlohmann::json& file) {
        Rules out;
        out.stride_share = file.at("stride_share").get<double>();
        out.speed_low_m_s = file.at("speed_range_m_s").at(0).get<double>();
        out.speed_high_m_s = file.at("speed_range_m_s").at(1).get<double>();
        for (const auto& entry : file.at("rules")) {
          Rule rule;
          rule.about.id = entry.at("id").get<std::string>();
          rule.about.title = entry.at("title").get<std::string>();
          rule.about.evidence = entry.at("evidence").get<std::string>();
          rule.about.may_relate = text(entry, "may_relate");
          rule.about.caution = text(entry, "caution");
          rule.certainty = entry.at("certainty").get<double>();
          rule.each_side = text(entry, "side") == "each";
          rule.all = entry.contains("all");
          for (const auto& condition : entry.at(rule.all ? "all" : "any")) {
            rule.conditions.push_back(condition_of(condition, rule.about.id));
          }
          if (rule.conditions.empty()) {
            throw InvalidArgument("rule '" + rule.about.id + "' has no condition");
          }
          out.rules.push_back(std::move(rule));
        }
        return out;
      });
}

}  // namespace runmech::assess_detail
