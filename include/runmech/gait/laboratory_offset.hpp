// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>

#include "runmech/data/gait_events.hpp"

namespace runmech {

/// A constant between the clock of the markers and that of the force, as the events tell it.
struct LaboratoryOffset {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  double offset_s = kNaN;  ///< to be added to the detector's times: Runmech::laboratory_offset_s
  double sd_s = kNaN;      ///< of it, from the scatter; NaN with fewer than three matched events
  int n = 0;               ///< matched events
};

/// Where the laboratory differs from the one that `runmech` learnt in: middle of the mean
/// differences of foot strikes and of toe-offs, so that an error of contact time is not taken for
/// it. What four other laboratories showed: 4.5 ms, SD 2.5 (a study before this library); contact
/// times do not change. Events are matched within 50 ms per side; any few plate hits of one session
/// do.
[[nodiscard]] LaboratoryOffset laboratory_offset(const GaitEvents& found, const GaitEvents& force);

inline constexpr double kOtherLaboratories_s = 0.0045;

}  // namespace runmech
