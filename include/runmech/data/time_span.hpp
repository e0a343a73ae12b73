// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace runmech {

/// A stretch of time, both ends included.
struct TimeSpan {
  double start_s = 0.0;
  double end_s = 0.0;
};

}  // namespace runmech
