// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>

#include "runmech/core/names.hpp"

namespace runmech::detail {

/// score = row . component; event - anchor = intercept + slope * score, in frames of 200 Hz.
struct OsisModel {
  Eigen::VectorXd component;  ///< 284: foot, ankle, knee, hip, 71 samples each
  double slope = 0.0;
  double intercept = 0.0;
};

/// Coefficients of osis_2014_refitted, from gait/osis_2014_refitted.json.
[[nodiscard]] const OsisModel& osis_model(EventType type);

}  // namespace runmech::detail
