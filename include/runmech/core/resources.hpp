// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runmech {

/// A data file of the library, embedded at build time: "skeleton/running.json",
/// "assess/finding_rules.json", ... Throws InvalidArgument listing what exists.
[[nodiscard]] std::string_view resource(std::string_view name);

/// Names of all embedded data files, sorted.
[[nodiscard]] std::vector<std::string> resource_names();

/// The file at `path` where one is given, else the embedded one: how a site replaces a marker set,
/// a reference band or a rule. Throws IoError for a file that cannot be read.
[[nodiscard]] std::string resource_or_file(std::string_view name, const std::string& path);

}  // namespace runmech
