// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "osim_model.hpp"
#include "runmech/core/errors.hpp"
#include "text.hpp"

namespace runmech::osim {
namespace {

/// A joint type with a fixed sequence: which of its coordinates goes along or about which axis.
struct Step {
  int coordinate;
  bool rotation;
  int axis;
};
struct Kind {
  std::string_view type;
  int n_coordinates;
  std::vector<Step> steps;
};

// Simbody's mobilizers in the order that OpenSim gives their coordinates: angles are body-fixed
// X, Y, Z; translations are along the parent frame's axes.
const std::array<Kind, 8>& kinds() {
  static const std::array<Kind, 8> all{{
      {"WeldJoint", 0, {}},
      {"PinJoint", 1, {{0, true, 2}}},
      {"SliderJoint", 1, {{0, false, 0}}},
      {"UniversalJoint", 2, {{0, true, 0}, {1, true, 1}}},
      {"BallJoint", 3, {{0, true, 0}, {1, true, 1}, {2, true, 2}}},
      {"GimbalJoint", 3, {{0, true, 0}, {1, true, 1}, {2, true, 2}}},
      {"PlanarJoint", 3, {{1, false, 0}, {2, false, 1}, {0, true, 2}}},
      {"FreeJoint",
       6,
       {{3, false, 0}, {4, false, 1}, {5, false, 2}, {0, true, 0}, {1, true, 1}, {2, true, 2}}},
  }};
  return all;
}

/// The coordinates as listed: OpenSim 4 in <coordinates>, 3 in <CoordinateSet>.
std::vector<JointCoordinate> read_coordinates(const Document& document, const Joint& joint) {
  std::vector<JointCoordinate> out;
  const pugi::xml_node four = joint.node.child("coordinates");
  for (const pugi::xml_node node : members(four ? four : joint.node.child("CoordinateSet"))) {
    if (std::string_view(node.name()) != "Coordinate") continue;
    JointCoordinate c;
    c.name = document.name(node);
    c.value = document.finite(node, "default_value", {0.0})[0];
    std::vector<double> range = document.numbers(node, "range");
    if (range.empty()) range = {-10.0, 10.0};  // OpenSim's default
    if (range.size() != 2 || !(range[0] <= range[1])) {
      document.refuse(node, joint.called(),
                      "coordinate '" + c.name + "' has no range of two numbers that increase");
    }
    c.lower = range[0];
    c.upper = range[1];
    c.clamped = document.flag(node, "clamped", false);
    c.locked = document.flag(node, "locked", false);
    if (document.flag(node, "prescribed", false)) {
      document.refuse(node, joint.called(),
                      "coordinate '" + c.name +
                          "' is prescribed; only free and locked ones can "
                          "be represented");
    }
    out.push_back(std::move(c));
  }
  return out;
}

void read_fixed_kind(const Document& document, const Kind& kind, Joint& joint) {
  joint.coordinates = read_coordinates(document, joint);
  const auto stated = static_cast<int>(joint.coordinates.size());
  if (stated > kind.n_coordinates) {
    document.refuse(joint.node, joint.called(),
                    std::to_string(stated) + " coordinates; such a joint has " +
                        std::to_string(kind.n_coordinates));
  }
  for (int i = stated; i < kind.n_coordinates; ++i) {
    JointCoordinate c;
    c.name = joint.name + "_coord_" + std::to_string(i);  // as OpenSim names it
    joint.coordinates.push_back(std::move(c));
  }
  for (const Step& step : kind.steps) {
    joint.elements.push_back(
        {step.coordinate, step.rotation, Eigen::Vector3d::Unit(step.axis), JointFunction{}});
  }
}

int coordinate_of(std::string_view name, const Document& document, pugi::xml_node node,
                  const Joint& joint) {
  const auto found = std::find_if(joint.coordinates.begin(), joint.coordinates.end(),
                                  [&](const JointCoordinate& c) { return c.name == name; });
  if (found == joint.coordinates.end()) {
    document.refuse(
        node, joint.called(),
        "an axis is driven by '" + std::string(name) + "', which is no coordinate of the joint");
  }
  return static_cast<int>(found - joint.coordinates.begin());
}

void read_axis(const Document& document, pugi::xml_node node, bool rotation, Joint& joint) {
  Element element;
  element.rotation = rotation;
  element.axis = document.vector(node, "axis");
  const double length = element.axis.norm();
  if (!(length > 1e-12) || !std::isfinite(length)) {
    document.refuse(node, joint.called(), "an axis of no length");
  }
  // Already of unit length: kept as written, so that it stays exactly along X, Y or Z.
  if (length != 1.0) element.axis /= length;
  const auto driven_by = words(document.text(node, "coordinates"));
  for (Term& term :
       read_function(document, node, static_cast<int>(driven_by.size()), joint.called())) {
    element.coordinate = term.argument < 0
                             ? -1
                             : coordinate_of(driven_by[static_cast<std::size_t>(term.argument)],
                                             document, node, joint);
    element.function = std::move(term.function);
    joint.elements.push_back(element);
  }
}

void read_custom(const Document& document, Joint& joint) {
  joint.coordinates = read_coordinates(document, joint);
  const pugi::xml_node transform = joint.node.child("SpatialTransform");
  if (!transform) document.refuse(joint.node, joint.called(), "no SpatialTransform");
  for (const char* kind : {"translation", "rotation"}) {
    for (int i = 1; i <= 3; ++i) {
      const std::string wanted = kind + std::to_string(i);
      for (const pugi::xml_node node : transform.children("TransformAxis")) {
        if (wanted != node.attribute("name").value()) continue;
        read_axis(document, node, *kind == 'r', joint);
        break;
      }
    }
  }
}

}  // namespace

Joint read_joint(const Document& document, pugi::xml_node node) {
  Joint joint;
  joint.node = node;
  joint.type = node.name();
  joint.name = document.name(node);
  if (document.flag(node, "reverse", false)) {
    document.refuse(node, joint.called(), "the joint is reversed");
  }
  if (joint.type == "CustomJoint") {
    read_custom(document, joint);
    return joint;
  }
  for (const Kind& kind : kinds()) {
    if (kind.type != joint.type) continue;
    read_fixed_kind(document, kind, joint);
    return joint;
  }
  std::string known = "CustomJoint";
  for (const Kind& kind : kinds()) known += ", " + std::string(kind.type);
  document.refuse(node, joint.called(),
                  "a joint of this type cannot be represented; what can: " + known);
}

}  // namespace runmech::osim
