// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <pugixml.hpp>
#include <set>
#include <sstream>
#include <string_view>

#include "osim_write_joint.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/osim.hpp"
#include "words.hpp"

namespace runmech {
namespace osim {
namespace {

using Node = pugi::xml_node;

std::string numbers(std::initializer_list<double> values) {
  std::string out;
  for (const double v : values) {
    if (!out.empty()) out += ' ';
    text::append_number(out, v == 0.0 ? 0.0 : v);  // no minus zero
  }
  return out;
}
std::string numbers(const Eigen::Vector3d& v) {
  return numbers({v.x(), v.y(), v.z()});
}
std::string numbers(const std::vector<double>& values) {
  std::string out;
  for (const double v : values) out += (out.empty() ? "" : " ") + numbers({v});
  return out;
}

void say(Node parent, const char* tag, const std::string& text) {
  parent.append_child(tag).text().set(text.c_str());
}
Node named(Node parent, const char* tag, const std::string& name) {
  Node node = parent.append_child(tag);
  node.append_attribute("name") = name.c_str();
  return node;
}
Node set_of(Node model, const char* tag, const char* name) {
  return named(model, tag, name).append_child("objects");
}

/// OpenSim finds components by paths: blanks, slashes and a few more have no place in a name.
template <class Items, class NameOf>
void check_names(const char* what, const Items& items, NameOf name_of) {
  std::set<std::string> seen;
  for (const auto& item : items) {
    const std::string& name = name_of(item);
    if (name.empty() || name.find_first_of("\\/*+ \t\r\n") != std::string::npos) {
      throw InvalidArgument("the " + std::string(what) + " name '" + name +
                            "' cannot be written to an OpenSim model: allowed are names without "
                            "blanks, / \\ * +");
    }
    if (!seen.insert(name).second) {
      throw InvalidArgument("two " + std::string(what) + "s are named '" + name + "'");
    }
  }
}

/// Angles about body-fixed X, Y, Z that make this rotation; also where Y is a right angle.
Eigen::Vector3d xyz_of(const Eigen::Matrix3d& r) {
  const double x = std::atan2(-r(1, 2), r(2, 2));
  const Eigen::Matrix3d rest = Eigen::AngleAxisd(-x, Eigen::Vector3d::UnitX()) * r;
  return {x, std::atan2(rest(0, 2), rest(2, 2)), std::atan2(rest(1, 0), rest(1, 1))};
}

/// The function of one axis. A straight line of slope one stays that: OpenSim then knows that its
/// coordinate is the angle itself.
void write_function(const DrivenAxis& axis, Node parent) {
  const auto tagged = [&](const char* tag) { return named(parent, tag, "function"); };
  if (axis.terms.empty()) {
    say(tagged("Constant"), "value", numbers({axis.constant}));
    return;
  }
  const JointFunction& f = axis.terms[0].second;
  if (f.is_linear()) {
    std::vector<double> coefficients;
    double offset = axis.constant;
    for (const auto& [coordinate, line] : axis.terms) {
      coefficients.push_back(line.coefficients[1]);
      offset += line.coefficients[0];
    }
    coefficients.push_back(offset);
    say(tagged("LinearFunction"), "coefficients", numbers(coefficients));
  } else if (f.knots.empty()) {
    std::vector<double> highest_first(f.coefficients.rbegin(), f.coefficients.rend());
    highest_first.back() += axis.constant;
    say(tagged("PolynomialFunction"), "coefficients", numbers(highest_first));
  } else {
    std::vector<double> y = f.values;
    for (double& v : y) v += axis.constant;
    Node spline = tagged("SimmSpline");
    say(spline, "x", numbers(f.knots));
    say(spline, "y", numbers(y));
  }
}

void write_axes(const Skeleton& skeleton, const std::vector<DrivenAxis>& axes, const char* kind,
                Node transform) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Node node = named(transform, "TransformAxis", kind + std::to_string(i + 1));
    std::string driven_by;
    for (const auto& term : axes[i].terms) {
      driven_by += (driven_by.empty() ? "" : " ") +
                   skeleton.coordinates[static_cast<std::size_t>(term.first)].name;
    }
    say(node, "coordinates", driven_by);
    say(node, "axis", numbers(axes[i].axis));
    write_function(axes[i], node);
  }
}

/// Markers on a segment and on those that hang on it.
int markers_below(const Skeleton& skeleton, int segment) {
  int n = 0;
  for (const Marker& marker : skeleton.markers) {
    int s = marker.at.segment;
    while (s >= 0 && s != segment) s = skeleton.segments[static_cast<std::size_t>(s)].parent;
    if (s == segment) ++n;
  }
  return n;
}

void write_coordinate(const Skeleton& skeleton, const Coordinate& c, Node list) {
  Node node = named(list, "Coordinate", c.name);
  const bool limited = c.lower > -kUnlimited && c.upper < kUnlimited;
  say(node, "default_value", numbers({c.neutral}));
  say(node, "default_speed_value", "0");
  say(node, "range", limited ? numbers({c.lower, c.upper}) : "-99999.9 99999.9");
  say(node, "clamped", limited ? "true" : "false");
  // A joint that the fit takes as rigid with so few markers must not move there either.
  const bool rigid = c.rigid_below > 0 && markers_below(skeleton, c.segment) < c.rigid_below;
  say(node, "locked", c.locked || rigid ? "true" : "false");
}

void write_frame(Node frames, const std::string& name, const std::string& parent,
                 const Eigen::Vector3d& translation, const Eigen::Matrix3d& turn) {
  Node node = named(frames, "PhysicalOffsetFrame", name);
  say(node, "socket_parent", parent);
  say(node, "translation", numbers(translation));
  say(node, "orientation", numbers(xyz_of(turn)));
}

void write_joint(const Skeleton& skeleton, const Segment& segment, Node joints) {
  const CustomShape shape = custom_shape(skeleton, segment);
  const bool ground = segment.parent < 0;
  const std::string parent =
      ground ? "ground" : skeleton.segments[static_cast<std::size_t>(segment.parent)].name;
  const bool weld = segment.n_coordinates == 0;
  Node joint = named(joints, weld ? "WeldJoint" : "CustomJoint", parent + "_" + segment.name);
  say(joint, "socket_parent_frame", parent + "_offset");
  say(joint, "socket_child_frame", segment.name + "_offset");
  Eigen::Matrix3d still = Eigen::Matrix3d::Identity();
  if (weld) {
    for (const DrivenAxis& axis : shape.rotations) {
      still *= Eigen::AngleAxisd(axis.constant, axis.axis).toRotationMatrix();
    }
  } else {
    Node coordinates = joint.append_child("coordinates");
    for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
         ++j) {
      write_coordinate(skeleton, skeleton.coordinates[static_cast<std::size_t>(j)], coordinates);
    }
  }
  Node frames = joint.append_child("frames");
  write_frame(frames, parent + "_offset", ground ? "/ground" : "/bodyset/" + parent,
              segment.origin_m + shape.parent_shift_m, still);
  write_frame(frames, segment.name + "_offset", "/bodyset/" + segment.name, Eigen::Vector3d::Zero(),
              shape.child_turn);
  if (weld) return;
  Node transform = joint.append_child("SpatialTransform");
  write_axes(skeleton, shape.rotations, "rotation", transform);
  write_axes(skeleton, shape.translations, "translation", transform);
}

std::string model_text(const Skeleton& skeleton) {
  check_names("segment", skeleton.segments, [](const Segment& s) { return s.name; });
  check_names("coordinate", skeleton.coordinates, [](const Coordinate& c) { return c.name; });
  check_names("marker", skeleton.markers, [](const Marker& m) { return m.at.name; });
  pugi::xml_document document;
  Node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  Node root = document.append_child("OpenSimDocument");
  root.append_attribute("Version") = "40000";  // what every OpenSim 4 reads
  Node model =
      named(root, "Model", skeleton.subject.name.empty() ? "runmech" : skeleton.subject.name);
  named(model, "Ground", "ground");
  say(model, "gravity", "0 -9.80665 0");
  say(model, "length_units", "meters");
  say(model, "force_units", "N");
  Node bodies = set_of(model, "BodySet", "bodyset");
  for (const Segment& segment : skeleton.segments) {
    Node body = named(bodies, "Body", segment.name);
    const Eigen::Vector3d& i = segment.inertia_kg_m2;
    say(body, "mass", numbers({segment.mass_kg}));
    say(body, "mass_center", numbers(segment.centre_of_mass_m));
    say(body, "inertia", numbers({i.x(), i.y(), i.z(), 0.0, 0.0, 0.0}));
  }
  Node joints = set_of(model, "JointSet", "jointset");
  for (const Segment& segment : skeleton.segments) write_joint(skeleton, segment, joints);
  Node markers = set_of(model, "MarkerSet", "markerset");
  for (const Marker& marker : skeleton.markers) {
    Node node = named(markers, "Marker", marker.at.name);
    say(node, "socket_parent_frame",
        "/bodyset/" + skeleton.segments[static_cast<std::size_t>(marker.at.segment)].name);
    say(node, "location", numbers(marker.at.local_m));
    say(node, "fixed", marker.fixed ? "true" : "false");
  }
  std::ostringstream out;
  document.save(out, "\t");
  return out.str();
}

}  // namespace
}  // namespace osim

void write_osim(const std::filesystem::path& path, const Skeleton& skeleton) {
  write_whole(path, osim::model_text(skeleton));
}

}  // namespace runmech
