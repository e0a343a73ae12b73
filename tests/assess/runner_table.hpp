// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <string>

#include "runmech/data/metric_table.hpp"
#include "runmech/data/strength_trials.hpp"
#include "runmech/data/subject.hpp"

namespace runmech::test {

/// A metric table written by hand: what assess and compare read.
struct Runner {
  double speed = 3.0;
  double cadence = 166.0;
  double contact = 0.245;
  double lean = 7.0;
  double knee_lift = 31.0;
  double reach = 0.200;
  double shank = 8.2;
  double drop_left = 5.5;
  double drop_right = 5.5;
  int strides = 20;
};

inline Runner miss_x() {
  Runner r;
  r.cadence = 158;
  r.lean = 13.0;
  r.knee_lift = 24.5;
  r.reach = 0.245;
  r.shank = 12.2;
  r.drop_left = 6.0;
  r.drop_right = 10.8;
  return r;
}

inline void add(MetricTable& table, const std::string& metric, const std::string& unit, double left,
                double right, double sd, double spread, int n) {
  for (const auto& [side, value] :
       {std::pair{RowSide::left, left}, std::pair{RowSide::right, right},
        std::pair{RowSide::both, 0.5 * (left + right)}}) {
    for (int k = 0; side != RowSide::both && k < n; ++k) {
      const double swing = spread * std::sin(2.4 * k);
      table.rows.push_back(
          {metric, side, k, 0.7 * k, value + swing, sd, NAN, 1, unit, MetricStatus::ok, ""});
    }
    table.rows.push_back({metric, side, MetricRow::kSummary, NAN, value, sd, spread,
                          side == RowSide::both ? 2 * n : n, unit, MetricStatus::ok, ""});
  }
}

inline MetricTable table_of(const Runner& r) {
  MetricTable table;
  table.context.speed_m_s = r.speed;
  table.context.speed_sd_m_s = 0.03;
  table.context.surface = Surface::treadmill;
  table.context.detector = "force";
  const int n = r.strides;
  add(table, "cadence", "steps/min", r.cadence, r.cadence, 0.6, 3.3, n);
  add(table, "contact_time", "s", r.contact, r.contact, 0.003, 0.005, n);
  add(table, "trunk_lean", "deg", r.lean, r.lean, 1.1, 1.0, n);
  add(table, "knee_lift", "deg", r.knee_lift, r.knee_lift, 1.55, 1.1, n);
  add(table, "overstride", "m", r.reach, r.reach, 0.009, 0.011, n);
  add(table, "shank_angle_contact", "deg", r.shank, r.shank, 1.5, 1.4, n);
  add(table, "pelvic_drop", "deg", r.drop_left, r.drop_right, 1.1, 0.7, n);
  return table;
}

inline StrengthTrials strength_trials(double left, double right) {
  StrengthTrials trials;
  for (int k = 0; k < 3; ++k) {
    trials.push_back({"hip_abduction", Side::left, k + 1, left + 0.4 * (k - 1), "kgf"});
    trials.push_back({"hip_abduction", Side::right, k + 1, right + 0.3 * (k - 1), "kgf"});
  }
  return trials;
}

inline Subject of_mass(double kg) {
  Subject subject;
  subject.mass_kg = kg;
  return subject;
}

}  // namespace runmech::test
