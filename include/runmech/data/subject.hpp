// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/core/names.hpp"

namespace runmech {

/// The runner. 0 means not stated; what needs it then answers "not observed" or uses a named prior.
struct Subject {
  double mass_kg = 0.0;    ///< 10..250 when stated
  double stature_m = 0.0;  ///< 0.5..2.6 when stated
  Sex sex = Sex::unknown;
  std::string name;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("mass_kg", self.mass_kg, "body mass in kg, 0 = not stated");
    f("stature_m", self.stature_m, "standing height in m, 0 = not stated");
    f("sex", self.sex, "chooses the inertial table: female, male or unknown (mean of both)");
    f("name", self.name, "shown in reports");
  }

  /// Throws InvalidArgument naming the field, its value and the allowed range.
  void validate() const;
};

}  // namespace runmech
