// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "runmech/data/recording.hpp"

namespace runmech {

/// What a file says about time, row by row.
struct ClockSource {
  std::vector<double> time_s;       ///< as stored, NaN where blank; may be empty
  std::vector<double> frame;        ///< frame numbers as stored; may be empty
  std::vector<std::uint32_t> line;  ///< of each row in the file, for messages; may be empty
  int decimals = 15;                ///< digits after the point that the times were written with
  double stated_rate_hz = 0.0;      ///< of the header, 0 = none
  double given_rate_hz = 0.0;       ///< of the caller, 0 = none; wins
};

/// Decides the clock of a recording with `rows` rows: the caller's rate, else the stored times,
/// else the stated rate. Times rounded to a grid that hides an even clock are spaced evenly again.
/// Sets recording.time_s, notes what was odd, and returns the rows that are kept (repeated and
/// backward times are dropped). Throws InvalidArgument naming rate_hz where the file gives no clock
/// at all, IoError where more than a tenth of the times run backward.
[[nodiscard]] std::vector<Eigen::Index> set_clock(const std::string& path, Eigen::Index rows,
                                                  const ClockSource& source, Recording& recording);

}  // namespace runmech
