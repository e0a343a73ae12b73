// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// Starting poses for a frame without a predecessor: a few postures of running, each laid over the
/// markers as one rigid body (Kabsch 1976, re-weighted so that stray markers do not count), once by
/// all markers and, where it carries enough of them, by those of the root segment. The runner may
/// face any way. `free`: coordinates that may move; `weight` 0 marks an unseen marker. Empty when
/// the markers do not fix a rigid body.
[[nodiscard]] std::vector<Eigen::VectorXd> rough_poses(const Skeleton& skeleton,
                                                       const std::vector<bool>& free,
                                                       const double* measured_m,
                                                       const std::vector<double>& weight,
                                                       View view);

}  // namespace runmech
