// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Force plates of a C3D file, types 1 to 4 of c3d.org.

#include <string>

#include "c3d_layout.hpp"
#include "c3d_parameters.hpp"
#include "runmech/data/recording.hpp"

namespace runmech::c3d {

/// Reads all plates into `recording.plates`, in the file's axes: force on the runner, COP on the
/// plate's surface (NaN while |vertical force| is below 20 N, our choice: it is noise there), free
/// moment about the up axis. `up` is the file's up axis ("+z", ...) or empty: then it is the side
/// of each plate on which the markers are. Corrects and notes the sign of a plate whose force
/// points down; notes, and leaves in, the force of an unloaded plate. Notes what it cannot read.
void read_plates(const Bytes& bytes, const Layout& layout, const Parameters& parameters,
                 double point_unit_m, const std::string& up, Recording& recording);

}  // namespace runmech::c3d
