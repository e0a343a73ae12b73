// SPDX-License-Identifier: BSD-3-Clause
#include "osim_write_joint.hpp"

#include <algorithm>

#include "runmech/core/errors.hpp"

namespace runmech::osim {
namespace {

constexpr double kSameAxis = 1e-12;
constexpr double kCollinear = 1e-3;  // OpenSim refuses axes closer to each other than 1e-5

std::vector<JointElement> elements_of(const Skeleton& skeleton, const Segment& segment) {
  const auto first = skeleton.elements.begin() + segment.first_element;
  if (segment.n_elements > 0) return {first, first + segment.n_elements};
  std::vector<JointElement> out;
  for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
       ++j) {
    const Coordinate& c = skeleton.coordinates[static_cast<std::size_t>(j)];
    out.push_back({j, c.rotation, c.axis, {}});
  }
  return out;
}

void add(const JointElement& element, DrivenAxis& to) {
  if (element.coordinate < 0) {
    to.constant += element.function.at(0.0).value;
  } else {
    to.terms.emplace_back(element.coordinate, element.function);
  }
}

/// Adds axes that nothing moves until there are three, no two of them along one line.
void complete(std::vector<DrivenAxis>& axes) {
  for (int k = 0; axes.size() < 3; k = (k + 1) % 3) {
    // Slanted directions serve where all three of the world's are taken or too near.
    Eigen::Vector3d candidate = Eigen::Vector3d::Unit(k);
    for (int round = 0; round < 8; ++round) {
      const bool free = std::all_of(axes.begin(), axes.end(), [&](const DrivenAxis& a) {
        return a.axis.cross(candidate).norm() > kCollinear;
      });
      if (free) break;
      candidate = (candidate + 0.37 * Eigen::Vector3d::Unit((k + 1 + round) % 3)).normalized();
    }
    axes.push_back({candidate, {}, 0.0});
  }
}

void check(const std::vector<DrivenAxis>& axes, const char* kind, const std::string& name) {
  if (axes.size() > 3) {
    throw InvalidArgument("segment '" + name + "': its joint has " + std::to_string(axes.size()) +
                          " " + kind + " axes; an OpenSim joint has three");
  }
  for (std::size_t a = 0; a < axes.size(); ++a) {
    const auto& terms = axes[a].terms;
    const bool lines = std::all_of(terms.begin(), terms.end(),
                                   [](const auto& term) { return term.second.is_linear(); });
    if (terms.size() > 1 && !lines) {
      throw InvalidArgument("segment '" + name + "': several curves drive one " + kind +
                            " axis; an OpenSim joint allows only straight lines there");
    }
    for (std::size_t b = 0; b < a; ++b) {
      if (axes[a].axis.cross(axes[b].axis).norm() > kCollinear) continue;
      throw InvalidArgument("segment '" + name + "': two " + kind +
                            " axes of its joint are along one line; OpenSim does not allow that");
    }
  }
}

}  // namespace

CustomShape custom_shape(const Skeleton& skeleton, const Segment& segment) {
  std::vector<JointElement> elements = elements_of(skeleton, segment);
  CustomShape out;
  // Turns at the end that never change belong to the child's frame.
  Eigen::Matrix3d rest = Eigen::Matrix3d::Identity();
  while (!elements.empty() && elements.back().coordinate < 0 && elements.back().rotation) {
    const JointElement& last = elements.back();
    rest = Eigen::AngleAxisd(last.function.at(0.0).value, last.axis).toRotationMatrix() * rest;
    elements.pop_back();
  }
  out.child_turn = rest.transpose();
  for (const JointElement& element : elements) {
    if (!element.rotation) {
      if (!out.rotations.empty()) {
        throw InvalidArgument("segment '" + segment.name +
                              "': a translation follows a rotation in its joint; an OpenSim "
                              "joint translates first");
      }
      if (element.coordinate < 0) {
        out.parent_shift_m += element.function.at(0.0).value * element.axis;
        continue;
      }
    }
    auto& axes = element.rotation ? out.rotations : out.translations;
    const auto same = [&](const DrivenAxis& a) {
      return (a.axis - element.axis).norm() < kSameAxis;
    };
    // Translations may change places, rotations only with their neighbour.
    auto found = element.rotation && !axes.empty() ? axes.end() - 1 : axes.begin();
    found = std::find_if(found, axes.end(), same);
    if (found == axes.end()) found = axes.insert(axes.end(), {element.axis, {}, 0.0});
    add(element, *found);
  }
  check(out.rotations, "rotation", segment.name);
  check(out.translations, "translation", segment.name);
  complete(out.rotations);
  complete(out.translations);
  return out;
}

}  // namespace runmech::osim
