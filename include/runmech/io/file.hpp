// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace runmech {

/// A whole file in memory, already gunzipped.
struct FileBytes {
  std::string path;  ///< as given, UTF-8, for messages
  std::vector<unsigned char> bytes;

  /// The bytes as text, as they are: no byte order mark removed, no encoding assumed.
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

inline constexpr std::size_t kMaxFileBytes = std::size_t{2} << 30;  ///< our choice

/// Reads a regular file; gzip is recognised by its content, never by its name.
/// Unpacked data may take 100 times the packed size (but 64 MiB always may) and kMaxFileBytes at
/// most (our choice: recorded motion packs 3 to 10 times; more is a decompression bomb). Throws
/// IoError with the full path: not found, a folder, not a regular file, empty, too large, not
/// permitted, damaged gzip data.
[[nodiscard]] FileBytes load_file(const std::filesystem::path& path);

/// What `load_file` does to bytes already in memory: gunzips them where they are gzip.
[[nodiscard]] FileBytes unpacked(FileBytes file);

/// Writes a whole file beside its final name and renames it: a file of that name is never half
/// written, and nothing is left behind where it fails. Throws IoError.
void write_whole(const std::filesystem::path& path, std::string_view text);

/// A path as UTF-8 text for messages and notes; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string path_text(const std::filesystem::path& path);

/// Bytes as UTF-8: kept where they already are, else read as Latin-1 (labels and names of old
/// tools).
[[nodiscard]] std::string to_utf8(std::string_view bytes);

}  // namespace runmech
