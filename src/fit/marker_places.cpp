// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Geometry>
#include <Eigen/QR>
#include <Eigen/SVD>

#include "trajectory_problem.hpp"

namespace runmech {
namespace {

constexpr double kLeastSpread = 0.1;  // our choice: width over length of three that hold a frame

using Places = std::vector<TrajectoryProblem::Place>;

Eigen::Matrix3Xd centred(const Skeleton& skeleton, const std::vector<int>& markers) {
  Eigen::Matrix3Xd out(3, static_cast<Eigen::Index>(markers.size()));
  for (std::size_t i = 0; i < markers.size(); ++i) {
    out.col(static_cast<Eigen::Index>(i)) = skeleton.markers[markers[i]].at.local_m;
  }
  const Eigen::Vector3d mean = out.rowwise().mean();
  return out.colwise() - mean;
}

bool hold_a_frame(const Skeleton& skeleton, const std::vector<int>& markers) {
  if (markers.size() < 3) return false;
  const Eigen::Vector3d spread =
      Eigen::JacobiSVD<Eigen::Matrix3Xd>(centred(skeleton, markers)).singularValues();
  return spread[1] > kLeastSpread * spread[0];
}

void add_all_directions(const std::vector<int>& markers, double sd_m, Places& out) {
  for (const int k : markers) {
    for (int axis = 0; axis < 3; ++axis) out.push_back({{{k, Eigen::Vector3d::Unit(axis)}}, sd_m});
  }
}

/// All moves but those of a rigid plate: what is left of space when its shifts and turns are out.
void add_arrangement(const Skeleton& skeleton, const std::vector<int>& markers, double sd_m,
                     Places& out) {
  const Eigen::Matrix3Xd at = centred(skeleton, markers);
  const Eigen::Index n = 3 * at.cols();
  const double size = std::max(at.norm(), 1e-9);
  Eigen::MatrixXd rigid(n, 6);
  for (Eigen::Index i = 0; i < at.cols(); ++i) {
    rigid.block<3, 3>(3 * i, 0).setIdentity();
    for (int axis = 0; axis < 3; ++axis) {
      rigid.block<3, 1>(3 * i, 3 + axis) =
          Eigen::Vector3d::Unit(axis).cross(Eigen::Vector3d(at.col(i))) / size;
    }
  }
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(rigid);
  qr.setThreshold(1e-6);
  const Eigen::MatrixXd basis = qr.householderQ();
  for (Eigen::Index mode = qr.rank(); mode < n; ++mode) {
    TrajectoryProblem::Place place{{}, sd_m};
    for (std::size_t i = 0; i < markers.size(); ++i) {
      place.moves.push_back(
          {markers[i], basis.col(mode).segment<3>(3 * static_cast<Eigen::Index>(i))});
    }
    out.push_back(std::move(place));
  }
}

}  // namespace

Places marker_places(const Skeleton& skeleton, const std::vector<bool>& seen, double sd_m) {
  Places out;
  for (int s = 0; s < static_cast<int>(skeleton.segments.size()); ++s) {
    std::vector<int> held;
    std::vector<int> free;
    for (int k = 0; k < static_cast<int>(skeleton.markers.size()); ++k) {
      const Marker& marker = skeleton.markers[k];
      if (marker.at.segment == s && seen[k]) (marker.fixed ? held : free).push_back(k);
    }
    if (free.empty()) continue;
    if (hold_a_frame(skeleton, held)) {
      add_all_directions(free, sd_m, out);
    } else {
      add_arrangement(skeleton, free, sd_m, out);
    }
  }
  return out;
}

}  // namespace runmech
