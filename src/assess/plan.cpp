// SPDX-License-Identifier: BSD-3-Clause
#include "plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_file.hpp"
#include "runmech/core/errors.hpp"

namespace runmech::assess_detail {
namespace {

struct Interventions {
  std::vector<PlanItem> items;
  std::vector<double> cost;
  std::string protocol;
  std::string two_weeks;
};

Interventions interventions(const std::string& path) {
  return read_data_file<nlohmann::json>("assess/plan.json", path, [](const nlohmann::json& file) {
    Interventions out;
    out.protocol = text(file, "protocol");
    out.two_weeks = text(file, "two_weeks");
    const auto costs = file.at("evidence_cost").get<std::map<std::string, double>>();
    for (const auto& entry : file.at("interventions")) {
      PlanItem item;
      item.id = entry.at("id").get<std::string>();
      item.kind = entry.at("kind").get<std::string>();
      item.text = entry.at("text").get<std::string>();
      item.how = text(entry, "how");
      item.expect = text(entry, "expect");
      item.caution = text(entry, "caution");
      item.evidence = entry.at("evidence").get<std::string>();
      item.covers = entry.at("covers").get<std::vector<std::string>>();
      if (item.kind != "cue" && item.kind != "strength") {
        throw InvalidArgument("intervention '" + item.id + "': kind is '" + item.kind +
                              "'; allowed: cue, strength");
      }
      const auto cost = costs.find(item.evidence);
      if (cost == costs.end()) {
        throw InvalidArgument("intervention '" + item.id + "': evidence '" + item.evidence +
                              "' has no cost");
      }
      out.cost.push_back(cost->second);
      out.items.push_back(std::move(item));
    }
    return out;
  });
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

}  // namespace

Plan plan_for(const std::vector<Finding>& findings, int max_cues, const std::string& path) {
  const Interventions known = interventions(path);
  std::vector<std::string> present;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::present) present.push_back(finding.id);
  }
  Plan plan;
  for (const char* kind : {"cue", "strength"}) {
    const bool cue = kind == std::string("cue");
    auto covers = std::vector<std::vector<std::string>>(known.items.size());
    for (std::size_t i = 0; i < known.items.size(); ++i) {
      if (known.items[i].kind == kind) covers[i] = known.items[i].covers;
    }
    const int largest = cue ? max_cues : static_cast<int>(present.size());
    for (const int chosen : smallest_cover(present, covers, known.cost, largest)) {
      PlanItem item = known.items[static_cast<std::size_t>(chosen)];
      std::erase_if(item.covers, [&](const std::string& id) { return !contains(present, id); });
      plan.items.push_back(std::move(item));
    }
  }
  for (const Finding& finding : findings) {
    if (finding.outcome != Outcome::present) continue;
    const bool cued = std::any_of(plan.items.begin(), plan.items.end(), [&](const PlanItem& item) {
      return item.kind == "cue" && contains(item.covers, finding.id);
    });
    const bool running =
        std::any_of(known.items.begin(), known.items.end(), [&](const PlanItem& item) {
          return item.kind == "cue" && contains(item.covers, finding.id);
        });
    if (running && !cued) plan.uncovered.push_back(finding.id);
  }
  if (present.empty()) {
    plan.text = "No finding is present: nothing to change.";
  } else {
    plan.text = known.protocol + " " + known.two_weeks;
    if (!plan.uncovered.empty()) {
      plan.text += " Left for later, so as not to ask for too much at once:";
      for (const auto& id : plan.uncovered) {
        const auto found = std::find_if(findings.begin(), findings.end(),
                                        [&](const Finding& f) { return f.id == id; });
        plan.text += (id == plan.uncovered.front() ? " " : ", ") + found->title;
      }
      plan.text += ".";
    }
  }
  return plan;
}

}  // namespace runmech::assess_detail
