// SPDX-License-Identifier: BSD-3-Clause
#include "calibration_points.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "runmech/core/units.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

struct LandmarkSpread {
  std::string_view name;  // without its side
  double x, y, z;         // m
};

// Our choices. Small axes define the segment's frame: the pelvis plane through ASIS and PSIS, the
// knee axis through the epicondyles, the ankle between the malleoli. The others vary with the
// person.
constexpr std::array kSpread{LandmarkSpread{"asis", .002, .002, .040},
                             LandmarkSpread{"psis", .060, .002, .040},
                             LandmarkSpread{"sacrum", .060, .002, .010},
                             LandmarkSpread{"hip", 0, 0, 0},
                             LandmarkSpread{"knee", 0, 0, 0},
                             LandmarkSpread{"ankle", 0, 0, 0},
                             LandmarkSpread{"shoulder", 0, 0, 0},
                             LandmarkSpread{"elbow", 0, 0, 0},
                             LandmarkSpread{"mid_hip", .015, .030, .005},
                             LandmarkSpread{"neck", .040, .050, .010},
                             LandmarkSpread{"knee_lateral", .004, .004, .015},
                             LandmarkSpread{"knee_medial", .004, .004, .015},
                             LandmarkSpread{"ankle_lateral", .006, .005, .012},
                             LandmarkSpread{"ankle_medial", .006, .005, .012},
                             LandmarkSpread{"heel", .030, .030, .012},
                             LandmarkSpread{"toe", .030, .030, .025},
                             LandmarkSpread{"small_toe", .030, .030, .025},
                             LandmarkSpread{"mt1", .030, .030, .025},
                             LandmarkSpread{"mt2", .030, .030, .020},
                             LandmarkSpread{"mt5", .030, .030, .025},
                             LandmarkSpread{"acromion", .030, .030, .040},
                             LandmarkSpread{"c7", .040, .050, .015},
                             LandmarkSpread{"t7", .040, .080, .015},
                             LandmarkSpread{"t10", .040, .080, .015},
                             LandmarkSpread{"jugular_notch", .040, .050, .015},
                             LandmarkSpread{"clavicle", .040, .050, .030},
                             LandmarkSpread{"xiphoid", .040, .080, .015},
                             LandmarkSpread{"elbow_lateral", .006, .006, .015},
                             LandmarkSpread{"elbow_medial", .006, .006, .015},
                             LandmarkSpread{"wrist", .005, .030, .005},
                             LandmarkSpread{"wrist_radial", .030, .030, .030},
                             LandmarkSpread{"wrist_ulnar", .030, .030, .030},
                             LandmarkSpread{"wrist_marker", .030, .030, .030}};

constexpr double kClusterPlace_m =
    0.030;                              // of a cluster marker about its nominal place; our choice
constexpr double kFootPlace_m = 0.006;  // of a foot marker without a standing trial; RBDS: 5-8 mm

bool frame_of_pelvis(const std::string& landmark) {
  return landmark.starts_with("asis_") || landmark.starts_with("psis_") || landmark == "sacrum";
}

// The pelvis frame is made of its landmarks, so their place is the skeleton's, not the set's.
Vector3d nominal(const Skeleton& skeleton, const MarkerDef& marker) {
  if (frame_of_pelvis(marker.landmark)) return skeleton.landmark(marker.landmark).local_m;
  return *nominal_place(skeleton, marker);
}

struct PosePrior {
  std::string_view coordinate;  // without its side
  double standing_deg, standing_sd_deg, running_deg, running_sd_deg;
};
// Our choices: wide against what bodies do, so that they act only on what is weakly seen.
constexpr std::array kPose{
    PosePrior{"pelvis_tilt", -8, 30, -10, 15},   PosePrior{"pelvis_list", 0, 15, 0, 10},
    PosePrior{"pelvis_rotation", 0, 180, 0, 30}, PosePrior{"hip_flexion", 5, 20, 15, 35},
    PosePrior{"hip_adduction", 0, 10, 0, 10},    PosePrior{"hip_rotation", 0, 12, 0, 12},
    PosePrior{"knee_angle", 3, 10, 45, 40},      PosePrior{"ankle_angle", 3, 12, 5, 25},
    PosePrior{"subtalar_angle", 0, 8, 0, 10},    PosePrior{"mtp_angle", 0, 0.5, 0, 15},
    PosePrior{"lumbar_extension", 5, 20, 0, 20}, PosePrior{"lumbar_bending", 0, 8, 0, 10},
    PosePrior{"lumbar_rotation", 0, 10, 0, 15},  PosePrior{"arm_flex", 0, 40, 0, 40},
    PosePrior{"arm_add", -20, 40, -15, 20},      PosePrior{"arm_rot", 0, 45, 0, 40},
    PosePrior{"elbow_flex", 20, 40, 80, 40}};

std::string without_side(std::string_view name) {
  if (name.ends_with("_r") || name.ends_with("_l")) name.remove_suffix(2);
  return std::string(name);
}

}  // namespace

std::optional<Vector3d> landmark_sd(std::string_view landmark) {
  const std::string name = without_side(landmark);
  const auto it = std::find_if(kSpread.begin(), kSpread.end(),
                               [&](const LandmarkSpread& s) { return s.name == name; });
  if (it == kSpread.end()) return std::nullopt;
  return Vector3d(it->x, it->y, it->z);
}

std::optional<ProblemPoint> problem_point(const BodyProblem& problem, const MarkerDef& marker,
                                          bool standing) {
  if (!nominal_place(problem.base, marker)) return std::nullopt;
  ProblemPoint point;
  point.name = marker.label;
  point.segment = problem.base.segment(marker.segment);
  point.sigma_m = marker.sigma_m;
  point.nominal_m = nominal(problem.base, marker);
  point.nominal_sd_m = landmark_sd(marker.landmark).value_or(Vector3d::Constant(kClusterPlace_m));
  if (!standing && marker.segment.starts_with("calcn")) {
    point.nominal_sd_m = point.nominal_sd_m.cwiseMin(kFootPlace_m);
  }
  const auto n = static_cast<Eigen::Index>(problem.shape.size());
  point.nominal_by_shape.setZero(3, n);
  Eigen::VectorXd values(n);
  for (Eigen::Index k = 0; k < n; ++k)
    values[k] = problem.shape[static_cast<std::size_t>(k)].base_m;
  point.local_m = nominal(with_shape(problem.base, problem.shape, problem.values), marker);
  if (point.nominal_m.isZero(0.0)) return point;
  // Nominal places are linear in each length to first order; a hundredth of the length is a fair
  // step.
  for (Eigen::Index k = 0; k < n; ++k) {
    Eigen::VectorXd changed = values;
    const double step = 0.01 * values[k];
    changed[k] += step;
    const Skeleton other = with_shape(problem.base, problem.shape, changed);
    point.nominal_by_shape.col(k) = (nominal(other, marker) - point.nominal_m) / step;
  }
  return point;
}

void set_pose_prior(BodyProblem& problem, bool standing, View view) {
  const auto n = static_cast<Eigen::Index>(problem.base.coordinates.size());
  problem.pose_mean.setZero(n);
  problem.pose_sd.setZero(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    const Coordinate& coordinate = problem.base.coordinates[static_cast<std::size_t>(j)];
    if (!moves_within(coordinate, view)) continue;
    if (!coordinate.rotation) {
      problem.pose_sd[j] = 1000.0;  // m: where the body is says nothing about it
      continue;
    }
    const std::string name = without_side(coordinate.name);
    const auto it = std::find_if(kPose.begin(), kPose.end(),
                                 [&](const PosePrior& p) { return p.coordinate == name; });
    if (it == kPose.end()) continue;
    problem.pose_mean[j] = radians(standing ? it->standing_deg : it->running_deg);
    problem.pose_sd[j] = radians(standing ? it->standing_sd_deg : it->running_sd_deg);
  }
}

}  // namespace runmech
