// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "runmech/io/file.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Reads markers from TRC text as any tool writes it: five header lines or four, with or without a
/// blank line, tabs, commas, semicolons or blanks, any line end, a byte order mark, counts that are
/// wrong. Missing = blank cell, any spelling of nan, or 0,0,0. The file says nothing about its
/// axes. Uses options.rate_hz and options.unit. Throws IoError naming the line: no names, no rows,
/// a cell that is no number, a cut header.
[[nodiscard]] RawRecording read_trc(const FileBytes& file, const ReadOptions& options = {});

/// True where the text starts like a TRC file.
[[nodiscard]] bool is_trc(std::string_view text);

/// How write_trc writes.
struct TrcOptions {
  std::string unit = "m";  // see fields()

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("unit", self.unit, "length unit of the written values: m or mm");
  }
};

/// Writes markers as TRC (tabs, X Y Z as in the recording, missing = blank), aside first and then
/// renamed. Values read back to the same double. Throws IoError, InvalidArgument for another unit
/// or names that hold tabs or line ends.
void write_trc(const std::filesystem::path& path, const Recording& recording,
               const TrcOptions& options = {});

}  // namespace runmech
