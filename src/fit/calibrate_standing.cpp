// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Geometry>
#include <array>
#include <cmath>
#include <limits>

#include "calibration_points.hpp"
#include "calibration_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/skeleton/heading.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

constexpr std::array kCoarse{25.0, 5.0};  // times the SD of the landmarks; our choice
constexpr double kNoBody_m = 0.04;     // RMS misfit of landmarks that no body explains; our choice
constexpr double kLandmark_m = 0.002;  // a landmark marker stands where it stands; our choice

// Landmarks by name: worn markers before places that a program computed.
LandmarkPlaces landmark_places(const CalibrationInput& input, const StillPose& still) {
  LandmarkPlaces out;
  for (const bool computed : {false, true}) {
    for (const KnownMarker& marker : input.known) {
      const Vector3d p = still.mean_m.row(marker.column).transpose();
      if (marker.def->landmark.empty() || marker.def->computed != computed || !p.allFinite())
        continue;
      out.emplace(marker.def->landmark, p);
    }
  }
  return out;
}

// Stature from the legs: knee centre to ankle centre, and hip to knee where the pelvis is there.
double guess_stature(const std::map<std::string, JointCentre>& centres, double height_m) {
  double sum = 0.0;
  int n = 0;
  for (const char* side : {"_r", "_l"}) {
    const auto hip = centres.find(std::string("hip") + side);
    const auto knee = centres.find(std::string("knee") + side);
    const auto ankle = centres.find(std::string("ankle") + side);
    if (hip != centres.end() && knee != centres.end()) {
      sum += (hip->second.position_m - knee->second.position_m).norm() / 0.245;
      ++n;
    }
    if (knee != centres.end() && ankle != centres.end()) {
      sum += (knee->second.position_m - ankle->second.position_m).norm() / 0.246;
      ++n;
    }
  }
  return n > 0 ? sum / n : height_m / 0.54;
}

ProblemPoint fixed_centre(const BodyProblem& problem, const std::string& landmark,
                          const std::string& segment, double sigma_m) {
  ProblemPoint point;
  point.name = landmark;
  point.segment = problem.base.segment(segment);
  point.sigma_m = sigma_m;
  point.nominal_by_shape.setZero(3, static_cast<Eigen::Index>(problem.shape.size()));
  return point;
}

void start_lengths(BodyProblem& problem, const std::map<std::string, JointCentre>& centres) {
  const auto set = [&](const std::string& name, const std::string& from, const std::string& to) {
    const auto a = centres.find(from);
    const auto b = centres.find(to);
    if (a == centres.end() || b == centres.end()) return;
    for (std::size_t k = 0; k < problem.shape.size(); ++k) {
      if (problem.shape[k].name != name) continue;
      problem.values[static_cast<Eigen::Index>(k)] =
          (a->second.position_m - b->second.position_m).norm();
    }
  };
  for (const std::string side : {"_r", "_l"}) {
    set("thigh" + side, "hip" + side, "knee" + side);
    set("shank" + side, "knee" + side, "ankle" + side);
  }
}

// Where the pelvis is and which way it points, as the start of the standing pose.
void start_pelvis(BodyProblem& problem, const std::optional<PelvisFrame>& pelvis,
                  const CalibrationInput& input, const StillPose& still) {
  Eigen::VectorXd& q = problem.poses.front();
  const int tx = problem.base.coordinate("pelvis_tx");
  if (pelvis) {
    q.segment<3>(tx) = pelvis->origin_m;
    const Vector3d x = pelvis->axes.col(0);
    const Vector3d y = pelvis->axes.col(1);
    const Vector3d z = pelvis->axes.col(2);
    // R = Rz(tilt) Rx(list) Ry(rotation)
    q[problem.base.coordinate("pelvis_list")] = std::asin(std::clamp(y.z(), -1.0, 1.0));
    q[problem.base.coordinate("pelvis_tilt")] = std::atan2(-y.x(), y.y());
    q[problem.base.coordinate("pelvis_rotation")] = std::atan2(-x.z(), z.z());
    return;
  }
  Vector3d sum = Vector3d::Zero();
  int n = 0;
  for (const KnownMarker& marker : input.known) {
    if (marker.def->segment != "pelvis" || !marker.def->at) continue;
    const Vector3d p = still.mean_m.row(marker.column).transpose();
    if (!p.allFinite()) continue;
    sum += p - *nominal_place(problem.base, *marker.def);
    ++n;
  }
  if (n > 0) q.segment<3>(tx) = sum / n;
  const Heading heading = infer_heading(input.trial, input.set, Vector3d::UnitY());
  if (heading.confidence > 0.0) {
    q[problem.base.coordinate("pelvis_rotation")] =
        std::atan2(-heading.forward.z(), heading.forward.x());
  }
}

}  // namespace

Calibration calibrate_standing(const CalibrationInput& input, const StillPose& still,
                               const Progress& progress) {
  const bool stature_known = input.options.subject.stature_m > 0.0;
  const LandmarkPlaces places = landmark_places(input, still);
  const Skeleton adult = base_skeleton(input.options.subject, input.height_m / 0.54);
  const std::optional<PelvisFrame> pelvis = pelvis_frame(places);
  Vector3d to_right = Vector3d::UnitZ();
  if (pelvis) {
    to_right = pelvis->axes.col(2);
  } else if (const Heading h = infer_heading(input.trial, input.set, Vector3d::UnitY());
             h.confidence > 0.0) {
    to_right = h.forward.cross(Vector3d::UnitY());
  }
  Calibration out;
  std::map<std::string, JointCentre> centres;
  for (const Side side : kSides) {
    const std::string s = side == Side::right ? "_r" : "_l";
    if (pelvis) {
      centres["hip" + s] = hip_centre(*pelvis, side, input.options.hip_centre);
    } else if (const auto hip = hip_centre_by_trochanters(places, side)) {
      centres["hip" + s] = *hip;
    }
    if (const auto knee = knee_centre(places, side, adult, to_right)) centres["knee" + s] = *knee;
    if (const auto ankle = ankle_centre(places, side, adult, to_right)) {
      centres["ankle" + s] = *ankle;
    }
    for (const std::string joint : {"hip", "knee", "ankle", "shoulder", "elbow"}) {
      const auto computed = places.find(joint + s);
      if (computed == places.end() || centres.contains(joint + s)) continue;
      centres[joint + s] = {computed->second, 0.010, "joint centre written in the file"};
    }
  }
  BodyProblem problem = make_problem(
      base_skeleton(input.options.subject, guess_stature(centres, input.height_m)), stature_known);
  start_lengths(problem, centres);
  set_pose_prior(problem, true, View::spatial);
  problem.feet_flat = true;
  problem.mirror_sd = 0.05;  // the landmarks say more than symmetry does; our choice
  problem.poses = {problem.pose_mean};
  start_pelvis(problem, pelvis, input, still);
  for (const char* free : {"pelvis_tilt", "pelvis_list", "pelvis_rotation"}) {
    const int j = problem.base.coordinate(free);
    problem.pose_mean[j] = problem.poses.front()[j];
  }

  const auto sight = [&](ProblemPoint point, const Vector3d& seen) {
    problem.points.push_back(std::move(point));
    problem.sights.push_back({0, static_cast<int>(problem.points.size()) - 1, seen});
  };
  for (const auto& [name, centre] : centres) {
    out.report.landmarks.push_back({name, centre.how});
    const std::string s = name.substr(name.size() - 2);
    const bool computed = centre.how.starts_with("joint centre");
    if (name.starts_with("hip")) {
      // The regression defines the hip; it is not weighed against the thigh.
      sight(fixed_centre(problem, name, "femur" + s, pelvis ? 0.002 : 0.006), centre.position_m);
    } else if (name.starts_with("shoulder")) {
      sight(fixed_centre(problem, name, "humerus" + s, centre.sd_m), centre.position_m);
    } else if (name.starts_with("elbow")) {
      if (places.contains("elbow_lateral" + s)) continue;  // the worn markers say it
      sight(fixed_centre(problem, name, "ulna" + s, centre.sd_m), centre.position_m);
    } else if (computed) {
      const std::string segment = name.starts_with("knee") ? "tibia" : "talus";
      sight(fixed_centre(problem, name, segment + s, centre.sd_m), centre.position_m);
    }
  }
  for (const KnownMarker& marker : input.known) {
    const Vector3d seen = still.mean_m.row(marker.column).transpose();
    if (marker.def->computed || !seen.allFinite() || marker.def->segment.empty()) continue;
    if (!landmark_sd(marker.def->landmark) && marker.def->segment != "pelvis") continue;
    if (!landmark_sd(marker.def->landmark) && pelvis) continue;
    auto point = problem_point(problem, *marker.def, true);
    if (!point) continue;
    point->sigma_m = kLandmark_m;
    if (!marker.def->landmark.empty()) {
      out.report.landmarks.push_back({marker.def->landmark, "marker " + marker.def->label});
    }
    sight(std::move(*point), seen);
  }
  // From coarse to fine: at their own weight, landmarks of arms held out or feet turned out pull a
  // pose that starts at attention into a wrong minimum.
  std::vector<double> sigma;
  for (const ProblemPoint& point : problem.points) sigma.push_back(point.sigma_m);
  for (const double coarse : kCoarse) {
    for (std::size_t p = 0; p < sigma.size(); ++p) problem.points[p].sigma_m = coarse * sigma[p];
    (void)solve(problem, false, progress);
  }
  for (std::size_t p = 0; p < sigma.size(); ++p) problem.points[p].sigma_m = sigma[p];
  const BodySolution solution = solve(problem, true, progress);
  if (solution.usable && solution.rms_m > kNoBody_m) {
    throw NotAnalysable(
        "the landmarks of the standing trial make no body: they miss the best one by " +
        std::to_string(std::lround(1000.0 * input.size * solution.rms_m)) +
        " mm RMS; labels may be exchanged, or nobody stands in it");
  }
  if (!solution.usable) throw NotAnalysable("the standing pose was not found: " + solution.message);

  Skeleton skeleton = with_shape(problem.base, problem.shape, problem.values);
  SkeletonState<double> state;
  forward_kinematics(skeleton, problem.poses.front().data(), state);
  std::vector<std::string> labels = input.trial.labels;
  for (const KnownMarker& marker : input.known) {
    const Vector3d seen = still.mean_m.row(marker.column).transpose();
    if (marker.def->computed || marker.def->segment.empty() || !seen.allFinite()) continue;
    const int segment = skeleton.segment(marker.def->segment);
    const auto s = static_cast<std::size_t>(segment);
    const Vector3d local = state.rotation[s].transpose() * (seen - state.origin[s]);
    const std::string& label = labels[static_cast<std::size_t>(marker.column)];
    skeleton.markers.push_back(
        {{label, segment, local}, marker.def->sigma_m, marker.def->kind == MarkerKind::bony});
    MarkerRow row{
        label, marker.def->segment, "standing trial", 0.0, std::numeric_limits<double>::quiet_NaN(),
        local};
    if (const auto nominal = nominal_place(skeleton, *marker.def)) {
      row.from_nominal_m = (local - *nominal).norm();
    }
    for (const ProblemSight& s2 : problem.sights) {
      const ProblemPoint& point = problem.points[static_cast<std::size_t>(s2.point)];
      if (point.name == marker.def->label) {
        row.residual_m = (place(problem, s2.point, 0) - s2.world_m).norm();
      }
    }
    out.report.markers.push_back(row);
  }
  report_landmarks(skeleton, input.known, labels, true, input.size, out.report);
  adopt_landmarks(skeleton, input.known, labels);
  out.report.trial = CalibrationTrial::standing;
  out.report.frames_used = static_cast<int>(still.frames.size());
  out.report.rms_m = solution.rms_m;
  report_lengths(problem, solution, stature_known, input.size, out.report);
  if (centres.contains("hip_r")) report_hip_error(centres["hip_r"].sd_m, out.report);
  if (!pelvis) {
    out.report.notes.push_back({"landmarks",
                                "the pelvis has no ASIS and PSIS markers: its tilt is taken as "
                                "zero in standing, and the hip centres are rough",
                                false});
  }
  out.skeleton = std::move(skeleton);
  return out;
}

}  // namespace runmech
