// SPDX-License-Identifier: BSD-3-Clause
#include "lasting_errors.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "runmech/fit/common_errors.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kOutlierWeight = 0.2;
constexpr double kLeastWhite = 0.02;  // our choice: below, a residual says nothing of noise

constexpr double kFarSigmas = 5.0;  // our choice: farther off is no residual but an outlier
constexpr Eigen::Index kMoments = 400;

/// Residuals of one frame: NaN where a marker was not seen or an outlier.
struct Whitened {
  Eigen::Matrix3Xd markers;   // in their sigmas, less what their segments' are off together
  Eigen::Matrix3Xd segments;  // what they are off together in its SDs, 0 where none is stated
};

void add(const Eigen::Vector3d& before, const Eigen::Vector3d& now, const Eigen::Matrix3d& axes,
         LagSums& sums) {
  const double product = now.dot(before);
  if (std::isnan(product)) return;
  sums.squares += now.squaredNorm();
  sums.products += product;
  sums.sum += axes.transpose() * now;
  ++sums.n;
}

void add(const Whitened& before, const Whitened& now, const Skeleton& skeleton,
         const SkeletonState<double>& state, ResidualLags& lags) {
  for (Eigen::Index k = 0; k < now.markers.cols(); ++k) {
    const auto& axes = state.rotation[skeleton.markers[k].at.segment];
    add(before.markers.col(k), now.markers.col(k), axes, lags.markers[k]);
  }
  for (Eigen::Index s = 0; s < now.segments.cols(); ++s) {
    add(before.segments.col(s), now.segments.col(s), state.rotation[s], lags.segments[s]);
  }
}

ResidualLags empty_lags(const Skeleton& skeleton) {
  return {std::vector<LagSums>(skeleton.markers.size()),
          std::vector<LagSums>(skeleton.segments.size())};
}

Whitened empty_frame(const Skeleton& skeleton) {
  return {Eigen::Matrix3Xd::Constant(3, static_cast<Eigen::Index>(skeleton.markers.size()), kNaN),
          Eigen::Matrix3Xd::Zero(3, static_cast<Eigen::Index>(skeleton.segments.size()))};
}

}  // namespace

double LagSums::moving() const {
  return n > 0 ? products - sum.squaredNorm() / static_cast<double>(n) : 0.0;
}

ResidualLags residual_lags(TrajectorySystem& system, const TrajectoryStart& start) {
  const Skeleton& skeleton = start.problem.skeleton;
  const auto& breaks = start.problem.basis.breaks;
  const double step =
      (breaks.back() - breaks.front()) / static_cast<double>(start.problem.n_frames() - 1);
  const auto lag = std::max<Eigen::Index>(1, std::lround(kLag_s / step));
  const CommonErrors common(skeleton);
  // The last `lag` frames in turn.
  std::vector<Whitened> ring(lag, empty_frame(skeleton));
  ResidualLags out = empty_lags(skeleton);
  Whitened now = empty_frame(skeleton);
  system.visit_frames(start.point, [&](Eigen::Index f, const FrameTerms& frame) {
    for (Eigen::Index k = 0; k < now.markers.cols(); ++k) {
      if (frame.weights()[k] < kOutlierWeight) {
        now.markers.col(k).setConstant(kNaN);
      } else {
        now.markers.col(k) =
            frame.own_residual(static_cast<std::size_t>(k)) / skeleton.markers[k].sigma_m;
      }
    }
    for (const auto& group : common.groups()) {
      now.segments.col(group.segment) =
          std::sqrt(group.information) * frame.common_m().col(group.segment);
    }
    add(ring[f % lag], now, skeleton, frame.state(), out);
    std::swap(ring[f % lag], now);
  });
  return out;
}

double white_share(TrajectorySystem& system, const TrajectoryStart& start) {
  double squares = 0.0;
  double products = 0.0;
  for (const LagSums& marker : residual_lags(system, start).markers) {
    squares += marker.squares;
    products += marker.products;
  }
  if (!(squares > 0.0)) return 1.0;
  return std::clamp(1.0 - products / squares, kLeastWhite, 1.0);
}

ResidualLags residual_lags(const Recording& recording, const Columns& columns,
                           const Motion& motion) {
  const Skeleton& skeleton = motion.skeleton;
  const auto& markers = skeleton.markers;
  ResidualLags out = empty_lags(skeleton);
  const auto n_frames = static_cast<Eigen::Index>(motion.time_s.size());
  if (n_frames < 2) return out;
  const double step = (motion.end_s() - motion.start_s()) / static_cast<double>(n_frames - 1);
  const auto lag = std::max<Eigen::Index>(1, std::lround(kLag_s / step));
  const Eigen::VectorXd neutral = skeleton.neutral_pose();
  const CommonErrors common(skeleton);
  const std::vector<double> no_bend(markers.size(), 1.0);
  SkeletonState<double> state;
  const auto residuals = [&](Eigen::Index i) {
    Eigen::VectorXd pose = motion.coordinates(motion.time_s[i]);
    for (Eigen::Index j = 0; j < pose.size(); ++j) {
      if (motion.coordinate_status[j] == CoordinateStatus::locked) pose[j] = neutral[j];
    }
    forward_kinematics(skeleton, pose.data(), state);
    Eigen::Matrix3Xd off = Eigen::Matrix3Xd::Zero(3, static_cast<Eigen::Index>(markers.size()));
    std::vector<double> information(markers.size(), 0.0);
    for (std::size_t k = 0; k < markers.size(); ++k) {
      if (!columns[k]) continue;
      const Eigen::Vector3d p = recording.positions_m.row(i).segment<3>(3 * *columns[k]);
      const Eigen::Vector3d r = p - point_position(state, markers[k].at);
      const double sigma = markers[k].sigma_m;
      const double usual =
          std::hypot(sigma, skeleton.segments[markers[k].at.segment].common_error_m);
      if ((p.array() == 0.0).all() || !(r.norm() <= kFarSigmas * usual)) continue;
      off.col(static_cast<Eigen::Index>(k)) = r;
      information[k] = 1.0 / (sigma * sigma);
    }
    Eigen::Matrix3Xd together =
        Eigen::Matrix3Xd::Zero(3, static_cast<Eigen::Index>(skeleton.segments.size()));
    common.find(off, information, RobustLoss::none, no_bend, 1.0, together);
    Whitened now = empty_frame(skeleton);
    for (std::size_t k = 0; k < markers.size(); ++k) {
      if (information[k] == 0.0) continue;
      const auto c = static_cast<Eigen::Index>(k);
      now.markers.col(c) = (off.col(c) - together.col(markers[k].at.segment)) / markers[k].sigma_m;
    }
    for (const auto& group : common.groups()) {
      now.segments.col(group.segment) = std::sqrt(group.information) * together.col(group.segment);
    }
    return now;
  };
  const Eigen::Index every = std::max<Eigen::Index>(1, (n_frames - lag) / kMoments);
  for (Eigen::Index i = 0; i + lag < n_frames; i += every) {
    const Whitened before = residuals(i);
    add(before, residuals(i + lag), skeleton, state, out);
  }
  return out;
}

Lasting lasting_residuals(const ResidualLags& lags, const Skeleton& skeleton) {
  const std::size_t n_segments = skeleton.segments.size();
  std::vector<double> moving(n_segments, 0.0);
  std::vector<double> seen(n_segments, 0.0);
  for (std::size_t k = 0; k < lags.markers.size(); ++k) {
    const int s = skeleton.markers[k].at.segment;
    moving[s] += lags.markers[k].moving();
    seen[s] += static_cast<double>(lags.markers[k].n);
  }
  Lasting out;
  double all = 0.0;
  double all_seen = 0.0;
  for (std::size_t s = 0; s < n_segments; ++s) {
    moving[s] += lags.segments[s].moving();
    out.share.push_back(seen[s] > 0.0 ? std::max(0.0, moving[s] / seen[s]) : 0.0);
    all += moving[s];
    all_seen += seen[s];
  }
  out.of_all = all_seen > 0.0 ? std::max(0.0, all / all_seen) : 0.0;
  return out;
}

}  // namespace runmech
