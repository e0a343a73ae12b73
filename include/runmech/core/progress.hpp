// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string_view>

#include "runmech/core/errors.hpp"

namespace runmech {

/// Told the fraction done (0..1) and the stage of a long call; returning false cancels the call,
/// which then throws Cancelled. What the callback throws reaches the caller.
using Progress = std::function<bool(double fraction, std::string_view stage)>;

inline void report(const Progress& progress, double fraction, std::string_view stage) {
  if (progress && !progress(fraction, stage)) throw Cancelled();
}

}  // namespace runmech
