// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "runmech/core/names.hpp"
#include "templates.hpp"

namespace runmech::synth {

/// One contact of one foot and how its foot lands beside the plan.
struct Contact {
  Side side = Side::right;
  double on_s = 0.0;
  double off_s = 0.0;
  double sideways_m = 0.0;  ///< outwards
  [[nodiscard]] double length_s() const { return off_s - on_s; }
};

/// Contacts of alternating sides from two strides before start_s to two strides after end_s.
/// `variation` 1 = as much as a real runner, 0 = none.
[[nodiscard]] std::vector<Contact> contacts_between(const Templates& templates, double start_s,
                                                    double end_s, double variation,
                                                    std::uint64_t seed);

/// Cycle phase as a smooth function of time, increasing by 1 per stride, through given points.
class Phase {
 public:
  void add(double time_s, double phase);
  [[nodiscard]] double at(double t_s) const;

 private:
  std::vector<double> time_s_, phase_;
};

/// The phase of one leg: whole numbers at its foot strikes, `toe_off` beyond them at its toe-offs.
[[nodiscard]] Phase leg_phase(const std::vector<Contact>& contacts, Side side, double toe_off);
/// The phase of the trunk: whole numbers at right foot strikes, halves at left ones.
[[nodiscard]] Phase trunk_phase(const std::vector<Contact>& contacts);

}  // namespace runmech::synth
