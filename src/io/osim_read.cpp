// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <optional>
#include <set>

#include "osim_tree.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/osim.hpp"

namespace runmech {
namespace osim {

std::map<std::string, double> marker_weights(const Document& document, std::vector<Note>& notes) {
  std::map<std::string, double> weights;
  std::vector<std::string> coordinates;
  for (const auto& found :
       document.root().select_nodes(".//IKMarkerTask[not(ancestor::defaults)]")) {
    const pugi::xml_node node = found.node();
    const std::string name = document.name(node);
    const double weight = document.finite(node, "weight", {1.0})[0];
    if (weight < 0.0) document.refuse(node, "task '" + name + "'", "its weight is negative");
    weights[name] = document.flag(node, "apply", true) ? weight : 0.0;
  }
  for (const auto& found :
       document.root().select_nodes(".//IKCoordinateTask[not(ancestor::defaults)]")) {
    const pugi::xml_node node = found.node();
    if (document.flag(node, "apply", true) && document.finite(node, "weight", {1.0})[0] > 0.0) {
      coordinates.push_back(document.name(node));
    }
  }
  if (weights.empty()) {
    document.refuse(document.root(), "",
                    "it holds no IKMarkerTask: no tasks of inverse kinematics");
  }
  if (!coordinates.empty()) {
    notes.push_back({"model", "coordinate tasks are not followed: " + listed(coordinates), true});
  }
  return weights;
}

namespace {

Skeleton skeleton_of(const FileBytes& model, const FileBytes* tasks) {
  const Document document(model);
  Model parsed = read_model(document);
  std::vector<Note> notes;
  const auto joints = needed_joints(document, parsed, notes);
  std::optional<std::map<std::string, double>> weights;
  if (tasks != nullptr) {
    const Document set_up(*tasks);
    weights = marker_weights(set_up, notes);
    std::set<std::string> known;
    for (const MarkerPlace& marker : parsed.markers) known.insert(marker.name);
    std::vector<std::string> strange;
    for (const auto& [name, weight] : *weights) {
      if (weight > 0.0 && known.count(name) == 0) strange.push_back(name);
    }
    if (strange.size() == weights->size()) {
      set_up.refuse(set_up.root(), "", "none of its markers is on the model: " + listed(strange));
    }
    if (!strange.empty()) {
      notes.push_back(
          {"model", "tasks of markers that are not on the model: " + listed(strange), true});
    }
  }
  Skeleton out = tree_of(document, parsed, joints, weights ? &*weights : nullptr);
  out.subject.name = parsed.name;
  out.notes.insert(out.notes.begin(), notes.begin(), notes.end());
  return out;
}

}  // namespace
}  // namespace osim

Skeleton read_osim(const FileBytes& model, const FileBytes* tasks) {
  try {
    return osim::skeleton_of(model, tasks);
  } catch (const InvalidArgument& error) {  // what a function or a line of it says
    throw IoError(model.path, "", error.what());
  }
}

Skeleton read_osim(const std::filesystem::path& path, const std::filesystem::path& tasks) {
  const FileBytes model = load_file(path);
  if (tasks.empty()) return read_osim(model);
  const FileBytes set_up = load_file(tasks);
  return read_osim(model, &set_up);
}

}  // namespace runmech
