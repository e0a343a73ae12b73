// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/data/recording.hpp"

namespace runmech {

/// The frames in which the person stands still, and where the points are in them.
struct StillPose {
  bool still = false;  ///< enough of the recording is still to stand for a pose
  std::vector<Eigen::Index> frames;
  Points mean_m;  ///< n_points x 3: median over those frames, NaN if never seen
};

/// Still: the points in `columns` move by less than 6 % of `height_m` per second (our choice: 5
/// cm/s for an adult, above the sway of standing and marker noise, a twentieth of any running).
[[nodiscard]] StillPose find_still_pose(const Recording& recording, const std::vector<int>& columns,
                                        double height_m);

}  // namespace runmech
