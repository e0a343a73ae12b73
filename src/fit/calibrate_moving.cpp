// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>

#include "calibration_points.hpp"
#include "calibration_steps.hpp"
#include "measured_pelvis.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/body_size.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// Beyond this a sight counts less: soft tissue reaches 15 mm, an estimator's slip 100; our choice.
constexpr double kRobust_m = 0.030;
// With this the lengths of 14 RBDS runners differ from those of their standing trials by what their
// SDs say (0.7-1.0 times); with every pose counting for itself by three times that. Our choice.
constexpr double kPosesWorth = 0.3;
// Keypoints lie on the joints themselves, so lengths are seen; what they share from frame to frame
// is the estimator's habit in like postures. Our choice.
constexpr double kKeypointPosesWorth = 8.0;

// Here markers count each for itself. Four of them whose plate errs as a whole know its place as
// well as four that err alone by twice as much.
constexpr double kPlate = 2.0;

// Stature that the legs suggest; an adult's where they say nothing.
double guess_stature(const CalibrationInput& input) {
  const double guess = stature_from_legs(input.trial, input.set);
  return std::isfinite(guess) && guess > 0.5 && guess < 2.6 ? guess : 1.75;
}

// A landmark that makes the pelvis frame stays where it is in it.
void hold_on(const MeasuredPelvis& pelvis, const MarkerDef& marker, ProblemPoint& point) {
  const auto at = pelvis.landmarks_m.find(marker.landmark);
  if (marker.segment != "pelvis" || at == pelvis.landmarks_m.end()) return;
  point.nominal_m = point.local_m = at->second;
  point.nominal_by_shape.setZero();
  point.nominal_sd_m.setZero();
}

}  // namespace

Calibration calibrate_moving(const CalibrationInput& input, const Progress& progress) {
  const Recording& trial = input.trial;
  const bool stature_known = input.options.subject.stature_m > 0.0;
  const Skeleton by_stature = base_skeleton(input.options.subject, guess_stature(input));
  std::vector<int> all;
  for (const KnownMarker& marker : input.known) all.push_back(marker.column);
  // What pelvis and thighs do in running would put the hips where soft tissue wants them (40 mm off
  // in RBDS): where the pelvis has its landmarks, they alone say where the hips are.
  const std::optional<MeasuredPelvis> pelvis =
      trial.view == View::spatial
          ? measure_pelvis(input, spread_frames(trial, all, input.options.frames))
          : std::nullopt;
  Skeleton base = by_stature;
  if (pelvis) adopt_pelvis(base, *pelvis);
  BodyProblem problem = make_problem(std::move(base), stature_known);
  if (pelvis) {
    for (ShapeParameter& parameter : problem.shape) {
      if (parameter.name.starts_with("hip_")) parameter.relative_sd = 0.0;
    }
  }
  set_pose_prior(problem, false, trial.view);
  problem.robust_m = kRobust_m;
  problem.poses_worth =
      input.set.keypoints || trial.is_keypoints() ? kKeypointPosesWorth : kPosesWorth;
  const bool flat = trial.view != View::spatial;
  if (flat) problem.mirror_sd = 0.003;  // one picture cannot tell the legs' lengths apart

  std::vector<KnownMarker> used;
  std::vector<int> columns;
  for (const KnownMarker& marker : input.known) {
    if (marker.def->computed) continue;
    auto point = problem_point(problem, *marker.def, false);
    if (!point) continue;
    if (pelvis) hold_on(*pelvis, *marker.def, *point);
    const auto common = input.set.common_error_m.find(marker.def->segment);
    if (common != input.set.common_error_m.end()) {
      point->sigma_m = std::hypot(point->sigma_m, kPlate * common->second);
    }
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
    skeleton.markers.push_back(
        {{label, point.segment, point.local_m}, used[m].def->sigma_m, false});
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
  report_landmarks(skeleton, used, trial.labels, false, input.size, out.report);
  adopt_landmarks(skeleton, used, trial.labels);
  out.report.trial = CalibrationTrial::moving;
  out.report.frames_used = static_cast<int>(frames.size());
  out.report.rms_m = solution.rms_m;
  report_lengths(problem, solution, stature_known, input.size, out.report);
  if (pelvis) {
    report_hip_error(pelvis->sd_m, out.report);
    for (const char* hip : {"hip_r", "hip_l"}) out.report.landmarks.push_back({hip, pelvis->how});
    const auto prior = body_shape(by_stature, stature_known);
    for (std::size_t k = 0; k < prior.size(); ++k) {
      if (!prior[k].name.starts_with("hip_")) continue;
      LengthRow& row = out.report.lengths[k];
      row.prior_m = prior[k].base_m;
      row.prior_sd_m = prior[k].relative_sd * std::abs(prior[k].base_m);
    }
  }
  out.report.notes.push_back(
      {"standing",
       "no standing trial: joint zeros are the anatomical ones of a person of this "
       "stature and may be off by several degrees",
       false});
  out.skeleton = std::move(skeleton);
  return out;
}

}  // namespace runmech
