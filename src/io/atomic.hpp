// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <string_view>

namespace runmech {

/// Writes a whole file beside its final name and renames it: a file of that name is never half
/// written, and nothing is left behind where it fails. Throws IoError.
void write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace runmech
