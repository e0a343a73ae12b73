// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/skeleton.hpp"

#include <Eigen/Geometry>
#include <cmath>

#include "runmech/core/errors.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

template <class T, class Name>
int index_by_name(const std::vector<T>& items, std::string_view name, const char* what,
                  Name name_of) {
  std::string known;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (name_of(items[i]) == name) return static_cast<int>(i);
    known += (i == 0 ? "" : ", ") + name_of(items[i]);
  }
  throw InvalidArgument("no " + std::string(what) + " is named '" + std::string(name) +
                        "'; there are: " + known);
}

}  // namespace

Eigen::VectorXd Skeleton::neutral_pose() const {
  Eigen::VectorXd q(n_coordinates());
  for (int j = 0; j < n_coordinates(); ++j) q[j] = coordinates[j].neutral;
  return q;
}

int Skeleton::segment(std::string_view name) const {
  return index_by_name(segments, name, "segment", [](const Segment& s) { return s.name; });
}

int Skeleton::coordinate(std::string_view name) const {
  return index_by_name(coordinates, name, "coordinate", [](const Coordinate& c) { return c.name; });
}

const BodyPoint& Skeleton::landmark(std::string_view name) const {
  return landmarks[index_by_name(landmarks, name, "landmark",
                                 [](const BodyPoint& p) { return p.name; })];
}

std::optional<int> Skeleton::find_marker(std::string_view label) const {
  for (std::size_t i = 0; i < markers.size(); ++i) {
    if (markers[i].at.name == label) return static_cast<int>(i);
  }
  return std::nullopt;
}

bool moves_within(const Coordinate& coordinate, View view) {
  if (view == View::spatial) return true;
  const int normal = view == View::side ? 2 : 0;
  const double along = std::abs(coordinate.axis[normal]);
  return coordinate.rotation ? along == 1.0 : along == 0.0;
}

void point_jacobian(const Skeleton& skeleton, const SkeletonState<double>& state,
                    const BodyPoint& at, Eigen::Matrix3Xd& jacobian) {
  jacobian.setZero(3, skeleton.n_coordinates());
  const Eigen::Vector3d p = point_position(state, at);
  for (int s = at.segment; s >= 0; s = skeleton.segments[s].parent) {
    const Segment& segment = skeleton.segments[s];
    for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
         ++j) {
      jacobian.col(j) = point_rate(skeleton, state, j, p);
    }
  }
}

Eigen::Vector3d centre_of_mass(const Skeleton& skeleton, const SkeletonState<double>& state) {
  double mass = 0.0;
  Eigen::Vector3d moment = Eigen::Vector3d::Zero();
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    const Segment& segment = skeleton.segments[s];
    mass += segment.mass_kg;
    moment += segment.mass_kg * (state.origin[s] + state.rotation[s] * segment.centre_of_mass_m);
  }
  return moment / mass;  // 0 / 0 = NaN where nothing has mass
}

}  // namespace runmech
