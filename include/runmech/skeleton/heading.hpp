// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {

/// Which way is up and which way the runner faces, in the axes of the recording.
struct Heading {
  Eigen::Vector3d up = Eigen::Vector3d::Zero();  ///< unit; zero when not found
  Eigen::Vector3d forward =
      Eigen::Vector3d::Zero();  ///< unit, at right angles to up; zero when not found
  double confidence = 0.0;  ///< 0..1; below kUsableHeading the caller must ask for the direction
  double speed_m_s = 0.0;   ///< pelvis against the lower foot, flight included: some 15 % low
  bool mirrored = false;    ///< left and right lie the wrong way round for everything else seen
  std::string how;          ///< what it rests on, for people
};

inline constexpr double kUsableHeading = 0.5;  ///< our choice

/// Heading from the body itself, whatever axes positions_m is in (metres; any handed-right frame):
/// up from the feet to the pelvis and head (without feet: from the legs to the pelvis, or out of
/// the plane of ASIS and PSIS, and only where that comes within 25 deg of a file axis); forward
/// from left to right sides, PSIS to ASIS, heel to toe, back to chest and face, the side to which
/// knees bend, and the pelvis moving past the foot on the ground (true on a treadmill and on a
/// slope). Directions within 25 deg (up) and 8 deg (forward) of a file axis are taken as that axis
/// (our choice): laboratories align theirs with gravity and belt.
///
/// `up`: where it is known, else inferred. A recording flat in one axis (2D keypoints seen from the
/// side) gives its forward within the picture. Never throws; what is not seen has confidence 0.
[[nodiscard]] Heading infer_heading(const Recording& recording, const MarkerSet& set,
                                    const std::optional<Eigen::Vector3d>& up = std::nullopt);

}  // namespace runmech
