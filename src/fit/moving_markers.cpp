// SPDX-License-Identifier: BSD-3-Clause
#include <array>
#include <cmath>
#include <limits>

#include "calibration_points.hpp"
#include "calibration_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/body_size.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// A marker that wanders more than this within its segment's frame is not on that segment, or the
// poses are too poor to place it; our choice, above the 14 mm of soft tissue in running.
constexpr double kSteady_m = 0.025;
// Beyond this a sight counts less; our choice, as in a calibration from a moving trial.
constexpr double kRobust_m = 0.030;

}  // namespace

Calibration with_moving_markers(Calibration calibration, const Recording& moving,
                                const CalibrationOptions& options) {
  options.validate();
  Skeleton& skeleton = calibration.skeleton;
  const MarkerSet& set = marker_set(calibration.report.marker_set);
  const std::vector<int> match = set.match(moving.labels);
  struct New {
    int column;
    const MarkerDef* def;
  };
  std::vector<New> fresh;
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (match[i] < 0 || skeleton.find_marker(moving.labels[i])) continue;
    const MarkerDef& def = set.markers[static_cast<std::size_t>(match[i])];
    const bool seen =
        !moving.positions_m.middleCols(3 * static_cast<Eigen::Index>(i), 3).array().isNaN().all();
    if (def.segment.empty() || def.computed || !seen) continue;
    fresh.push_back({static_cast<int>(i), &def});
  }
  if (fresh.empty()) return calibration;

  BodyProblem problem = make_problem(skeleton, true);
  set_pose_prior(problem, false, moving.view);
  const double size = body_size(skeleton);
  problem.robust_m = kRobust_m * size;
  std::vector<int> columns;
  for (const Marker& marker : skeleton.markers) {
    const auto index = moving.index_of(marker.at.name);
    if (!index) continue;
    ProblemPoint point;
    point.name = marker.at.name;
    point.segment = marker.at.segment;
    point.local_m = point.nominal_m = marker.at.local_m;
    const double common = skeleton.segments[marker.at.segment].common_error_m;
    point.sigma_m = std::hypot(marker.sigma_m, 2.0 * common);  // as in calibrate_moving()
    point.nominal_by_shape.setZero(3, static_cast<Eigen::Index>(problem.shape.size()));
    problem.points.push_back(point);
    columns.push_back(static_cast<int>(*index));
  }
  if (columns.size() < 4) {
    throw NotAnalysable("the moving trial shares only " + std::to_string(columns.size()) +
                        " labels with the calibration");
  }
  const std::vector<Eigen::Index> frames = spread_frames(moving, columns, options.frames);
  problem.poses.assign(frames.size(), problem.pose_mean);
  for (std::size_t p = 0; p < frames.size(); ++p) {
    for (std::size_t m = 0; m < columns.size(); ++m) {
      const Vector3d seen = moving.positions_m.block<1, 3>(frames[p], 3 * columns[m]).transpose();
      if (!seen.allFinite()) continue;
      problem.sights.push_back({static_cast<int>(p), static_cast<int>(m), seen});
    }
  }
  solve_poses(problem, {});
  SkeletonState<double> state;
  for (const New& marker : fresh) {
    const auto segment = static_cast<std::size_t>(skeleton.segment(marker.def->segment));
    std::array<std::vector<double>, 3> local;
    for (std::size_t p = 0; p < frames.size(); ++p) {
      const Vector3d seen =
          moving.positions_m.block<1, 3>(frames[p], 3 * marker.column).transpose();
      if (!seen.allFinite()) continue;
      forward_kinematics(skeleton, problem.poses[p].data(), state);
      const Vector3d at = state.rotation[segment].transpose() * (seen - state.origin[segment]);
      for (int k = 0; k < 3; ++k) local[static_cast<std::size_t>(k)].push_back(at[k]);
    }
    Vector3d at = Vector3d::Zero();
    double spread = local[0].size() < 5 ? INFINITY : 0.0;
    for (int k = 0; k < 3; ++k) {
      at[k] = median(local[static_cast<std::size_t>(k)]);
      spread = std::max(spread, robust_sd(local[static_cast<std::size_t>(k)]));
    }
    const std::string& label = moving.labels[static_cast<std::size_t>(marker.column)];
    const auto nominal = nominal_place(skeleton, *marker.def);
    MarkerRow row{label,
                  marker.def->segment,
                  "moving trial",
                  spread,
                  nominal ? (at - *nominal).norm() : std::numeric_limits<double>::quiet_NaN(),
                  at};
    if (!(spread < kSteady_m * size)) {
      calibration.report.notes.push_back(
          {"marker_off",
           label + " does not move with its segment (" + marker.def->segment + ")" +
               (nominal ? ": its nominal place is taken" : ": it is left out"),
           true});
      if (!nominal) continue;
      row.local_m = *nominal;
      row.how = "nominal place";
      row.from_nominal_m = 0.0;
    }
    skeleton.markers.push_back(
        {{label, static_cast<int>(segment), row.local_m}, marker.def->sigma_m * size, false});
    calibration.report.markers.push_back(row);
  }
  return calibration;
}

}  // namespace runmech
