// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What an .osim file says, before it becomes a tree: bodies, joints as sequences of elements,
// markers, couplers. The same for files of OpenSim 4 and 3.

#include <Eigen/Geometry>
#include <map>
#include <string>
#include <vector>

#include "osim_xml.hpp"
#include "runmech/skeleton/joint_function.hpp"

namespace runmech::osim {

constexpr int kGround = -1;

struct Body {
  std::string name;
  double mass_kg = 0.0;
  Eigen::Vector3d centre_m = Eigen::Vector3d::Zero();
  Eigen::Vector3d moments = Eigen::Vector3d::Zero();
  bool has_products = false;  // of inertia
};

/// A frame that is fixed to a body (or to the ground).
struct Frame {
  int body = kGround;
  Eigen::Isometry3d in_body = Eigen::Isometry3d::Identity();
};

struct JointCoordinate {
  std::string name;
  double value = 0.0;
  double lower = 0.0;
  double upper = 0.0;
  bool clamped = false;
  bool locked = false;
};

/// A rotation about, or a translation along, an axis of the joint's parent frame (a rotation's axis
/// turns with the rotations before it).
struct Element {
  int coordinate = -1;  // of the joint; -1: constant
  bool rotation = true;
  Eigen::Vector3d axis = Eigen::Vector3d::UnitX();
  JointFunction function;
};

struct Joint {
  std::string name;
  std::string type;
  pugi::xml_node node;
  Frame parent;
  Frame child;
  std::vector<JointCoordinate> coordinates;
  std::vector<Element> elements;  // translations, then rotations

  [[nodiscard]] std::string called() const { return "joint '" + name + "' (" + type + ")"; }
};

struct MarkerPlace {
  std::string name;
  Frame frame;
  Eigen::Vector3d at_m = Eigen::Vector3d::Zero();  // in the frame
  bool fixed = false;
};

/// dependent = function(independent), or a constraint of another kind.
struct Constraint {
  std::string name;
  std::string type;
  pugi::xml_node node;
  bool coupler = false;
  std::string dependent;
  std::vector<std::string> independent;
  JointFunction function;

  [[nodiscard]] std::string called() const { return "constraint '" + name + "' (" + type + ")"; }
};

struct Model {
  std::string name;
  std::vector<Body> bodies;
  std::vector<Joint> joints;
  std::vector<MarkerPlace> markers;
  std::vector<Constraint> constraints;
};

/// Reads the model of a document. Throws IoError.
[[nodiscard]] Model read_model(const Document& document);

/// One term of how far an axis goes: a function of one of its coordinates, or a constant (-1).
struct Term {
  int argument = -1;
  JointFunction function;
};

/// The function in `holder` (a TransformAxis, or a constraint's function) of so many coordinates,
/// as a sum of terms; none where it is zero or not stated. `what` names the joint or constraint in
/// errors.
[[nodiscard]] std::vector<Term> read_function(const Document& document, pugi::xml_node holder,
                                              int n_arguments, const std::string& what);

/// Reads type, coordinates and elements of a joint; its frames are the caller's.
[[nodiscard]] Joint read_joint(const Document& document, pugi::xml_node node);

}  // namespace runmech::osim
