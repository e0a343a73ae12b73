// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "runmech/core/names.hpp"

namespace runmech {

/// One attempt of one strength test on one side, as measured: `test,side,trial,value,unit`.
struct StrengthTrial {
  std::string test;  ///< hip_abduction, hip_extension, heel_raise, ...
  Side side = Side::left;
  int trial = 1;
  double value = 0.0;  ///< NaN = not available
  std::string unit;    ///< kgf, N, Nm, Nm/kg, reps, s, cm, ...
};

using StrengthTrials = std::vector<StrengthTrial>;

}  // namespace runmech
