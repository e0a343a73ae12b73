// SPDX-License-Identifier: BSD-3-Clause
#include "lasting_errors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "runmech/skeleton/kinematics.hpp"
#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr double kOutlierWeight = 0.2;
constexpr double kLeastWhite = 0.02;  // our choice: below, a residual says nothing of noise

constexpr double kFarSigmas = 5.0;  // our choice: farther off is no residual but an outlier
constexpr Eigen::Index kMoments = 400;

MarkerLag pooled(const std::vector<MarkerLag>& lags) {
  MarkerLag all;
  for (const MarkerLag& m : lags) {
    all.squares += m.squares;
    all.products += m.products;
    all.n += m.n;
  }
  return all;
}

}  // namespace

std::vector<MarkerLag> marker_lags(TrajectorySystem& system, const TrajectoryStart& start,
                                   Residual of) {
  const auto& markers = start.problem.skeleton.markers;
  const auto& breaks = start.problem.basis.breaks;
  const double step =
      (breaks.back() - breaks.front()) / static_cast<double>(start.problem.n_frames() - 1);
  const auto lag = std::max<Eigen::Index>(1, std::lround(kLag_s / step));
  const auto n_markers = static_cast<Eigen::Index>(markers.size());
  // Residuals of the last `lag` frames in turn; NaN where a marker was not seen or an outlier.
  std::vector<Eigen::Matrix3Xd> ring(
      lag, Eigen::Matrix3Xd::Constant(3, n_markers, std::numeric_limits<double>::quiet_NaN()));
  std::vector<MarkerLag> out(markers.size());
  system.visit_frames(start.point, [&](Eigen::Index f, const FrameTerms& frame) {
    Eigen::Matrix3Xd& before = ring[f % lag];
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      if (frame.weights()[k] < kOutlierWeight) {
        before.col(k).setConstant(std::numeric_limits<double>::quiet_NaN());
        continue;
      }
      const Eigen::Vector3d residual = of == Residual::own
                                           ? frame.own_residual(static_cast<std::size_t>(k))
                                           : Eigen::Vector3d(frame.residuals_m().col(k));
      const Eigen::Vector3d now = residual / markers[k].sigma_m;
      const double product = now.dot(before.col(k));
      if (!std::isnan(product)) {
        out[k].squares += now.squaredNorm();
        out[k].products += product;
        ++out[k].n;
      }
      before.col(k) = now;
    }
  });
  return out;
}

double white_share(TrajectorySystem& system, const TrajectoryStart& start) {
  const MarkerLag all = pooled(marker_lags(system, start, Residual::own));
  if (!(all.squares > 0.0)) return 1.0;
  return std::clamp(1.0 - all.products / all.squares, kLeastWhite, 1.0);
}

std::vector<MarkerLag> marker_lags(const Recording& recording, const Columns& columns,
                                   const Motion& motion) {
  const auto& markers = motion.skeleton.markers;
  std::vector<MarkerLag> out(markers.size());
  const auto n_frames = static_cast<Eigen::Index>(motion.time_s.size());
  if (n_frames < 2) return out;
  const double step = (motion.end_s() - motion.start_s()) / static_cast<double>(n_frames - 1);
  const auto lag = std::max<Eigen::Index>(1, std::lround(kLag_s / step));
  const Eigen::VectorXd neutral = motion.skeleton.neutral_pose();
  SkeletonState<double> state;
  const auto residuals = [&](Eigen::Index i) {
    Eigen::VectorXd pose = motion.coordinates(motion.time_s[i]);
    for (Eigen::Index j = 0; j < pose.size(); ++j) {
      if (motion.coordinate_status[j] == CoordinateStatus::locked) pose[j] = neutral[j];
    }
    forward_kinematics(motion.skeleton, pose.data(), state);
    Eigen::Matrix3Xd r(3, static_cast<Eigen::Index>(markers.size()));
    for (Eigen::Index k = 0; k < r.cols(); ++k) {
      r.col(k).setConstant(std::numeric_limits<double>::quiet_NaN());
      if (!columns[k]) continue;
      const Eigen::Vector3d p = recording.positions_m.row(i).segment<3>(3 * *columns[k]);
      if ((p.array() == 0.0).all()) continue;
      r.col(k) = (p - point_position(state, markers[k].at)) / markers[k].sigma_m;
      const double common = motion.skeleton.segments[markers[k].at.segment].common_error_m;
      if (r.col(k).norm() > kFarSigmas * std::hypot(1.0, common / markers[k].sigma_m)) {
        r.col(k).setConstant(std::numeric_limits<double>::quiet_NaN());
      }
    }
    return r;
  };
  const Eigen::Index every = std::max<Eigen::Index>(1, (n_frames - lag) / kMoments);
  for (Eigen::Index i = 0; i + lag < n_frames; i += every) {
    const Eigen::Matrix3Xd before = residuals(i);
    const Eigen::Matrix3Xd now = residuals(i + lag);
    for (Eigen::Index k = 0; k < now.cols(); ++k) {
      const double product = now.col(k).dot(before.col(k));
      if (std::isnan(product)) continue;
      out[k].squares += now.col(k).squaredNorm();
      out[k].products += product;
      ++out[k].n;
    }
  }
  return out;
}

std::vector<double> lasting_errors(const std::vector<MarkerLag>& lags, const Motion& motion) {
  const Skeleton& skeleton = motion.skeleton;
  const MarkerLag all = pooled(lags);
  std::vector<double> out;
  for (int j = 0; j < skeleton.n_coordinates(); ++j) {
    const int segment = skeleton.coordinates[j].segment;
    const int parent = skeleton.segments[segment].parent;
    MarkerLag near;
    for (std::size_t k = 0; k < lags.size(); ++k) {
      const int s = skeleton.markers[k].at.segment;
      if (s != segment && s != parent) continue;
      near.products += lags[k].products;
      near.n += lags[k].n;
    }
    if (near.n == 0) near = all;
    // coordinate_sd belongs to the residuals of all markers: all.squares / all.n.
    const double lasting = std::max(0.0, near.products / static_cast<double>(near.n));
    const double size = all.squares / static_cast<double>(all.n);
    out.push_back(all.n > 0 ? motion.coordinate_sd[j] * std::sqrt(lasting / size)
                            : std::numeric_limits<double>::quiet_NaN());
  }
  return out;
}

}  // namespace runmech
