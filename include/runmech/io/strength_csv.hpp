// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <string_view>

#include "runmech/data/strength_trials.hpp"
#include "runmech/io/file.hpp"

namespace runmech {

/// Reads strength tests from a csv with the columns test, side, trial, value, unit (in any order;
/// trial may lack: then counted). Separated by comma, semicolon or tab; with the last two, decimal
/// commas are read as decimal points. side is left or right (l, r, links, rechts, gauche, droite
/// and capitals allowed). A blank or nan value is kept as not available. Throws IoError naming line
/// and column.
[[nodiscard]] StrengthTrials read_strength(const std::filesystem::path& path);
[[nodiscard]] StrengthTrials read_strength(const FileBytes& file);

/// True where the first line that is not blank names test, side and value.
[[nodiscard]] bool is_strength_csv(std::string_view text);

}  // namespace runmech
