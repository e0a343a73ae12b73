// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include "calibration_points.hpp"
#include "calibration_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// Beyond this a sight counts less: soft tissue reaches 15 mm, an estimator's slip 100; our choice.
constexpr double kRobust_m = 0.030;

// Hip or pelvis to ankle or heel is longest when the leg is straight: the stature from that length.
double guess_stature(const CalibrationInput& input) {
  const Skeleton unit = running_skeleton();
  const double stature = 1.75;
  std::vector<double> guesses;
  const auto upright = [&](const MarkerDef& def) -> std::optional<double> {
    const auto place = nominal_place(unit, def);
    if (!place) return std::nullopt;
    double y = place->y();
    for (int s = unit.segment(def.segment); s >= 0;
         s = unit.segments[static_cast<std::size_t>(s)].parent) {
      y += unit.segments[static_cast<std::size_t>(s)].origin_m.y();
    }
    return y;
  };
  for (const KnownMarker& high : input.known) {
    const bool hip = high.def->segment == "pelvis" || high.def->landmark.starts_with("hip_");
    if (!hip) continue;
    for (const KnownMarker& low : input.known) {
      const std::string& name = low.def->landmark;
      if (!name.starts_with("ankle") && !name.starts_with("heel")) continue;
      if (high.def->landmark.starts_with("hip_") && high.def->landmark.back() != name.back())
        continue;
      const auto top = upright(*high.def);
      const auto bottom = upright(*low.def);
      if (!top || !bottom) continue;
      std::vector<double> drops;
      for (Eigen::Index f = 0; f < input.trial.n_frames(); ++f) {
        drops.push_back(input.trial.positions_m(f, 3 * high.column + 1) -
                        input.trial.positions_m(f, 3 * low.column + 1));
      }
      // Mid-stance, knee at some 40 deg: the leg is 5 % shorter than standing.
      guesses.push_back(1.05 * quantile(drops, 0.9) / (*top - *bottom) * stature);
    }
  }
  const double guess = median(guesses);
  return std::isfinite(guess) && guess > 0.5 && guess < 2.6 ? guess : stature;
}

}  // namespace

Calibration calibrate_moving(const CalibrationInput& input, const Progress& progress) {
  const Recording& trial = input.trial;
  const bool stature_known = input.options.subject.stature_m > 0.0;
  BodyProblem problem =
      make_problem(base_skeleton(input.options.subject, guess_stature(input)), stature_known);
  set_pose_prior(problem, false, trial.view);
  problem.robust_m = kRobust_m;
  const bool flat = trial.view != View::spatial;
  if (flat) problem.mirror_sd = 0.003;  // one picture cannot tell the legs' lengths apart

  std::vector<KnownMarker> used;
  std::vector<int> columns;
  for (const KnownMarker& marker : input.known) {
    if (marker.def->computed) continue;
    auto point = problem_point(problem, *marker.def, false);
    if (!point) continue;
    problem.points.push_back(std::move(*point));
    used.push_back(marker);
    columns.push_back(marker.column);
  }
  if (used.size() < 4) {
    throw NotAnalysable("only " + std::to_string(used.size()) +
                        " markers have a known place on the body; give a standing trial");
  }
  const std::vector<Eigen::Index> frames = spread_frames(trial, columns, input.options.frames);
  problem.poses.assign(frames.size(), problem.pose_mean);
  for (std::size_t p = 0; p < frames.size(); ++p) {
    for (std::size_t m = 0; m < used.size(); ++m) {
      Vector3d seen = trial.positions_m.block<1, 3>(frames[p], 3 * used[m].column).transpose();
      if (!seen.allFinite()) continue;
      // The axis across the picture was not seen; it holds zeros.
      if (trial.view == View::side) seen.z() = std::numeric_limits<double>::quiet_NaN();
      if (trial.view == View::rear || trial.view == View::front) {
        seen.x() = std::numeric_limits<double>::quiet_NaN();
      }
      problem.sights.push_back({static_cast<int>(p), static_cast<int>(m), seen});
    }
  }
  if (problem.sights.empty()) throw NotAnalysable("no frame shows enough of the body");
  // From behind a bent knee only shortens the leg: lengths cannot be found there.
  const bool lengths_seen = trial.view == View::spatial || trial.view == View::side;
  problem.free_shape = lengths_seen;
  problem.free_points = true;
  solve_poses(problem, progress);
  const BodySolution solution = solve(problem, lengths_seen, progress);
  if (!solution.usable) throw NotAnalysable("no body fits the trial: " + solution.message);

  Calibration out;
  Skeleton skeleton = with_shape(problem.base, problem.shape, problem.values);
  for (std::size_t m = 0; m < used.size(); ++m) {
    const std::string& label = trial.labels[static_cast<std::size_t>(used[m].column)];
    const ProblemPoint& point = problem.points[m];
    skeleton.markers.push_back({{label, point.segment, point.local_m}, point.sigma_m, false});
    double sum = 0.0;
    int n = 0;
    for (const ProblemSight& sight : problem.sights) {
      if (sight.point != static_cast<int>(m)) continue;
      const Vector3d d = place(problem, sight.point, sight.pose) - sight.world_m;
      for (int k = 0; k < 3; ++k) sum += std::isnan(d[k]) ? 0.0 : d[k] * d[k];
      ++n;
    }
    MarkerRow row{label,
                  used[m].def->segment,
                  "moving trial",
                  n > 0 ? std::sqrt(sum / n) : 0.0,
                  std::numeric_limits<double>::quiet_NaN(),
                  point.local_m};
    if (const auto nominal = nominal_place(skeleton, *used[m].def)) {
      row.from_nominal_m = (point.local_m - *nominal).norm();
    }
    out.report.markers.push_back(row);
    if (!used[m].def->landmark.empty()) {
      out.report.landmarks.push_back(
          {used[m].def->landmark, "marker " + used[m].def->label + ", held by its nominal place"});
    }
  }
  report_landmarks(skeleton, used, trial.labels, false, out.report);
  adopt_landmarks(skeleton, used, trial.labels);
  out.report.trial = CalibrationTrial::moving;
  out.report.frames_used = static_cast<int>(frames.size());
  out.report.rms_m = solution.rms_m;
  report_lengths(problem, solution, stature_known, out.report);
  out.report.notes.push_back(
      {"standing",
       "no standing trial: joint zeros are the anatomical ones of a person of this "
       "stature and may be off by several degrees",
       false});
  out.skeleton = std::move(skeleton);
  return out;
}

}  // namespace runmech
