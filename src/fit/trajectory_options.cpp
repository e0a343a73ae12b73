// SPDX-License-Identifier: BSD-3-Clause
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"
#include "runmech/fit/trajectory.hpp"

namespace runmech {
namespace {

constexpr Spelling<TrajectorySolver> kSolverNames[]{{TrajectorySolver::banded, "banded"},
                                                    {TrajectorySolver::ceres, "ceres"}};

}  // namespace

std::string_view to_string(TrajectorySolver v) {
  return spell<TrajectorySolver>(kSolverNames, v);
}
TrajectorySolver parse_trajectory_solver(std::string_view text) {
  return parse_spelling<TrajectorySolver>(kSolverNames, "solver", text);
}

std::vector<SegmentScale> usual_lengths(const Skeleton& skeleton) {
  std::vector<SegmentScale> out;
  for (const std::string stem : {"tibia", "talus", "ulna"}) {  // each ends the segment above it
    SegmentScale scale;
    for (const Segment& segment : skeleton.segments) {
      const bool side = segment.name == stem + "_r" || segment.name == stem + "_l";
      if (side && segment.parent >= 0 && segment.origin_m.norm() > 0.0) {
        scale.segments.push_back(segment.name);
      }
    }
    if (!scale.segments.empty()) out.push_back(std::move(scale));
  }
  return out;
}

void TrajectoryOptions::validate() const {
  const auto need = [](bool good, const char* name, double value, const char* allowed) {
    if (!good) {
      throw InvalidArgument(std::string(name) + " is " + printed(value) + "; allowed: " + allowed);
    }
  };
  need(loss_scale >= 0.0, "loss_scale", loss_scale, "0 or more");
  need(knot_spacing_s > 0.0 && knot_spacing_s <= 1.0, "knot_spacing_s", knot_spacing_s,
       "greater than 0, to 1");
  need(degree >= 3 && degree <= 5, "degree", degree, "3 to 5");
  need(limit_sd_deg >= 0.0, "limit_sd_deg", limit_sd_deg, "0 or more");
  need(place_sd_m > 0.0 && place_sd_m <= 0.1, "place_sd_m", place_sd_m, "greater than 0, to 0.1");
  need(max_iterations >= 1 && max_iterations <= 1000, "max_iterations", max_iterations,
       "1 to 1000");
  need(cost_tolerance > 0.0 && cost_tolerance < 1.0, "cost_tolerance", cost_tolerance,
       "greater than 0, below 1");
  need(num_threads >= 1 && num_threads <= 256, "num_threads", num_threads, "1 to 256");
  need(memory_mb > 0.0, "memory_mb", memory_mb, "greater than 0");
}

}  // namespace runmech
