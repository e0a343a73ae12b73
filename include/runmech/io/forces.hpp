// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/io/read_options.hpp"
#include "runmech/io/table.hpp"

namespace runmech {

/// Reads force plates from an OpenSim MOT/STO file (any naming: ground_force_vx, 1_ground_force_vy,
/// R_ground_force_pz, ground_force1_vx, ...), RBDS force text, BioMAC csv or C3D. Force on the
/// runner in newtons, COP in metres, both still in the FILE's axes: attach_forces turns them as the
/// points of their recording were turned. COP is NaN where the plate is unloaded or the writer
/// stored 0,0,0. Throws IoError where the file holds no forces.
[[nodiscard]] std::vector<ForcePlate> read_forces(const std::filesystem::path& path,
                                                  const ReadOptions& options = {});

/// Adds plates in the axes of the recording's own file to it: turns them as its points were turned,
/// corrects a vertical force with the wrong sign (noted), cuts nothing. Throws InvalidArgument
/// where the two share no time.
void attach_forces(Recording& recording, std::vector<ForcePlate> plates);

/// The plates that a table's column names speak of; empty where there are none.
[[nodiscard]] std::vector<ForcePlate> plates_of(const Table& table);

}  // namespace runmech
