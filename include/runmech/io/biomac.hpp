// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

#include "runmech/io/file.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Reads a BioMAC csv: columns `time:time[s]`, `marker:C7_x[mm]`, `GRF:GRF_x_r[BW%]`,
/// `CoP:CoP_x_r[m]`, ...; each with its own unit; Y up. Forces in % body weight become newtons
/// where options.mass_kg is given, else they are left out and that is said. Throws IoError naming
/// line and column.
[[nodiscard]] RawRecording read_biomac(const FileBytes& file, const ReadOptions& options = {});
[[nodiscard]] bool is_biomac(std::string_view text);

}  // namespace runmech
