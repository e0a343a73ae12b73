// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calibration_steps.hpp"
#include "runmech/skeleton/joint_centres.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// The pelvis as its worn landmarks measure it in a trial: medians over frames.
struct MeasuredPelvis {
  std::map<std::string, Eigen::Vector3d> landmarks_m;  ///< by name, pelvis frame
  Eigen::Vector3d hip_r_m = Eigen::Vector3d::Zero();   ///< by the regression, pelvis frame
  double sd_m = 0.0;                                   ///< of one axis of it
  std::string how;                                     ///< for people
};

/// Nothing where no frame shows both ASIS and (PSIS or sacrum).
[[nodiscard]] std::optional<MeasuredPelvis> measure_pelvis(const CalibrationInput& input,
                                                           const std::vector<Eigen::Index>& frames);

/// Gives the skeleton this pelvis: hip centres, ASIS, PSIS and sacrum.
void adopt_pelvis(Skeleton& skeleton, const MeasuredPelvis& pelvis);

}  // namespace runmech
