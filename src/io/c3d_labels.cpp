// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_labels.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_set>

namespace runmech::c3d {
namespace {

std::string_view without_prefix(std::string_view label) {
  const auto colon = label.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == label.size()) return label;
  return label.substr(colon + 1);
}

std::string_view prefix_of(std::string_view label) {
  const auto rest = without_prefix(label);
  return rest.size() == label.size() ? std::string_view()
                                     : label.substr(0, label.size() - rest.size() - 1);
}

bool ends_with_any(std::string_view text, const std::vector<std::string_view>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [text](std::string_view ending) { return text.ends_with(ending); });
}

std::string counted(std::size_t n, const char* one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

std::string some_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 3; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 3 ? text + ", ..." : text;
}

// The lists of model outputs: the five that the format's users know, and whatever POINT:TYPE_GROUPS
// declares in pairs (list, stem of its unit: ANGLES, ANGLE) unless that unit is a length or not
// stated, as for modelled markers.
std::unordered_set<std::string> listed_outputs(const Parameters& parameters) {
  static const std::set<std::string> lengths{"", "mm", "cm", "m"};
  std::set<std::string> lists{"ANGLES", "MOMENTS", "FORCES", "POWERS", "SCALARS"};
  const auto pairs = parameters.strings("POINT", "TYPE_GROUPS");
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    if (!lengths.contains(parameters.string("POINT", pairs[i + 1] + "_UNITS")))
      lists.insert(pairs[i]);
  }
  std::unordered_set<std::string> names;
  for (const auto& list : lists) {
    for (auto& name : parameters.strings("POINT", list)) {
      if (!name.empty()) names.insert(std::move(name));
    }
  }
  return names;
}

// Files that went through other programs often lose the lists but keep the names of the model.
bool named_like_output(std::string_view label) {
  static const std::vector<std::string_view> endings{
      "Angles", "AnglesAbs", "AbsAnkleAngle", "Moment", "Moments", "MomentAbs", "MomentsAbs",
      "Force",  "Forces",    "ForceAbs",      "Power",  "Powers",  "PowerAbs",  "NormalisedGRF"};
  return ends_with_any(label, endings);
}

void strip_subject(Markers& markers, Recording& recording) {
  std::map<std::string, std::size_t> prefixes;
  for (const auto& label : markers.labels) {
    if (const auto prefix = prefix_of(label); !prefix.empty()) ++prefixes[std::string(prefix)];
  }
  if (prefixes.empty()) return;
  const auto subject =
      std::max_element(prefixes.begin(), prefixes.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  recording.subject = subject->first;
  for (auto& label : markers.labels) {
    if (prefix_of(label) == subject->first) label = std::string(without_prefix(label));
  }
  recording.note("labels", "prefix '" + subject->first + ":' taken off " +
                               counted(subject->second, "label") + " and kept as the subject");
  if (prefixes.size() > 1) {
    std::vector<std::string> others;
    for (const auto& [prefix, count] : prefixes) {
      if (prefix != subject->first) others.push_back(prefix + ": (" + std::to_string(count) + ")");
    }
    recording.warn("labels", "labels with other prefixes keep them: " + some_of(others));
  }
}

void make_unique(Markers& markers, Recording& recording) {
  std::unordered_set<std::string> taken(markers.labels.begin(), markers.labels.end());
  if (taken.size() == markers.labels.size()) return;
  std::unordered_set<std::string> used;
  std::map<std::string, std::size_t> next;  // where to go on counting: many equal labels stay cheap
  std::vector<std::string> renamed;
  for (auto& label : markers.labels) {
    if (used.insert(label).second) continue;
    const std::string first = label;
    std::size_t& number = next.try_emplace(first, 2).first->second;
    do {
      label = first + "_" + std::to_string(number++);
    } while (taken.contains(label) || used.contains(label));
    used.insert(label);
    renamed.push_back(label);
  }
  recording.warn("labels", counted(renamed.size(), "label") +
                               " occurred more than once; renamed to " + some_of(renamed));
}

}  // namespace

Markers choose_markers(const Parameters& parameters, std::size_t points, Recording& recording) {
  auto labels = parameters.strings("POINT", "LABELS");
  const std::size_t stated = labels.size();
  labels.resize(points);
  if (stated > points) {
    recording.note("labels", counted(stated, "label") + " for " + counted(points, "point") +
                                 ": the last " + std::to_string(stated - points) + " ignored");
  }
  const auto outputs = listed_outputs(parameters);
  Markers markers;
  std::vector<std::string> left_out;
  std::size_t unlabelled = 0;
  std::size_t nameless = 0;
  for (std::size_t i = 0; i < points; ++i) {
    std::string& label = labels[i];
    const std::string_view bare = without_prefix(label);
    if (outputs.contains(label) || outputs.contains(std::string(bare)) || named_like_output(bare)) {
      left_out.push_back(label);
    } else if (bare.starts_with('*')) {
      ++unlabelled;
    } else {
      if (label.empty()) {
        label = "point_" + std::to_string(i + 1);
        ++nameless;
      }
      markers.columns.push_back(i);
      markers.labels.push_back(std::move(label));
    }
  }
  if (!left_out.empty()) {
    recording.note("labels", counted(left_out.size(), "model output") +
                                 " stored as points (angles, moments, forces, powers) left out: " +
                                 some_of(left_out));
  }
  if (unlabelled > 0) {
    recording.note("labels",
                   std::to_string(unlabelled) +
                       (unlabelled == 1 ? " unlabelled trajectory" : " unlabelled trajectories") +
                       " ('*' and a number) ignored");
  }
  if (nameless > 0) {
    recording.warn("labels", counted(nameless, "point") +
                                 " without a name, called point_1, point_2, ... "
                                 "by their place in the file");
  }
  strip_subject(markers, recording);
  make_unique(markers, recording);
  return markers;
}

}  // namespace runmech::c3d
