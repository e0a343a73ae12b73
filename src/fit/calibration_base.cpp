// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <utility>

#include "calibration_points.hpp"
#include "calibration_steps.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {

Skeleton base_skeleton(const Subject& subject, double stature_guess_m) {
  Subject sized = subject;
  if (!(sized.stature_m > 0.0)) sized.stature_m = std::clamp(stature_guess_m, 0.5, 2.6);
  Skeleton skeleton = running_skeleton(sized);
  skeleton.subject = subject;  // what was stated, not what was guessed
  return skeleton;
}

BodyProblem make_problem(Skeleton base, bool stature_known) {
  BodyProblem problem;
  problem.shape = body_shape(base, stature_known);
  problem.values.resize(static_cast<Eigen::Index>(problem.shape.size()));
  for (std::size_t k = 0; k < problem.shape.size(); ++k) {
    problem.values[static_cast<Eigen::Index>(k)] = problem.shape[k].base_m;
  }
  problem.base = std::move(base);
  return problem;
}

void adopt_landmarks(Skeleton& skeleton, const std::vector<KnownMarker>& known,
                     const std::vector<std::string>& labels) {
  for (const KnownMarker& marker : known) {
    if (marker.def->landmark.empty()) continue;
    const auto index = skeleton.find_marker(labels[static_cast<std::size_t>(marker.column)]);
    if (!index) continue;
    const BodyPoint& at = skeleton.markers[static_cast<std::size_t>(*index)].at;
    for (BodyPoint& landmark : skeleton.landmarks) {
      if (landmark.name != marker.def->landmark) continue;
      if (landmark.segment == at.segment) {
        landmark.local_m = at.local_m;
      } else if (skeleton.segments[static_cast<std::size_t>(landmark.segment)].parent ==
                 at.segment) {
        // A toe marker taken with the hind foot: the same place, seen from the toes at rest.
        landmark.local_m =
            at.local_m - skeleton.segments[static_cast<std::size_t>(landmark.segment)].origin_m;
      }
    }
  }
}

std::vector<Eigen::Index> spread_frames(const Recording& recording, const std::vector<int>& columns,
                                        int count) {
  std::vector<double> seen;
  for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
    int n = 0;
    for (const int c : columns) n += std::isnan(recording.positions_m(f, 3 * c + 1)) ? 0 : 1;
    seen.push_back(n);
  }
  // Frames about as complete as the fuller half: a body entering the picture is no help.
  const double least = std::max(3.0, 0.8 * quantile(seen, 0.75));
  std::vector<Eigen::Index> good;
  for (std::size_t f = 0; f < seen.size(); ++f) {
    if (seen[f] >= least) good.push_back(static_cast<Eigen::Index>(f));
  }
  if (static_cast<int>(good.size()) <= count) return good;
  std::vector<Eigen::Index> out;
  for (int i = 0; i < count; ++i) {
    // Golden-ratio steps within even cells, so that no beat with the stride picks one phase only.
    const double place = (i + std::fmod(0.6180339887 * i, 1.0)) / count;
    out.push_back(good[static_cast<std::size_t>(place * static_cast<double>(good.size()))]);
  }
  return out;
}

void solve_poses(BodyProblem& problem, const Progress& progress) {
  const bool shape = std::exchange(problem.free_shape, false);
  const bool points = std::exchange(problem.free_points, false);
  const std::vector<ProblemSight> sights = problem.sights;
  const auto tx = problem.base.coordinate("pelvis_tx");
  Eigen::VectorXd last;
  for (std::size_t p = 0; p < problem.poses.size(); ++p) {
    problem.sights.clear();
    Eigen::Vector3d centre = Eigen::Vector3d::Zero();
    Eigen::Vector3d offset = Eigen::Vector3d::Zero();
    int n = 0;
    for (const ProblemSight& sight : sights) {
      if (sight.pose != static_cast<int>(p)) continue;
      problem.sights.push_back(sight);
      const ProblemPoint& point = problem.points[static_cast<std::size_t>(sight.point)];
      const std::string& segment =
          problem.base.segments[static_cast<std::size_t>(point.segment)].name;
      if (segment != "pelvis" && !segment.starts_with("femur")) continue;
      centre += sight.world_m.array().isNaN().select(0.0, sight.world_m.array()).matrix();
      const Eigen::Vector3d local =
          point.local_m +
          (segment == "pelvis"
               ? Eigen::Vector3d::Zero().eval()
               : problem.base.segments[static_cast<std::size_t>(point.segment)].origin_m);
      offset += local;
      ++n;
    }
    if (problem.sights.empty()) continue;
    Eigen::VectorXd start = problem.pose_mean;
    if (n > 0) start.segment<3>(tx) = (centre - offset) / n;
    for (int k = 0; k < 3; ++k) {
      if (!(problem.pose_sd[tx + k] > 0.0)) start[tx + k] = problem.pose_mean[tx + k];
    }
    // From the frame before and from the middle of the range: the better of the two minima.
    problem.poses[p] = start;
    const double fresh = solve(problem).rms_m;
    if (last.size() > 0) {
      const Eigen::VectorXd by_fresh = problem.poses[p];
      problem.poses[p] = last;
      problem.poses[p].segment<3>(tx) = start.segment<3>(tx);
      if (solve(problem).rms_m > fresh) problem.poses[p] = by_fresh;
    }
    last = problem.poses[p];
    report(progress, 0.4 * static_cast<double>(p + 1) / static_cast<double>(problem.poses.size()),
           "calibration");
  }
  problem.sights = sights;
  problem.free_shape = shape;
  problem.free_points = points;
}

}  // namespace runmech
