// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/data/force_plate.hpp"

namespace runmech::detail {

/// Vertical force of a plate at the times of another one; where a plate has no data it carries
/// nothing.
[[nodiscard]] Eigen::VectorXd vertical_force_at(const ForcePlate& plate,
                                                const std::vector<double>& time_s);

}  // namespace runmech::detail
