// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <limits>

#include "calibration_steps.hpp"
#include "fit_steps.hpp"
#include "runmech/fit/common_errors.hpp"
#include "runmech/fit/frame_fit.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

constexpr int kPoses = 60;  // spread over the trial
constexpr int kRounds = 2;  // what joints passed on to neighbours is gone after the second
// Two strides of a slow runner; less says where markers are in one phase, not where they sit. Our
// choice.
constexpr double kLeast_s = 2.0;
constexpr int kEnough = 4;  // markers on a segment that can do without one

/// Markers that move together, and the segment they are on.
struct Seat {
  int segment;
  std::vector<int> markers;
};

/// Plates as a whole; markers of other segments one by one where there are enough of them.
std::vector<Seat> seats_of(const Skeleton& skeleton, const CommonErrors& common,
                           const Columns& columns) {
  std::vector<Seat> seats;
  for (const auto& group : common.groups()) seats.push_back({group.segment, group.markers});
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    if (skeleton.segments[s].common_error_m > 0.0) continue;
    std::vector<int> markers;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (columns[k] && skeleton.markers[k].at.segment == static_cast<int>(s)) {
        markers.push_back(static_cast<int>(k));
      }
    }
    if (markers.size() < kEnough) continue;
    for (const int k : markers) seats.push_back({static_cast<int>(s), {k}});
  }
  return seats;
}

}  // namespace

void seat_markers(const Recording& recording, const Columns& columns, const FitOptions& options,
                  Motion& out) {
  const CommonErrors common(out.skeleton);
  if (common.groups().empty() || recording.view != View::spatial) return;
  if (recording.time_s.back() - recording.time_s.front() < kLeast_s) return;
  const std::vector<Seat> seats = seats_of(out.skeleton, common, columns);
  std::vector<int> worn;
  for (const auto& column : columns) {
    if (column) worn.push_back(static_cast<int>(*column));
  }
  const std::vector<Eigen::Index> frames = spread_frames(recording, worn, kPoses);
  std::vector<double> measured(3 * columns.size(), std::numeric_limits<double>::quiet_NaN());
  SkeletonState<double> state;
  for (int round = 0; round < kRounds; ++round) {
    FrameFitter fitter(out.skeleton, out.coordinate_status, options.frame, out.view);
    std::vector<std::array<std::vector<double>, 3>> off(seats.size());
    for (const Eigen::Index i : frames) {
      for (std::size_t k = 0; k < columns.size(); ++k) {
        if (!columns[k]) continue;
        for (int x = 0; x < 3; ++x) {
          measured[3 * k + x] = recording.positions_m(i, 3 * *columns[k] + x);
        }
      }
      const FramePose& pose = fitter.fit(measured.data(), recording.time_s[i]);
      if (!pose.usable) continue;
      forward_kinematics(out.skeleton, pose.coordinates.data(), state);
      for (std::size_t g = 0; g < seats.size(); ++g) {
        Vector3d sum = Vector3d::Zero();
        int n = 0;
        for (const int k : seats[g].markers) {
          if (!fitter.used(k)) continue;
          sum += fitter.equations().residuals_m().col(k);
          ++n;
        }
        if (n == 0) continue;
        const Vector3d local = state.rotation[seats[g].segment].transpose() * (sum / n);
        for (int x = 0; x < 3; ++x) off[g][x].push_back(local[x]);
      }
    }
    for (std::size_t g = 0; g < seats.size(); ++g) {
      if (2 * off[g][0].size() < frames.size()) continue;  // too seldom seen
      const Vector3d shift(median(off[g][0]), median(off[g][1]), median(off[g][2]));
      for (const int k : seats[g].markers) out.skeleton.markers[k].at.local_m += shift;
    }
  }
}

}  // namespace runmech
