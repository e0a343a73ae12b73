// SPDX-License-Identifier: BSD-3-Clause
// Which bodies of a model the skeleton needs, and what coupled coordinates become.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "osim_tree.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "text.hpp"

namespace runmech::osim {
namespace {

using Place = std::pair<int, int>;  // joint, coordinate of it

std::map<std::string, Place> places_of(const Model& model) {
  std::map<std::string, Place> out;
  for (std::size_t j = 0; j < model.joints.size(); ++j) {
    const auto& coordinates = model.joints[j].coordinates;
    for (std::size_t c = 0; c < coordinates.size(); ++c) {
      out[coordinates[c].name] = {static_cast<int>(j), static_cast<int>(c)};
    }
  }
  return out;
}

/// g(f(q)) where one of the two is a straight line.
JointFunction composed(const Document& document, const Constraint& constraint,
                       const JointFunction& outer, const JointFunction& inner) {
  if (outer.is_linear()) {
    JointFunction out = scaled(inner, outer.coefficients[1]);
    const double offset = outer.coefficients[0];
    for (double& v : out.values) v += offset;
    const std::size_t stride = out.knots.empty() ? out.coefficients.size() : 4;
    for (std::size_t k = 0; k < out.coefficients.size(); k += stride) out.coefficients[k] += offset;
    return out;
  }
  if (inner.is_linear()) return after_line(outer, inner.coefficients[1], inner.coefficients[0]);
  document.refuse(constraint.node, constraint.called(),
                  "the coordinate '" + constraint.dependent +
                      "' that it drives moves its joint by another curve; one of the two must be "
                      "a straight line");
}

/// The dependent coordinate becomes a function of the other one of its joint.
void work_in(const Document& document, const Constraint& constraint, int dependent, int independent,
             Joint& joint) {
  for (Element& element : joint.elements) {
    if (element.coordinate != dependent) continue;
    element.function = composed(document, constraint, element.function, constraint.function);
    element.coordinate = independent;
  }
  joint.coordinates.erase(joint.coordinates.begin() + dependent);
  for (Element& element : joint.elements) {
    if (element.coordinate > dependent) --element.coordinate;
  }
}

/// Coordinates that a coupler drives from another joint, with that coupler.
std::map<std::string, const Constraint*> work_in_couplers(const Document& document, Model& model) {
  std::map<std::string, const Constraint*> driven;
  for (const Constraint& constraint : model.constraints) {
    if (!constraint.coupler) {
      document.refuse(constraint.node, constraint.called(),
                      "a constraint of this type cannot be represented; what can: "
                      "CoordinateCouplerConstraint within one joint (or switch it off)");
    }
    const auto places = places_of(model);
    const auto need = [&](const std::string& name) {
      const auto found = places.find(name);
      if (found == places.end()) {
        document.refuse(constraint.node, constraint.called(),
                        text::quoted(name) + " is no free coordinate of the model");
      }
      return found->second;
    };
    const Place dependent = need(constraint.dependent);
    Joint& joint = model.joints[static_cast<std::size_t>(dependent.first)];
    if (constraint.independent.empty()) {
      JointCoordinate& c = joint.coordinates[static_cast<std::size_t>(dependent.second)];
      c.locked = true;
      c.value = constraint.function.at(0.0).value;
      continue;
    }
    const Place independent = need(constraint.independent[0]);
    if (independent == dependent) {
      document.refuse(constraint.node, constraint.called(), "a coordinate is coupled to itself");
    }
    if (independent.first == dependent.first) {
      work_in(document, constraint, dependent.second, independent.second, joint);
    } else {
      driven[constraint.dependent] = &constraint;
    }
  }
  return driven;
}

/// The joints by what hangs on what. Bodies are counted from the ground: 0, then the model's.
struct Hanging {
  std::vector<int> joint_of;               // per body, -1: none
  std::vector<std::vector<int>> children;  // joints, per body
};

std::size_t slot(int body) {
  return static_cast<std::size_t>(body + 1);
}

Hanging hanging(const Document& document, const Model& model) {
  Hanging out{std::vector<int>(model.bodies.size() + 1, -1),
              std::vector<std::vector<int>>(model.bodies.size() + 1)};
  for (std::size_t j = 0; j < model.joints.size(); ++j) {
    const Joint& joint = model.joints[j];
    if (joint.child.body == kGround) {
      document.refuse(joint.node, joint.called(), "its child is the ground");
    }
    int& own = out.joint_of[slot(joint.child.body)];
    if (own >= 0) {
      document.refuse(joint.node, joint.called(),
                      "'" + model.bodies[static_cast<std::size_t>(joint.child.body)].name +
                          "' has a joint already; loops cannot be represented");
    }
    own = static_cast<int>(j);
    out.children[slot(joint.parent.body)].push_back(static_cast<int>(j));
  }
  return out;
}

/// Every joint that hangs on the ground by others, parents first, depth first.
std::vector<int> parents_first(const Model& model, const Hanging& tree) {
  std::vector<int> order;
  std::vector<int> open(tree.children[0].rbegin(), tree.children[0].rend());
  while (!open.empty()) {
    order.push_back(open.back());
    const auto& below =
        tree.children[slot(model.joints[static_cast<std::size_t>(open.back())].child.body)];
    open.pop_back();
    open.insert(open.end(), below.rbegin(), below.rend());
  }
  return order;
}

/// Whether nothing is lost with a joint whose body and bodies below nobody needs: it has no
/// coordinate that is free, and it is driven from elsewhere or stands on the ground.
bool idle(const Joint& joint, const std::map<std::string, const Constraint*>& driven,
          bool on_standing) {
  if (joint.coordinates.empty()) return on_standing;
  return std::all_of(joint.coordinates.begin(), joint.coordinates.end(),
                     [&](const JointCoordinate& c) { return driven.count(c.name) > 0; });
}

void refuse_driven(const Document& document, const Joint& joint,
                   const std::map<std::string, const Constraint*>& driven) {
  for (const JointCoordinate& c : joint.coordinates) {
    const auto found = driven.find(c.name);
    if (found == driven.end()) continue;
    document.refuse(joint.node, joint.called(),
                    "its coordinate '" + c.name + "' is driven from another joint by " +
                        found->second->called() +
                        "; that can be represented only within one joint");
  }
}

void say_left_out(const Document& document, const Model& model, const std::vector<bool>& kept,
                  const Hanging& tree, const std::vector<int>& markers, std::vector<Note>& notes) {
  std::vector<std::string> names;
  double mass_kg = 0.0;
  for (std::size_t b = 0; b < model.bodies.size(); ++b) {
    if (kept[b]) continue;
    const Body& body = model.bodies[b];
    if (markers[b + 1] > 0) {
      document.refuse(
          document.root(), "body '" + body.name + "'",
          tree.joint_of[b + 1] < 0 ? "it has no joint" : "its joints do not lead to the ground");
    }
    names.push_back(body.name);
    mass_kg += body.mass_kg;
  }
  if (names.empty()) return;
  notes.push_back({"model",
                   "left out, because no marker and no free coordinate needs it: " + listed(names) +
                       " (" + printed(mass_kg) + " kg)",
                   false});
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::vector<int> needed_joints(const Document& document, Model& model, std::vector<Note>& notes) {
  const auto driven = work_in_couplers(document, model);
  Hanging tree = hanging(document, model);
  std::vector<int> markers(model.bodies.size() + 1, 0);
  for (const MarkerPlace& marker : model.markers) ++markers[slot(marker.frame.body)];
  std::vector<int> order = parents_first(model, tree);
  std::vector<bool> stands(model.bodies.size() + 1, false);  // welded to the ground
  stands[0] = true;
  for (const int j : order) {
    const Joint& joint = model.joints[static_cast<std::size_t>(j)];
    stands[slot(joint.child.body)] = joint.coordinates.empty() && stands[slot(joint.parent.body)];
  }
  std::vector<bool> wanted(model.bodies.size() + 1, false);
  std::vector<int> below = markers;
  for (std::size_t k = order.size(); k-- > 0;) {
    const Joint& joint = model.joints[static_cast<std::size_t>(order[k])];
    const std::size_t child = slot(joint.child.body);
    if (below[child] == 0 && !wanted[child] &&
        idle(joint, driven, stands[slot(joint.parent.body)])) {
      continue;
    }
    refuse_driven(document, joint, driven);
    wanted[child] = wanted[slot(joint.parent.body)] = true;
    below[slot(joint.parent.body)] += below[child];
  }
  // The body with most markers is the root that the fit starts from.
  std::stable_sort(tree.children[0].begin(), tree.children[0].end(), [&](int a, int b) {
    const auto count = [&](int j) {
      return below[slot(model.joints[static_cast<std::size_t>(j)].child.body)];
    };
    return count(a) > count(b);
  });
  order = parents_first(model, tree);
  std::erase_if(order, [&](int j) {
    return !wanted[slot(model.joints[static_cast<std::size_t>(j)].child.body)];
  });
  std::vector<bool> kept(model.bodies.size(), false);
  for (const int j : order)
    kept[slot(model.joints[static_cast<std::size_t>(j)].child.body) - 1] = true;
  say_left_out(document, model, kept, tree, markers, notes);
  if (order.empty()) document.refuse(document.root(), "", "no joint of the model is needed");
  return order;
}

}  // namespace runmech::osim
