// SPDX-License-Identifier: BSD-3-Clause
#include "osim_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace runmech::osim {
namespace {

constexpr double kSigma_m = 0.01;
constexpr double kSameTurn = 1e-12;  // rotation matrices that differ by rounding

Plane plane_of(const Eigen::Vector3d& axis, bool rotation) {
  Eigen::Index along = 0;
  axis.cwiseAbs().maxCoeff(&along);
  if (!rotation) return along == 2 ? Plane::frontal : Plane::sagittal;
  return along == 2 ? Plane::sagittal : along == 0 ? Plane::frontal : Plane::transverse;
}

/// +1 or -1 where the element goes as far as its coordinate says, one way or the other; else 0.
double plain_sign(const Element& element) {
  const JointFunction& f = element.function;
  if (element.coordinate < 0 || !f.is_linear() || f.coefficients[0] != 0.0) return 0.0;
  return std::abs(f.coefficients[1]) == 1.0 ? f.coefficients[1] : 0.0;
}

/// One element per coordinate, each as far as its coordinate says.
bool is_plain(const Joint& joint, const std::vector<Element>& elements) {
  std::vector<int> times(joint.coordinates.size(), 0);
  for (const Element& element : elements) {
    if (plain_sign(element) == 0.0) return false;
    ++times[static_cast<std::size_t>(element.coordinate)];
  }
  return std::all_of(times.begin(), times.end(), [](int n) { return n == 1; });
}

/// The joint's elements with axes of the parent body, and the turn that brings its child frame in
/// line with the child body.
std::vector<Element> in_bodies(const Joint& joint) {
  std::vector<Element> elements = joint.elements;
  const Eigen::Matrix3d parent = joint.parent.in_body.linear();
  for (Element& element : elements) element.axis = parent * element.axis;
  const Eigen::Matrix3d rest = parent * joint.child.in_body.linear().transpose();
  if ((rest - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff() > kSameTurn) {
    const Eigen::AngleAxisd turn(rest);
    elements.push_back({-1, true, turn.axis(), polynomial({turn.angle()})});
  }
  return elements;
}

/// The element that tells a person what the coordinate is: a rotation before a translation, a
/// straight line before a curve.
const Element* leading(const std::vector<Element>& elements, int coordinate) {
  const Element* best = nullptr;
  int rank = -1;
  for (const Element& element : elements) {
    if (element.coordinate != coordinate) continue;
    const int own =
        2 * static_cast<int>(element.rotation) + static_cast<int>(element.function.is_linear());
    if (own > rank) {
      best = &element;
      rank = own;
    }
  }
  return best;
}

Coordinate coordinate_of(const Document& document, const Joint& joint,
                         const std::vector<Element>& elements, int index, int segment) {
  const JointCoordinate& from = joint.coordinates[static_cast<std::size_t>(index)];
  const Element* element = leading(elements, index);
  if (element == nullptr) {
    document.refuse(joint.node, joint.called(), "its coordinate '" + from.name + "' moves nothing");
  }
  Coordinate c;
  c.name = from.name;
  c.segment = segment;
  c.rotation = element->rotation;
  c.axis = element->axis;
  c.plane = plane_of(element->axis, element->rotation);
  // A run may be longer than the few metres that models allow their pelvis.
  const bool travels = joint.parent.body == kGround && !element->rotation;
  c.lower = from.clamped && !travels ? from.lower : -kUnlimited;
  c.upper = from.clamped && !travels ? from.upper : kUnlimited;
  c.neutral = from.value;
  c.locked = from.locked;
  return c;
}

void add_joint(const Document& document, const Joint& joint, Segment& segment, Skeleton& out) {
  const std::vector<Element> elements = in_bodies(joint);
  const int index = static_cast<int>(out.segments.size());
  segment.first_coordinate = out.n_coordinates();
  segment.n_coordinates = static_cast<int>(joint.coordinates.size());
  if (is_plain(joint, elements)) {
    for (const Element& element : elements) {
      out.coordinates.push_back(
          coordinate_of(document, joint, elements, element.coordinate, index));
      out.coordinates.back().axis *= plain_sign(element);
    }
    return;
  }
  for (int c = 0; c < segment.n_coordinates; ++c) {
    out.coordinates.push_back(coordinate_of(document, joint, elements, c, index));
    out.coordinates.back().coupled = true;
  }
  segment.first_element = static_cast<int>(out.elements.size());
  segment.n_elements = static_cast<int>(elements.size());
  for (const Element& element : elements) {
    const int coordinate =
        element.coordinate < 0 ? -1 : segment.first_coordinate + element.coordinate;
    out.elements.push_back({coordinate, element.rotation, element.axis, element.function});
  }
}

/// Markers on their segments and what they are landmarks of. `segment_of`, `origin`: per body.
void add_markers(const Model& model, const std::vector<int>& segment_of,
                 const std::vector<Eigen::Vector3d>& origin,
                 const std::map<std::string, double>* weights, Skeleton& out) {
  std::vector<std::string> on_ground, untracked;
  std::vector<BodyPoint> labelled;
  for (const MarkerPlace& place : model.markers) {
    if (place.frame.body == kGround) {
      on_ground.push_back(place.name);
      continue;
    }
    const auto body = static_cast<std::size_t>(place.frame.body);
    const BodyPoint at{place.name, segment_of[body],
                       place.frame.in_body * place.at_m - origin[body]};
    labelled.push_back(at);
    Marker marker{at, kSigma_m, place.fixed};
    if (weights != nullptr) {
      const auto found = weights->find(place.name);
      if (found == weights->end() || found->second == 0.0) {
        untracked.push_back(place.name);
        continue;
      }
      marker.sigma_m = 1.0 / std::sqrt(found->second);
    }
    out.markers.push_back(marker);
  }
  if (weights != nullptr && !out.markers.empty()) {
    const double mean =
        std::transform_reduce(out.markers.begin(), out.markers.end(), 0.0, std::plus<>(),
                              [](const Marker& m) { return 1.0 / (m.sigma_m * m.sigma_m); }) /
        static_cast<double>(out.markers.size());
    for (Marker& marker : out.markers) marker.sigma_m *= kSigma_m * std::sqrt(mean);
  }
  if (!on_ground.empty()) {
    out.notes.push_back(
        {"model", "markers on the ground are left out: " + listed(on_ground), false});
  }
  if (!untracked.empty()) {
    out.notes.push_back(
        {"model", "markers without an applied task are not fitted: " + listed(untracked), false});
  }
  add_landmarks(labelled, out);
}

}  // namespace

Skeleton tree_of(const Document& document, const Model& model, const std::vector<int>& joints,
                 const std::map<std::string, double>* weights) {
  Skeleton out;
  std::vector<int> segment_of(model.bodies.size(), -1);
  std::vector<Eigen::Vector3d> origin(model.bodies.size());  // of the segment, in the body
  std::vector<std::string> products;
  for (const int j : joints) {
    const Joint& joint = model.joints[static_cast<std::size_t>(j)];
    const auto child = static_cast<std::size_t>(joint.child.body);
    const Body& body = model.bodies[child];
    origin[child] = joint.child.in_body.translation();
    Segment segment;
    segment.name = body.name;
    segment.origin_m = joint.parent.in_body.translation();
    if (joint.parent.body != kGround) {
      const auto parent = static_cast<std::size_t>(joint.parent.body);
      segment.parent = segment_of[parent];
      segment.origin_m -= origin[parent];
    }
    segment.mass_kg = body.mass_kg;
    segment.centre_of_mass_m = body.centre_m - origin[child];
    segment.inertia_kg_m2 = body.moments;
    if (body.has_products) products.push_back(body.name);
    add_joint(document, joint, segment, out);
    segment_of[child] = static_cast<int>(out.segments.size());
    out.segments.push_back(std::move(segment));
    out.subject.mass_kg += body.mass_kg;
  }
  if (!products.empty()) {
    out.notes.push_back({"model", "products of inertia are not kept: " + listed(products), false});
  }
  add_markers(model, segment_of, origin, weights, out);
  return out;
}

}  // namespace runmech::osim
