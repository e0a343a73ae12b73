// SPDX-License-Identifier: BSD-3-Clause
#include <nlohmann/json.hpp>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/strength/profile.hpp"

namespace runmech {

std::vector<StrengthTest> strength_tests(const std::string& path) {
  const std::string name = "strength/tests.json";
  try {
    const auto file = nlohmann::json::parse(resource_or_file(name, path));
    const auto& fallback = file.at("default");
    std::vector<StrengthTest> out;
    // Entry "default" comes last, with an empty id: what an unknown test is given.
    auto entries = file.at("tests");
    entries.push_back(nlohmann::json{{"id", ""}, {"name", ""}});
    for (const auto& entry : entries) {
      const auto text = [&](const char* key) {
        return entry.value(key, fallback.value(key, std::string()));
      };
      const auto number = [](const nlohmann::json& from, const char* key) {
        return from.value(key, StrengthTest::kNaN);
      };
      StrengthTest test;
      test.id = entry.at("id").get<std::string>();
      test.name = entry.at("name").get<std::string>();
      test.quantity = text("quantity");
      test.chain = text("chain");
      test.sense = parse_sense(text("sense"));
      test.mdc_pct = number(entry, "mdc_pct");
      test.mdc_units = number(entry, "mdc_units");
      test.mdc_unit = text("mdc_unit");
      test.mdc_source = text("mdc_source");
      test.trial_cv_pct = entry.value("trial_cv_pct", fallback.at("trial_cv_pct").get<double>());
      test.ratio_p10_pct = number(entry, "ratio_p10_pct");
      if (const auto norm = entry.find("norm"); norm != entry.end()) {
        test.norm_unit = norm->at("unit").get<std::string>();
        test.norm_mean = number(*norm, "mean");
        test.norm_sd = number(*norm, "sd");
        test.norm_p10 = number(*norm, "p10");
        test.norm_p50 = number(*norm, "p50");
        test.norm_p90 = number(*norm, "p90");
        test.norm_population = norm->value("population", std::string());
      }
      out.push_back(std::move(test));
    }
    return out;
  } catch (const nlohmann::json::exception& error) {
    throw IoError(path.empty() ? name : path, "", error.what());
  } catch (const InvalidArgument& error) {
    throw IoError(path.empty() ? name : path, "", error.what());
  }
}

}  // namespace runmech
