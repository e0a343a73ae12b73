// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "runmech/core/names.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// Places of landmarks by name in one pose, world, metres.
using LandmarkPlaces = std::map<std::string, Eigen::Vector3d, std::less<>>;

/// The pelvis as its landmarks give it: origin midway between the ASIS, Z from left to right ASIS,
/// X forward in the plane of both ASIS and the midpoint of the PSIS (or the sacrum), Y up (ISB).
struct PelvisFrame {
  Eigen::Vector3d origin_m;
  Eigen::Matrix3d axes;  ///< columns X Y Z, world
  double width_m;        ///< between the ASIS
  double depth_m;        ///< midpoint of the ASIS to midpoint of the PSIS
};
/// Nothing where both ASIS and (PSIS or sacrum) are not all there.
[[nodiscard]] std::optional<PelvisFrame> pelvis_frame(const LandmarkPlaces& landmarks);

/// Regressions for the hip joint centre.
enum class HipCentre : std::uint8_t {
  harrington_2007,  ///< PW and PD only: -0.24 PD - 9.9, -0.30 PW - 10.9, 0.33 PW + 7.3 mm
  rbds,             ///< -0.19, -0.30, 0.36 of the ASIS distance, as the RBDS authors' model has it
};
[[nodiscard]] std::string_view to_string(HipCentre);
[[nodiscard]] HipCentre parse_hip_centre(std::string_view);

/// A joint centre and where it came from.
struct JointCentre {
  Eigen::Vector3d position_m;  ///< world
  double sd_m = 0.0;           ///< of one axis, of the method
  std::string how;             ///< for people
};

/// Harrington et al. 2007 (doi:10.1016/j.jbiomech.2006.02.003) or the RBDS authors' own. The
/// constants of the former grow with the body: as published at `size` 1 (skeleton/body_size.hpp).
[[nodiscard]] JointCentre hip_centre(const PelvisFrame& pelvis, Side side, HipCentre method,
                                     double size = 1.0);

/// Without a pelvis frame: a quarter of the way from one greater trochanter to the other. 30 mm
/// lower and 12 mm further back than regressions from the pelvis (14 RBDS runners): a last resort.
[[nodiscard]] std::optional<JointCentre> hip_centre_by_trochanters(const LandmarkPlaces& landmarks,
                                                                   Side side);

/// Between the two condyle (malleolus) markers; with the lateral one alone half a joint width of
/// `skeleton` inward along `to_right`, the runner's right.
[[nodiscard]] std::optional<JointCentre> knee_centre(const LandmarkPlaces& landmarks, Side side,
                                                     const Skeleton& skeleton,
                                                     const Eigen::Vector3d& to_right);
[[nodiscard]] std::optional<JointCentre> ankle_centre(const LandmarkPlaces& landmarks, Side side,
                                                      const Skeleton& skeleton,
                                                      const Eigen::Vector3d& to_right);

}  // namespace runmech
