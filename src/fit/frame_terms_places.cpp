// SPDX-License-Identifier: BSD-3-Clause
// Markers whose places on their segments are unknowns that all frames share: where they stand, and
// what they add to the border of a frame's quadratic model.
#include <utility>
#include <vector>

#include "frame_terms.hpp"

namespace runmech {

void FrameTerms::place_markers(const double* shared) {
  const Eigen::Map<const Eigen::VectorXd> now(shared, shared_.size());
  if (free_markers_.empty() || now == shared_) return;
  shared_ = now;
  for (const FreeMarker& free : free_markers_) {
    Eigen::Vector3d local = problem_.skeleton.markers[free.marker].at.local_m;
    for (const auto& way : free.ways) local += shared[way.shared] * way.direction;
    markers_[free.marker].local_m = local;
    equations_.move_marker(free.marker, local);
  }
}

void FrameTerms::add_places(const std::vector<double>& weight) {
  for (const FreeMarker& free : free_markers_) {
    const double w = weight[free.marker];
    if (w == 0.0) continue;
    const BodyPoint& marker = markers_[free.marker];
    const Eigen::Matrix3d& turn = state_.rotation[marker.segment];
    const Eigen::Vector3d at = point_position(state_, marker);
    Eigen::Matrix3d seen = w * turn.transpose();
    if (unseen_ >= 0) seen.col(unseen_).setZero();
    for (const auto& a : free.ways) {
      const Eigen::RowVector3d row = a.direction.transpose() * seen;
      for (const auto& b : free.ways) {
        corner_(a.shared, b.shared) += row.dot(turn * b.direction);
      }
    }
    for (const int i : above_[marker.segment]) {
      const Eigen::Vector3d local =
          seen * point_rate(problem_.skeleton, state_, equations_.free_coordinates()[i], at);
      for (const auto& a : free.ways) {
        const double value = a.direction.dot(local);
        if (spline_of_[i] >= 0) {
          edge_(a.shared, spline_of_[i]) += value;
        } else {
          const LengthPart length = length_of_[i];
          corner_(a.shared, length.length) += length.by * value;
          corner_(length.length, a.shared) += length.by * value;
        }
      }
    }
  }
}

// The Schur complement of the common errors in what free places add; NormalEquations has done the
// rest.
void FrameTerms::share_places(const std::vector<double>& weight) {
  if (free_markers_.empty()) return;
  for (const auto& group : common_.groups()) {
    const double variance = equations_.common_variance(group.segment, weight.data());
    const Eigen::Matrix3d& turn = state_.rotation[group.segment];
    std::vector<std::pair<int, Eigen::Vector3d>> ways;
    for (const FreeMarker& free : free_markers_) {
      if (markers_[free.marker].segment != group.segment || weight[free.marker] == 0.0) continue;
      for (const auto& way : free.ways) {
        ways.emplace_back(way.shared, weight[free.marker] * (turn * way.direction));
      }
    }
    if (ways.empty()) continue;
    if (unseen_ >= 0) {
      for (auto& [shared, moved] : ways) moved[unseen_] = 0.0;
    }
    for (const auto& [a, moved] : ways) {
      for (const auto& [b, other] : ways) corner_(a, b) -= variance * moved.dot(other);
    }
    for (const int i : above_[group.segment]) {
      Eigen::Vector3d moved = Eigen::Vector3d::Zero();
      for (const int k : group.markers) {
        if (weight[k] == 0.0) continue;
        moved += weight[k] * point_rate(problem_.skeleton, state_, equations_.free_coordinates()[i],
                                        point_position(state_, markers_[k]));
      }
      for (const auto& [a, by] : ways) {
        const double value = variance * by.dot(moved);
        if (spline_of_[i] >= 0) {
          edge_(a, spline_of_[i]) -= value;
        } else {
          const LengthPart length = length_of_[i];
          corner_(a, length.length) -= length.by * value;
          corner_(length.length, a) -= length.by * value;
        }
      }
    }
  }
}

}  // namespace runmech
