// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "rows.hpp"
#include "runmech/io/raw.hpp"

namespace runmech {

/// Metres in one unit of the file: the caller's word, else the header's, else 1 mm or 1 m later by
/// body size (raw.unit_stated = false). Notes what it took. Throws IoError for an unknown word.
[[nodiscard]] double length_unit(const std::string& path, const std::string& given,
                                 const std::string& stated, RawRecording& raw);

/// Fills positions_m from the triples that start at column `first`, one per label, for the kept
/// rows. A point is missing (NaN on all axes) where any of the three is or is kNoValue, or where
/// all three are 0; both are counted in the notes by label.
void fill_points(const text::Rows& rows, std::size_t first, double scale,
                 const std::vector<Eigen::Index>& kept, Recording& recording);

}  // namespace runmech
