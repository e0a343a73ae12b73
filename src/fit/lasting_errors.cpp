// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr double kLag_s = 0.01;  // white noise is gone, soft tissue (30 to 105 ms) is not
constexpr double kOutlierWeight = 0.2;
constexpr double kLeastWhite = 0.02;  // our choice: below, a residual says nothing of noise

/// Mean square of each marker's residual in its own sigmas, and the mean product with the one
/// kLag_s before; sums and counts.
struct MarkerLag {
  double squares = 0.0;
  double products = 0.0;
  long n = 0;
};

std::vector<MarkerLag> marker_lags(TrajectorySystem& system, const TrajectoryStart& start) {
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
      const Eigen::Vector3d now = frame.residuals_m().col(k) / markers[k].sigma_m;
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

double white_share(TrajectorySystem& system, const TrajectoryStart& start) {
  const MarkerLag all = pooled(marker_lags(system, start));
  if (!(all.squares > 0.0)) return 1.0;
  return std::clamp(1.0 - all.products / all.squares, kLeastWhite, 1.0);
}

std::vector<double> lasting_errors(TrajectorySystem& system, const TrajectoryStart& start,
                                   const Motion& motion) {
  const Skeleton& skeleton = motion.skeleton;
  const auto lags = marker_lags(system, start);
  const MarkerLag all = pooled(lags);
  std::vector<double> out;
  for (const int j : start.coordinate) {
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
