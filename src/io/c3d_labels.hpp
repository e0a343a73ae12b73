// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Which of a C3D file's points are markers, and what they are called.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "c3d_parameters.hpp"
#include "runmech/data/recording.hpp"

namespace runmech::c3d {

struct Markers {
  std::vector<std::size_t> columns;  ///< index among the file's points
  std::vector<std::string> labels;   ///< unique, same order
};

/// Names the points, leaves out model outputs and unlabelled trajectories, strips the subject's
/// prefix (to `recording.subject`) and makes duplicates unique; each of these is noted.
[[nodiscard]] Markers choose_markers(const Parameters& parameters, std::size_t points,
                                     Recording& recording);

}  // namespace runmech::c3d
