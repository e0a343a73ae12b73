// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/joint_centres.hpp"

#include <Eigen/Geometry>
#include <array>
#include <cmath>

#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

constexpr std::array<Spelling<HipCentre>, 2> kHipCentres{
    {{HipCentre::harrington_2007, "harrington_2007"}, {HipCentre::rbds, "rbds"}}};

const Vector3d* find(const LandmarkPlaces& landmarks, const std::string& name) {
  const auto it = landmarks.find(name);
  return it == landmarks.end() || !it->second.allFinite() ? nullptr : &it->second;
}

std::string suffix(Side side) {
  return side == Side::right ? "_r" : "_l";
}

std::optional<JointCentre> between(const LandmarkPlaces& landmarks, Side side,
                                   const std::string& joint, const Skeleton& skeleton,
                                   const Vector3d& to_right, double sd_m) {
  const std::string s = suffix(side);
  const Vector3d* lateral = find(landmarks, joint + "_lateral" + s);
  const Vector3d* medial = find(landmarks, joint + "_medial" + s);
  const std::string place = joint == "knee" ? "epicondyles" : "malleoli";
  if (lateral != nullptr && medial != nullptr) {
    return JointCentre{0.5 * (*lateral + *medial), sd_m, "midway between the " + place};
  }
  const double half = std::abs(skeleton.landmark(joint + "_lateral" + s).local_m.z());
  if (lateral != nullptr) {
    return JointCentre{*lateral - sign(side) * half * to_right, 2.0 * sd_m,
                       "lateral marker and half a joint width for the stature"};
  }
  if (medial != nullptr) {
    return JointCentre{*medial + sign(side) * half * to_right, 2.0 * sd_m,
                       "medial marker and half a joint width for the stature"};
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(HipCentre value) {
  return spell<HipCentre>(kHipCentres, value);
}
HipCentre parse_hip_centre(std::string_view text) {
  return parse_spelling<HipCentre>(kHipCentres, "hip_centre", text);
}

std::optional<PelvisFrame> pelvis_frame(const LandmarkPlaces& landmarks) {
  const Vector3d* right = find(landmarks, "asis_r");
  const Vector3d* left = find(landmarks, "asis_l");
  const Vector3d* back_right = find(landmarks, "psis_r");
  const Vector3d* back_left = find(landmarks, "psis_l");
  const Vector3d* sacrum = find(landmarks, "sacrum");
  if (right == nullptr || left == nullptr) return std::nullopt;
  Vector3d back;
  if (back_right != nullptr && back_left != nullptr) {
    back = 0.5 * (*back_right + *back_left);
  } else if (sacrum != nullptr) {
    back = *sacrum;
  } else {
    return std::nullopt;
  }
  PelvisFrame out;
  out.origin_m = 0.5 * (*right + *left);
  out.width_m = (*right - *left).norm();
  out.depth_m = (out.origin_m - back).norm();
  const Vector3d z = (*right - *left).normalized();
  const Vector3d y = z.cross(out.origin_m - back).normalized();
  if (!y.allFinite() || y.norm() < 0.5) return std::nullopt;  // the landmarks lie on one line
  out.axes.col(0) = y.cross(z);
  out.axes.col(1) = y;
  out.axes.col(2) = z;
  return out;
}

JointCentre hip_centre(const PelvisFrame& pelvis, Side side, HipCentre method, double size) {
  const double width = pelvis.width_m;
  const double depth = pelvis.depth_m;
  const bool harrington = method == HipCentre::harrington_2007;
  const Vector3d local =
      harrington ? Vector3d(-0.24 * depth - 0.0099 * size, -0.30 * width - 0.0109 * size,
                            sign(side) * (0.33 * width + 0.0073 * size))
                 : Vector3d(-0.19 * width, -0.30 * width, sign(side) * 0.36 * width);
  // Harrington 2007 reports residuals of 4 to 7 mm per axis in adults and children.
  return {pelvis.origin_m + pelvis.axes * local, 0.006 * size,
          harrington ? "Harrington 2007 regression on pelvis width and depth"
                     : "RBDS authors' fractions of the ASIS distance"};
}

std::optional<JointCentre> hip_centre_by_trochanters(const LandmarkPlaces& landmarks, Side side) {
  const Vector3d* own = find(landmarks, "gtr" + suffix(side));
  const Vector3d* other = find(landmarks, "gtr" + suffix(opposite(side)));
  if (own == nullptr || other == nullptr) return std::nullopt;
  return JointCentre{*own + 0.25 * (*other - *own), 0.025,
                     "a quarter of the way between the trochanters: no ASIS and PSIS here"};
}

std::optional<JointCentre> knee_centre(const LandmarkPlaces& landmarks, Side side,
                                       const Skeleton& skeleton, const Vector3d& to_right) {
  return between(landmarks, side, "knee", skeleton, to_right, 0.006);
}

std::optional<JointCentre> ankle_centre(const LandmarkPlaces& landmarks, Side side,
                                        const Skeleton& skeleton, const Vector3d& to_right) {
  return between(landmarks, side, "ankle", skeleton, to_right, 0.004);
}

}  // namespace runmech
