// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>
#include <vector>

#include "runmech/io/file.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Reads markers in the text layout of the Running Biomechanics Data Set (Fukuchi 2017): tabs, one
/// header line `Time R.ASISX R.ASISY R.ASISZ ...`, seconds rounded to ms, millimetres, blank =
/// missing; X forward, Y up, Z right. Throws IoError naming line and column.
[[nodiscard]] RawRecording read_rbds(const FileBytes& file, const ReadOptions& options = {});

/// Reads forces of the same data set: `Time Fx Fy Fz COPx COPy COPz Ty`, where Time is the SAMPLE
/// NUMBER 1, 2, ... at 300 Hz (options.rate_hz overrides), N, mm, N mm. Small forces are stored as
/// 0: the plate's dead_band_n tells up to what. Force on the runner; X forward, Y up, Z right.
[[nodiscard]] std::vector<ForcePlate> read_rbds_forces(const FileBytes& file,
                                                       const ReadOptions& options = {});

/// True where the header line is that of such a file.
[[nodiscard]] bool is_rbds(std::string_view text);
[[nodiscard]] bool is_rbds_forces(std::string_view text);

}  // namespace runmech
