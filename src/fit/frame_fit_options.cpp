// SPDX-License-Identifier: BSD-3-Clause
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/fit/frame_fit.hpp"

namespace runmech {

void FrameFitOptions::validate() const {
  const auto need = [](bool good, const char* name, double value, const char* allowed) {
    if (!good) {
      throw InvalidArgument(std::string(name) + " is " + printed(value) + "; allowed: " + allowed);
    }
  };
  need(loss_scale >= 0.0, "loss_scale", loss_scale, "0 or more");
  need(max_iterations >= 1 && max_iterations <= 1000, "max_iterations", max_iterations,
       "1 to 1000");
  need(step_tolerance_sd > 0.0, "step_tolerance_sd", step_tolerance_sd, "greater than 0");
  need(hold_sd_deg > 0.0, "hold_sd_deg", hold_sd_deg, "greater than 0");
  need(limit_sd_deg >= 0.0, "limit_sd_deg", limit_sd_deg, "0 or more");
  need(undetermined_sd_deg > 0.0, "undetermined_sd_deg", undetermined_sd_deg, "greater than 0");
  need(max_rms_sigmas > 0.0, "max_rms_sigmas", max_rms_sigmas, "greater than 0");
  need(max_turn_deg_s > 0.0, "max_turn_deg_s", max_turn_deg_s, "greater than 0");
  need(max_travel_m_s > 0.0, "max_travel_m_s", max_travel_m_s, "greater than 0");
}

std::vector<CoordinateStatus> coordinate_locks(const Skeleton& skeleton,
                                               const std::vector<bool>& recorded, View view) {
  std::vector<int> below(skeleton.segments.size(), 0);  // recorded markers on a segment and below
  for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
    if (!recorded[k]) continue;
    for (int s = skeleton.markers[k].at.segment; s >= 0; s = skeleton.segments[s].parent)
      ++below[s];
  }
  std::vector<CoordinateStatus> locks;
  for (const Coordinate& c : skeleton.coordinates) {
    const int n = below[c.segment];
    const bool locked = c.locked || !moves_within(c, view) || n < c.rigid_below;
    locks.push_back(locked   ? CoordinateStatus::locked
                    : n == 0 ? CoordinateStatus::undetermined
                             : CoordinateStatus::observed);
  }
  return locks;
}

}  // namespace runmech
