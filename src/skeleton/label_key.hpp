// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cctype>
#include <string>
#include <string_view>

namespace runmech {

/// A label without what people spell differently: case, spaces, dots, dashes, underscores, and a
/// `Subject:` prefix.
inline std::string label_key(std::string_view label) {
  if (const auto colon = label.rfind(':'); colon != std::string_view::npos) {
    label.remove_prefix(colon + 1);
  }
  std::string out;
  for (const char c : label) {
    if (c == ' ' || c == '.' || c == '-' || c == '_') continue;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace runmech
