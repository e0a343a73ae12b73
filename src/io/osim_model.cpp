// SPDX-License-Identifier: BSD-3-Clause
#include "osim_model.hpp"

#include <set>
#include <string_view>

#include "osim_frames.hpp"
#include "runmech/core/errors.hpp"
#include "text.hpp"

namespace runmech::osim {
namespace {

constexpr int kFirstVersionOfFour = 30500;  // bodies and joints apart from here on
constexpr std::size_t kMostParts = 10000;   // bodies, joints, markers; our choice

std::vector<pugi::xml_node> bounded(const Document& document, pugi::xml_node set) {
  auto found = members(set);
  if (found.size() > kMostParts) {
    document.refuse(set, "",
                    std::to_string(found.size()) + " members; at most " +
                        std::to_string(kMostParts) + " are read");
  }
  return found;
}

Body read_body(const Document& document, pugi::xml_node node) {
  Body body;
  body.name = document.name(node);
  body.mass_kg = document.finite(node, "mass", {0.0})[0];
  if (body.mass_kg < 0.0) {
    document.refuse(node, "body '" + body.name + "'", "its mass is negative");
  }
  body.centre_m = document.vector(node, "mass_center");
  std::vector<double> inertia(6, 0.0);
  if (node.child("inertia")) {
    inertia = document.finite(node, "inertia", inertia);
  } else {  // OpenSim 3
    constexpr const char* kNames[]{"inertia_xx", "inertia_yy", "inertia_zz",
                                   "inertia_xy", "inertia_xz", "inertia_yz"};
    for (int k = 0; k < 6; ++k) inertia[k] = document.finite(node, kNames[k], {0.0})[0];
  }
  body.moments = {inertia[0], inertia[1], inertia[2]};
  body.has_products = inertia[3] != 0.0 || inertia[4] != 0.0 || inertia[5] != 0.0;
  return body;
}

int body_named(const Document& document, const Model& model, const std::string& name,
               pugi::xml_node node, const std::string& what) {
  if (name == "ground") return kGround;
  for (std::size_t i = 0; i < model.bodies.size(); ++i) {
    if (model.bodies[i].name == name) return static_cast<int>(i);
  }
  document.refuse(node, what, text::quoted(name) + " is no body of the model");
}

/// OpenSim 3: joints within their child bodies, places stated by themselves.
void read_three(const Document& document, pugi::xml_node node, Model& model) {
  const auto bodies = bounded(document, node.child("BodySet"));
  std::vector<pugi::xml_node> nodes;
  for (const pugi::xml_node body : bodies) {
    if (std::string_view(body.name()) != "Body" || document.name(body) == "ground") continue;
    nodes.push_back(body);
    model.bodies.push_back(read_body(document, body));
  }
  const auto placed = [&](int body, const char* at, const char* turned, pugi::xml_node joint) {
    Frame frame{body, Eigen::Isometry3d::Identity()};
    frame.in_body.linear() = body_fixed_xyz(document.vector(joint, turned));
    frame.in_body.translation() = document.vector(joint, at);
    return frame;
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const pugi::xml_node inner : nodes[i].child("Joint").children()) {
      if (inner.type() != pugi::node_element) continue;
      Joint joint = read_joint(document, inner);
      const int parent =
          body_named(document, model, document.text(inner, "parent_body"), inner, joint.called());
      joint.parent = placed(parent, "location_in_parent", "orientation_in_parent", inner);
      joint.child = placed(static_cast<int>(i), "location", "orientation", inner);
      model.joints.push_back(std::move(joint));
    }
  }
  for (const pugi::xml_node marker : bounded(document, node.child("MarkerSet"))) {
    MarkerPlace place;
    place.name = document.name(marker);
    place.frame.body = body_named(document, model, document.text(marker, "body"), marker,
                                  "marker '" + place.name + "'");
    place.at_m = document.vector(marker, "location");
    place.fixed = document.flag(marker, "fixed", false);
    model.markers.push_back(std::move(place));
  }
}

void read_four(const Document& document, pugi::xml_node node, Model& model) {
  for (const pugi::xml_node body : bounded(document, node.child("BodySet"))) {
    if (std::string_view(body.name()) == "Body") model.bodies.push_back(read_body(document, body));
  }
  const Frames frames(document, node, model.bodies);
  for (const pugi::xml_node inner : bounded(document, node.child("JointSet"))) {
    Joint joint = read_joint(document, inner);
    const std::string path = "/jointset/" + joint.name;
    joint.parent = frames.connected(inner, "socket_parent_frame", path, joint.called());
    joint.child = frames.connected(inner, "socket_child_frame", path, joint.called());
    model.joints.push_back(std::move(joint));
  }
  for (const pugi::xml_node marker : bounded(document, node.child("MarkerSet"))) {
    MarkerPlace place;
    place.name = document.name(marker);
    place.frame = frames.connected(marker, "socket_parent_frame", "/markerset/" + place.name,
                                   "marker '" + place.name + "'");
    place.at_m = document.vector(marker, "location");
    place.fixed = document.flag(marker, "fixed", false);
    model.markers.push_back(std::move(place));
  }
}

Constraint read_constraint(const Document& document, pugi::xml_node node) {
  Constraint out;
  out.node = node;
  out.type = node.name();
  out.name = document.name(node);
  out.coupler = out.type == "CoordinateCouplerConstraint";
  if (!out.coupler) return out;
  out.dependent = document.text(node, "dependent_coordinate_name");
  out.independent = words(document.text(node, "independent_coordinate_names"));
  const auto terms = read_function(document, node.child("coupled_coordinates_function"),
                                   static_cast<int>(out.independent.size()), out.called());
  out.function = polynomial({0.0});
  if (terms.size() == 1) out.function = terms[0].function;
  if (terms.size() > 1) document.refuse(node, out.called(), "it couples to several coordinates");
  if (terms.empty() || terms[0].argument < 0) out.independent.clear();  // held at a value
  out.function = scaled(out.function, document.finite(node, "scale_factor", {1.0})[0]);
  return out;
}

template <class Items>
void refuse_duplicates(const Document& document, pugi::xml_node node, const char* what,
                       const Items& items) {
  std::set<std::string> seen;
  for (const auto& item : items) {
    if (!seen.insert(item.name).second) {
      document.refuse(node, "", "two " + std::string(what) + " are named '" + item.name + "'");
    }
  }
}

}  // namespace

Model read_model(const Document& document) {
  const pugi::xml_node node = document.root().child("Model");
  if (!node) {
    document.refuse(document.root(), "", "it holds no Model (a set-up file, or another document?)");
  }
  Model model;
  model.name = to_utf8(node.attribute("name").value());
  const std::string unit = document.text(node, "length_units");
  if (!unit.empty() && text::metres_in(unit) != 1.0) {
    document.refuse(node.child("length_units"), "",
                    "lengths are in " + text::quoted(unit) + "; allowed: meters");
  }
  if (document.version() < kFirstVersionOfFour) {
    read_three(document, node, model);
  } else {
    read_four(document, node, model);
  }
  for (const pugi::xml_node constraint : bounded(document, node.child("ConstraintSet"))) {
    if (document.flag(constraint, "isDisabled", false) ||
        !document.flag(constraint, "isEnforced", true)) {
      continue;
    }
    model.constraints.push_back(read_constraint(document, constraint));
  }
  if (model.bodies.empty()) document.refuse(node, "", "the model has no bodies");
  refuse_duplicates(document, node, "bodies", model.bodies);
  refuse_duplicates(document, node, "joints", model.joints);
  refuse_duplicates(document, node, "markers", model.markers);
  std::vector<JointCoordinate> coordinates;
  for (const Joint& joint : model.joints) {
    coordinates.insert(coordinates.end(), joint.coordinates.begin(), joint.coordinates.end());
  }
  refuse_duplicates(document, node, "coordinates", coordinates);
  return model;
}

}  // namespace runmech::osim
