// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"
#include "runner.hpp"

namespace runmech::synth {

/// What the library should find in one stride, from the exact pose; the metrics' units.
struct StrideValues {
  double cadence_spm, contact_s, flight_s, duty_factor, step_length_m, oscillation_m;
  double trunk_lean_deg, knee_lift_deg, hip_extension_deg, knee_contact_deg;
  double overstride_m, shank_contact_deg, pelvic_drop_deg;
};

/// The stride that contact k opens. Needs contacts k - 1 .. k + 2.
[[nodiscard]] StrideValues stride_values(const Runner& runner, std::size_t k);

/// One row per metric and stride inside [start_s, end_s], and summaries per side and of both.
[[nodiscard]] MetricTable exact_metrics(const Runner& runner, double start_s, double end_s);

/// First and last contacts inside [start_s, end_s].
[[nodiscard]] GaitEvents exact_events(const Runner& runner, double start_s, double end_s);

}  // namespace runmech::synth
