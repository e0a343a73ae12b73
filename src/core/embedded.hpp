// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>

namespace runmech {

struct EmbeddedFile {
  const char* name;
  const unsigned char* bytes;
  std::size_t size;
};

/// Written at build time by cmake/embed.cmake from src/*/data/*, sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace runmech
