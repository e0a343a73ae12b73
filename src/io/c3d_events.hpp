// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "c3d_layout.hpp"
#include "c3d_parameters.hpp"
#include "runmech/data/recording.hpp"

namespace runmech::c3d {

/// Events of the EVENT group, or of the header block where that group has none, sorted by time, on
/// the recording's clock. EVENT:TIMES are whole minutes and seconds after frame 1 of the recording
/// (c3d.org), in a 2 x n list or the same numbers in one row; header events count from the first
/// stored frame.
void read_events(const Header& header, const Parameters& parameters, const Layout& layout,
                 Recording& recording);

}  // namespace runmech::c3d
