// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/marker_set.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "label_key.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/names.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

using nlohmann::json;

constexpr std::array<Spelling<MarkerKind>, 5> kKinds{{{MarkerKind::bony, "bony"},
                                                      {MarkerKind::skin, "skin"},
                                                      {MarkerKind::foot, "foot"},
                                                      {MarkerKind::joint_centre, "joint_centre"},
                                                      {MarkerKind::keypoint, "keypoint"}}};

/// {R} {r} {right} in a template become the side's spelling.
std::string for_side(std::string text, Side side) {
  const bool right = side == Side::right;
  const std::array<std::pair<std::string_view, std::string_view>, 3> words{
      {{"{R}", right ? "R" : "L"},
       {"{r}", right ? "r" : "l"},
       {"{right}", right ? "right" : "left"}}};
  for (const auto& [key, word] : words) {
    for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + word.size())) {
      text.replace(at, key.size(), word);
    }
  }
  return text;
}

MarkerDef definition(const json& entry, Side side) {
  MarkerDef out;
  out.label = for_side(entry.at("label").get<std::string>(), side);
  for (const auto& alias : entry.value("aliases", std::vector<std::string>{})) {
    out.aliases.push_back(for_side(alias, side));
  }
  out.landmark = for_side(entry.value("landmark", ""), side);
  out.segment = for_side(entry.value("segment", ""), side);
  out.kind = parse_spelling<MarkerKind>(kKinds, "kind", entry.at("kind").get<std::string>());
  out.sigma_m = entry.at("sigma_mm").get<double>() / 1000.0;
  if (!(out.sigma_m > 0.0 && out.sigma_m < 1.0)) {
    throw InvalidArgument("sigma_mm of " + out.label + " must lie between 0 and 1000");
  }
  out.static_only = entry.value("static", false);
  out.optional = entry.value("optional", false);
  out.computed = entry.value("computed", false);
  if (entry.contains("at")) {
    const auto at = entry.at("at").get<std::array<double, 3>>();
    out.at = Eigen::Vector3d(at[0], at[1], at[2] * sign(side));
  }
  return out;
}

bool is_file(std::string_view name) {
  return name.ends_with(".json");
}

}  // namespace

std::string_view to_string(MarkerKind kind) {
  return spell<MarkerKind>(kKinds, kind);
}

MarkerSet parse_marker_set(std::string_view text, std::string_view where) {
  try {
    const json document = json::parse(text);
    MarkerSet set;
    set.name = document.at("name").get<std::string>();
    set.title = document.at("title").get<std::string>();
    set.source = document.at("source").get<std::string>();
    set.keypoints = document.value("keypoints", false);
    for (const auto& [segment, mm] :
         document.value("common_error_mm", std::map<std::string, double>{})) {
      if (!(mm >= 0.0 && mm < 1000.0)) {
        throw InvalidArgument("common_error_mm of " + segment + " must lie between 0 and 1000");
      }
      for (const Side side : kSides) set.common_error_m[for_side(segment, side)] = mm / 1000.0;
    }
    for (const json& entry : document.at("markers")) {
      set.markers.push_back(definition(entry, Side::right));
      const std::string label = entry.at("label").get<std::string>();
      if (label.find('{') != std::string::npos)
        set.markers.push_back(definition(entry, Side::left));
    }
    std::map<std::string, std::string> seen;
    for (const MarkerDef& marker : set.markers) {
      if (!seen.emplace(label_key(marker.label), marker.label).second) {
        throw InvalidArgument("label " + marker.label + " occurs twice");
      }
    }
    return set;
  } catch (const json::exception& error) {
    throw InvalidArgument("marker set " + std::string(where) + ": " + error.what());
  } catch (const InvalidArgument& error) {
    throw InvalidArgument("marker set " + std::string(where) + ": " + error.what());
  }
}

const std::vector<std::string>& marker_set_names() {
  static const std::vector<std::string> names = [] {
    constexpr std::string_view folder = "skeleton/marker_sets/";
    std::vector<std::string> out;
    for (const std::string& name : resource_names()) {
      if (!name.starts_with(folder) || !is_file(name)) continue;
      out.push_back(name.substr(folder.size(), name.size() - folder.size() - 5));
    }
    std::sort(out.begin(), out.end());
    return out;
  }();
  return names;
}

const MarkerSet& marker_set(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<MarkerSet>, std::less<>> loaded;
  const std::lock_guard lock(mutex);
  if (const auto it = loaded.find(name); it != loaded.end()) return *it->second;
  const std::string key(name);
  if (!is_file(name)) {
    const auto& names = marker_set_names();
    if (std::find(names.begin(), names.end(), key) == names.end()) {
      std::string allowed;
      for (const std::string& other : names) allowed += (allowed.empty() ? "" : ", ") + other;
      throw InvalidArgument("marker_set is '" + key + "'; allowed: " + allowed +
                            ", or the path of a .json file");
    }
  }
  const std::string text = is_file(name)
                               ? resource_or_file("", key)
                               : std::string(resource("skeleton/marker_sets/" + key + ".json"));
  auto set = std::make_unique<MarkerSet>(parse_marker_set(text, name));
  return *loaded.emplace(key, std::move(set)).first->second;
}

std::vector<int> MarkerSet::match(std::span<const std::string> labels) const {
  std::map<std::string, int, std::less<>> by_key;  // first of equal keys wins
  for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
    by_key.emplace(label_key(labels[static_cast<std::size_t>(i)]), i);
  }
  std::vector<int> out(labels.size(), -1);
  std::vector<bool> found(markers.size(), false);
  const auto take = [&](std::size_t marker, const std::string& label) {
    const auto it = by_key.find(label_key(label));
    if (it == by_key.end() || out[static_cast<std::size_t>(it->second)] >= 0) return;
    out[static_cast<std::size_t>(it->second)] = static_cast<int>(marker);
    found[marker] = true;
  };
  for (std::size_t m = 0; m < markers.size(); ++m) take(m, markers[m].label);
  for (std::size_t m = 0; m < markers.size(); ++m) {
    for (const std::string& alias : markers[m].aliases) {
      if (!found[m]) take(m, alias);
    }
  }
  return out;
}

int MarkerSet::find(std::span<const std::string> labels, std::string_view landmark) const {
  const std::vector<int> defs = match(labels);
  for (std::size_t i = 0; i < defs.size(); ++i) {
    if (defs[i] >= 0 && markers[static_cast<std::size_t>(defs[i])].landmark == landmark) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

}  // namespace runmech
