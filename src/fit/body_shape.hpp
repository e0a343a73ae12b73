// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// One length of the body and what it moves: origins of segments, linearly.
struct ShapeParameter {
  std::string name;
  double base_m = 0.0;       ///< in the skeleton it was made from
  double relative_sd = 0.0;  ///< of the prior about the base, as a fraction of it; 0: held there
  struct Move {
    int segment;
    Eigen::Vector3d direction;  ///< d(origin_m)/d(value)
  };
  std::vector<Move> moves;
  int mirror = -1;  ///< the same length of the other side
};

/// The lengths that a calibration may change. `stature_known` narrows the priors.
[[nodiscard]] std::vector<ShapeParameter> body_shape(const Skeleton& base, bool stature_known);

/// The skeleton with these lengths; landmarks, centres of mass and inertia scale with their
/// segment.
[[nodiscard]] Skeleton with_shape(const Skeleton& base, const std::vector<ShapeParameter>& shape,
                                  const Eigen::VectorXd& values);

}  // namespace runmech
