// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

namespace runmech {

/// "major.minor.patch" of the library, from the file VERSION.
[[nodiscard]] std::string_view version();

}  // namespace runmech
