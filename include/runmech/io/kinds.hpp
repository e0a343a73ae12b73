// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

#include "runmech/io/file.hpp"

namespace runmech {

/// What a file is, by its content.
enum class FileKind : std::uint8_t {
  trc,
  c3d,
  rbds_markers,
  rbds_forces,
  biomac_csv,
  keypoint_csv,
  openpose_json,
  mot,
  strength_csv,
  other,  ///< known or unknown, but not read
};

/// A file's kind with a name for people.
struct FileIdentity {
  FileKind kind = FileKind::other;
  std::string
      name;  ///< for people: "DeepLabCut CSV", "Excel xlsx", ...; empty where not recognised
};

/// Looks at the content alone, never at the name. Throws nothing for content of any kind.
[[nodiscard]] FileIdentity identify(const FileBytes& file);

}  // namespace runmech
