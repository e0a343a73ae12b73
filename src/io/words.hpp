// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace runmech::text {

/// A number for notes and messages: at most six significant digits, "." whatever the locale.
[[nodiscard]] std::string decimal(double value);

/// A number for files: the shortest text that reads back as the same double; "nan" where missing.
void append_number(std::string& out, double value);

}  // namespace runmech::text
