// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <cmath>
#include <vector>

#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// Where every segment and every joint axis is, world frame, for one set of coordinates.
/// Scratch: one per thread, sized on first use and then reused without allocation.
template <class Scalar>
struct SkeletonState {
  using Vector3 = Eigen::Matrix<Scalar, 3, 1>;
  using Matrix3 = Eigen::Matrix<Scalar, 3, 3>;
  std::vector<Matrix3> rotation;  ///< segment frame to world
  std::vector<Vector3> origin;    ///< of the segment frame
  std::vector<Vector3> axis;      ///< of each coordinate; coupled: angular velocity per unit rate
  std::vector<Vector3> anchor;    ///< a point on each coordinate's axis
  std::vector<Vector3> slide;     ///< coupled: velocity of the anchor; empty where nothing is
};

namespace detail {

// R <- R * Rot(axis, angle). Axes along X, Y or Z turn two columns; others use Rodrigues' formula.
template <class Scalar>
void turn(Eigen::Matrix<Scalar, 3, 3>& r, const Eigen::Vector3d& axis, const Scalar& angle) {
  using std::cos;
  using std::sin;
  const Scalar s = sin(angle);
  const Scalar c = cos(angle);
  for (int k = 0; k < 3; ++k) {
    if (std::abs(axis[k]) != 1.0) continue;
    const int i = (k + 1) % 3;
    const int j = (k + 2) % 3;
    const Scalar signed_s = axis[k] * s;
    const Eigen::Matrix<Scalar, 3, 1> ci = r.col(i);
    const Eigen::Matrix<Scalar, 3, 1> cj = r.col(j);
    r.col(i) = c * ci + signed_s * cj;
    r.col(j) = c * cj - signed_s * ci;
    return;
  }
  const Eigen::Matrix<Scalar, 3, 1> a = axis.cast<Scalar>();
  const Scalar v = Scalar(1.0) - c;
  Eigen::Matrix<Scalar, 3, 3> turned = v * (a * a.transpose());
  turned.diagonal().array() += c;
  const Eigen::Matrix<Scalar, 3, 1> sa = s * a;
  turned(0, 1) -= sa[2];
  turned(1, 0) += sa[2];
  turned(0, 2) += sa[1];
  turned(2, 0) -= sa[1];
  turned(1, 2) -= sa[0];
  turned(2, 1) += sa[0];
  r = r * turned;
}

// The elements of a coupled joint, from the frame (r, p) of its parent side. What each coordinate
// does is summed up as a twist at the place where the joint begins.
template <class Scalar>
void move_coupled(const Skeleton& skeleton, const Segment& segment, const Scalar* q,
                  SkeletonState<Scalar>& state, Eigen::Matrix<Scalar, 3, 3>& r,
                  Eigen::Matrix<Scalar, 3, 1>& p) {
  using Vector3 = Eigen::Matrix<Scalar, 3, 1>;
  const Vector3 begin = p;
  for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
       ++j) {
    state.axis[j].setZero();
    state.slide[j].setZero();
    state.anchor[j] = begin;
  }
  for (int e = segment.first_element; e < segment.first_element + segment.n_elements; ++e) {
    const JointElement& element = skeleton.elements[e];
    const int j = element.coordinate;
    const auto by = element.function.at(j >= 0 ? q[j] : Scalar(0.0));
    const Vector3 axis = r * element.axis.cast<Scalar>();
    if (j >= 0) {
      const Vector3 rate = axis * by.slope;
      if (element.rotation) {
        state.axis[j] += rate;
        state.slide[j] += rate.cross(begin - p);
      } else {
        state.slide[j] += rate;
      }
    }
    if (element.rotation) {
      turn(r, element.axis, by.value);
    } else {
      p += axis * by.value;
    }
  }
}

}  // namespace detail

/// Places every segment for the coordinates q (n_coordinates, radians and metres). The Scalar may
/// be double or an automatic-differentiation type such as ceres::Jet.
template <class Scalar>
void forward_kinematics(const Skeleton& skeleton, const Scalar* q, SkeletonState<Scalar>& state) {
  using Vector3 = typename SkeletonState<Scalar>::Vector3;
  state.rotation.resize(skeleton.segments.size());
  state.origin.resize(skeleton.segments.size());
  state.axis.resize(skeleton.coordinates.size());
  state.anchor.resize(skeleton.coordinates.size());
  if (!skeleton.elements.empty()) state.slide.resize(skeleton.coordinates.size());
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    const Segment& segment = skeleton.segments[s];
    auto& r = state.rotation[s];
    Vector3& p = state.origin[s];
    if (segment.parent < 0) {
      r.setIdentity();
      p = segment.origin_m.cast<Scalar>();
    } else {
      r = state.rotation[segment.parent];
      p = state.origin[segment.parent] + r * segment.origin_m.cast<Scalar>();
    }
    if (segment.n_elements > 0) {
      detail::move_coupled(skeleton, segment, q, state, r, p);
      continue;
    }
    for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
         ++j) {
      const Coordinate& coordinate = skeleton.coordinates[j];
      state.axis[j] = r * coordinate.axis.cast<Scalar>();
      if (coordinate.rotation) {
        detail::turn(r, coordinate.axis, q[j]);
      } else {
        p += state.axis[j] * q[j];
      }
      state.anchor[j] = p;
    }
  }
}

/// World position of a point of the body.
template <class Scalar>
[[nodiscard]] Eigen::Matrix<Scalar, 3, 1> point_position(const SkeletonState<Scalar>& state,
                                                         const BodyPoint& at) {
  return state.origin[at.segment] + state.rotation[at.segment] * at.local_m.cast<Scalar>();
}

/// d(world position)/d(coordinate j) of a point at `p` that the coordinate's segment carries.
template <class Scalar>
[[nodiscard]] Eigen::Matrix<Scalar, 3, 1> point_rate(const Skeleton& skeleton,
                                                     const SkeletonState<Scalar>& state, int j,
                                                     const Eigen::Matrix<Scalar, 3, 1>& p) {
  const Coordinate& c = skeleton.coordinates[j];
  if (c.coupled) return state.slide[j] + state.axis[j].cross(p - state.anchor[j]);
  if (c.rotation) return state.axis[j].cross(p - state.anchor[j]);
  return state.axis[j];
}

/// d(world position)/d(coordinates), 3 x n_coordinates, dense: the plain way, for tests and for the
/// covariance of single points. `jacobian` is resized.
void point_jacobian(const Skeleton& skeleton, const SkeletonState<double>& state,
                    const BodyPoint& at, Eigen::Matrix3Xd& jacobian);

/// Whole-body centre of mass, world. Segments without mass do not count; NaN when none has mass.
[[nodiscard]] Eigen::Vector3d centre_of_mass(const Skeleton& skeleton,
                                             const SkeletonState<double>& state);

}  // namespace runmech
