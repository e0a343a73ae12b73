// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/normal_equations.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <string>

#include "runmech/core/errors.hpp"

namespace runmech {

NormalEquations::NormalEquations(const Skeleton& skeleton, const std::vector<bool>& free,
                                 int unseen_axis)
    : unseen_axis_(unseen_axis) {
  if (free.size() != skeleton.coordinates.size()) {
    throw InvalidArgument("free has " + std::to_string(free.size()) + " entries; allowed: " +
                          std::to_string(skeleton.coordinates.size()) + ", one per coordinate");
  }
  std::vector<std::vector<int>> path(skeleton.segments.size());  // free indices from the root
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    const Segment& segment = skeleton.segments[s];
    parent_.push_back(segment.parent);
    common_information_.push_back(segment.common_error_m > 0.0
                                      ? 1.0 / (segment.common_error_m * segment.common_error_m)
                                      : 0.0);
    if (segment.parent >= 0) path[s] = path[segment.parent];
    of_segment_.push_back({static_cast<int>(free_.size()), 0});
    for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
         ++j) {
      if (!free[j]) continue;
      depth_.push_back(static_cast<int>(path[s].size()));
      row_.push_back(static_cast<int>(ancestors_.size()));
      path[s].push_back(static_cast<int>(free_.size()));
      ancestors_.insert(ancestors_.end(), path[s].begin(), path[s].end());
      free_.push_back(j);
      const Coordinate& c = skeleton.coordinates[j];
      how_.push_back(c.coupled ? Twist::coupled : c.rotation ? Twist::turns : Twist::slides);
      ++of_segment_.back().count;
    }
  }
  for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
    const BodyPoint& at = skeleton.markers[k].at;
    markers_.push_back({static_cast<int>(k), at.segment, at.local_m});
  }
  std::stable_sort(markers_.begin(), markers_.end(),
                   [](const auto& a, const auto& b) { return a.segment < b.segment; });
  const auto n_markers = static_cast<Eigen::Index>(markers_.size());
  common_.setZero(3, static_cast<Eigen::Index>(skeleton.segments.size()));
  residual_.setZero(3, n_markers);
  offset_.setZero(3, n_markers);
  composite_.resize(skeleton.segments.size());
  motion_.setZero(6, size());
  packed_.resize(ancestors_.size());
  factor_.resize(ancestors_.size());
  inverse_.resize(ancestors_.size());
  gradient_.setZero(size());
}

void NormalEquations::move_marker(int marker, const Eigen::Vector3d& local_m) {
  for (PlacedMarker& placed : markers_) {
    if (placed.index == marker) placed.local = local_m;
  }
}

void NormalEquations::measure(const SkeletonState<double>& state, const double* measured_m,
                              const double* weight) {
  const Eigen::Vector3d root = state.origin[0];
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    const PlacedMarker& marker = markers_[k];
    if (weight[marker.index] == 0.0) continue;
    const Eigen::Vector3d y =
        state.origin[marker.segment] - root + state.rotation[marker.segment] * marker.local;
    const Eigen::Map<const Eigen::Vector3d> seen(measured_m + 3 * marker.index);
    offset_.col(k) = y;
    residual_.col(marker.index) = seen - root - y;
    if (unseen_axis_ >= 0) residual_(unseen_axis_, marker.index) = 0.0;
  }
}

void NormalEquations::pull(const SkeletonState<double>& state, int marker,
                           const Eigen::Vector3d& error_m) {
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    if (markers_[k].index != marker) continue;
    const int segment = markers_[k].segment;
    offset_.col(k) =
        state.origin[segment] - state.origin[0] + state.rotation[segment] * markers_[k].local;
    residual_.col(marker) = error_m + common_.col(segment);
  }
}

double NormalEquations::common_variance(int segment, const double* weight) const {
  const double own = common_scale_ * common_information_[segment];
  if (own == 0.0) return 0.0;
  double mass = own;
  for (const PlacedMarker& marker : markers_) {
    if (marker.segment == segment) mass += weight[marker.index];
  }
  return 1.0 / mass;
}

void NormalEquations::gather(const double* curvature) {
  for (auto& body : composite_) {
    body.mass = 0.0;
    body.first.setZero();
    std::fill(std::begin(body.second), std::end(body.second), 0.0);
  }
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    const double m = curvature[markers_[k].index];
    if (m == 0.0) continue;
    Composite& body = composite_[markers_[k].segment];
    const Eigen::Vector3d y = offset_.col(k);
    const Eigen::Vector3d my = m * y;
    body.mass += m;
    body.first += my;
    body.second[0] += my.x() * y.x();
    body.second[1] += my.x() * y.y();
    body.second[2] += my.x() * y.z();
    body.second[3] += my.y() * y.y();
    body.second[4] += my.y() * y.z();
    body.second[5] += my.z() * y.z();
  }
  for (std::size_t s = 0; s < composite_.size(); ++s) {
    const double own = common_scale_ * common_information_[s];
    Composite& body = composite_[s];
    if (!(own > 0.0 && body.mass > 0.0)) continue;
    // Schur complement of the common error: the centroid keeps what its own information leaves it.
    const double left = own / (body.mass + own);
    const Eigen::Vector3d& f = body.first;
    const double taken = (1.0 - left) / body.mass;
    body.second[0] -= taken * f.x() * f.x();
    body.second[1] -= taken * f.x() * f.y();
    body.second[2] -= taken * f.x() * f.z();
    body.second[3] -= taken * f.y() * f.y();
    body.second[4] -= taken * f.y() * f.z();
    body.second[5] -= taken * f.z() * f.z();
    body.mass *= left;
    body.first *= left;
  }
  for (std::size_t s = composite_.size(); s-- > 1;) {
    if (parent_[s] < 0) continue;
    const Composite& child = composite_[s];
    Composite& body = composite_[parent_[s]];
    body.mass += child.mass;
    body.first += child.first;
    for (int i = 0; i < 6; ++i) body.second[i] += child.second[i];
  }
}

void NormalEquations::gather_forces(const double* weight) {
  for (auto& body : composite_) {
    body.force.setZero();
    body.torque.setZero();
  }
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    const double m = weight[markers_[k].index];
    if (m == 0.0) continue;  // absent: no arithmetic with what may be NaN
    Composite& body = composite_[markers_[k].segment];
    const Eigen::Vector3d force =
        m * (residual_.col(markers_[k].index) - common_.col(markers_[k].segment));
    body.force += force;
    body.torque += offset_.col(k).cross(force);
  }
  hand_down_forces();
}

void NormalEquations::hand_down_forces() {
  for (std::size_t s = composite_.size(); s-- > 1;) {
    if (parent_[s] < 0) continue;
    composite_[parent_[s]].force += composite_[s].force;
    composite_[parent_[s]].torque += composite_[s].torque;
  }
}

void NormalEquations::accumulate_gradient(const SkeletonState<double>& state,
                                          const double* weight) {
  gather_forces(weight);
  project_forces(state);
}

void NormalEquations::accumulate_forces(const SkeletonState<double>& state, const double* force) {
  for (auto& body : composite_) {
    body.force.setZero();
    body.torque.setZero();
  }
  for (std::size_t k = 0; k < markers_.size(); ++k) {
    const Eigen::Map<const Eigen::Vector3d> f(force + 3 * markers_[k].index);
    composite_[markers_[k].segment].force += f;
    composite_[markers_[k].segment].torque += offset_.col(k).cross(f);
  }
  hand_down_forces();
  project_forces(state);
}

void NormalEquations::project_forces(const SkeletonState<double>& state) {
  const Eigen::Vector3d root = state.origin[0];
  for (std::size_t s = 0; s < of_segment_.size(); ++s) {
    const Composite& body = composite_[s];
    for (int i = of_segment_[s].first; i < of_segment_[s].first + of_segment_[s].count; ++i) {
      const Eigen::Vector3d& axis = state.axis[free_[i]];
      auto unit = motion_.col(i);
      if (how_[i] == Twist::slides) {
        unit << Eigen::Vector3d::Zero(), axis;
      } else {
        unit << axis, (state.anchor[free_[i]] - root).cross(axis);
        if (how_[i] == Twist::coupled) unit.tail<3>() += state.slide[free_[i]];
      }
      gradient_[i] = unit.head<3>().dot(body.torque) + unit.tail<3>().dot(body.force);
    }
  }
}

void NormalEquations::accumulate(const SkeletonState<double>& state, const double* weight,
                                 const double* curvature) {
  accumulate_gradient(state, weight);
  gather(curvature != nullptr ? curvature : weight);
  for (std::size_t s = 0; s < of_segment_.size(); ++s) {
    const Composite& body = composite_[s];
    const double* q = body.second;
    const double trace = q[0] + q[3] + q[5];
    for (int i = of_segment_[s].first; i < of_segment_[s].first + of_segment_[s].count; ++i) {
      const Eigen::Vector3d a = motion_.col(i).head<3>();
      const Eigen::Vector3d v = motion_.col(i).tail<3>();
      const Eigen::Vector3d second_a(q[0] * a.x() + q[1] * a.y() + q[2] * a.z(),
                                     q[1] * a.x() + q[3] * a.y() + q[4] * a.z(),
                                     q[2] * a.x() + q[4] * a.y() + q[5] * a.z());
      Eigen::Matrix<double, 6, 1> momentum;  // of the composite body moving along coordinate i
      momentum << trace * a - second_a + body.first.cross(v), body.mass * v + a.cross(body.first);
      const int* above = &ancestors_[row_[i]];
      double* row = &packed_[row_[i]];
      for (int d = 0; d <= depth_[i]; ++d) row[d] = motion_.col(above[d]).dot(momentum);
    }
  }
}

void NormalEquations::add_prior(int index, double information, double pull) {
  packed_[row_[index] + depth_[index]] += information;
  gradient_[index] += pull;
}

bool NormalEquations::factor(double damping) {
  std::copy(packed_.begin(), packed_.end(), factor_.begin());
  if (damping > 0.0) {
    for (int i = 0; i < size(); ++i) factor_[row_[i] + depth_[i]] *= 1.0 + damping;
  }
  for (int k = size() - 1; k >= 0; --k) {
    double* row = &factor_[row_[k]];
    const int* above = &ancestors_[row_[k]];
    const double pivot = row[depth_[k]];
    if (!(pivot > 0.0)) return false;
    const double inverse = 1.0 / pivot;
    for (int d = depth_[k] - 1; d >= 0; --d) {
      const double ratio = row[d] * inverse;
      double* other = &factor_[row_[above[d]]];  // its entries are the first d + 1 of this row
      for (int e = 0; e <= d; ++e) other[e] -= ratio * row[e];
      row[d] = ratio;
    }
  }
  return true;
}

void NormalEquations::back_substitute(double* x) const {
  for (int k = size() - 1; k >= 0; --k) {
    const double* row = &factor_[row_[k]];
    const int* above = &ancestors_[row_[k]];
    for (int d = 0; d < depth_[k]; ++d) x[above[d]] -= row[d] * x[k];
  }
  for (int k = 0; k < size(); ++k) {
    const double* row = &factor_[row_[k]];
    const int* above = &ancestors_[row_[k]];
    double value = x[k] / row[depth_[k]];
    for (int d = 0; d < depth_[k]; ++d) value -= row[d] * x[above[d]];
    x[k] = value;
  }
}

void NormalEquations::solve(Eigen::VectorXd& step) const {
  step = gradient_;
  back_substitute(step.data());
}

void NormalEquations::inverse_diagonal(Eigen::VectorXd& variance) {
  // Rows from the root: L Z = (D L')^-1 is zero left of the diagonal, so an entry of Z = H^-1 needs
  // only those of ancestors, which the packed pattern holds (Takahashi, Fagan & Chen 1973).
  variance.resize(size());
  for (int k = 0; k < size(); ++k) {
    const double* row = &factor_[row_[k]];
    const int* above = &ancestors_[row_[k]];
    double* z = &inverse_[row_[k]];
    const int depth = depth_[k];
    std::fill(z, z + depth, 0.0);
    for (int a = 0; a < depth; ++a) {
      const double* other = &inverse_[row_[above[a]]];  // Z of a and of a's ancestors
      const double ratio = row[a];
      double sum = 0.0;
      for (int b = 0; b < a; ++b) {
        z[b] -= ratio * other[b];
        sum += row[b] * other[b];
      }
      z[a] -= ratio * other[a] + sum;
    }
    double own = 1.0 / row[depth];
    for (int a = 0; a < depth; ++a) own -= row[a] * z[a];
    z[depth] = variance[k] = own;
  }
}

std::vector<NormalEquations::Place> NormalEquations::entry_places() const {
  std::vector<Place> places;
  for (int i = 0; i < size(); ++i) {
    for (int d = 0; d <= depth_[i]; ++d) places.push_back({i, ancestors_[row_[i] + d]});
  }
  return places;
}

Eigen::MatrixXd NormalEquations::hessian() const {
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(size(), size());
  for (int i = 0; i < size(); ++i) {
    for (int d = 0; d <= depth_[i]; ++d) {
      const int j = ancestors_[row_[i] + d];
      dense(i, j) = dense(j, i) = packed_[row_[i] + d];
    }
  }
  return dense;
}

}  // namespace runmech
