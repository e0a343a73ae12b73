// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/recording.hpp"
#include "text.hpp"

namespace runmech::text {

/// How the rows of numbers of one file are written.
struct RowFormat {
  char separator = '\t';
  std::size_t columns = 0;       ///< cells kept of each row
  std::size_t text_columns = 0;  ///< leading cells that may hold anything; stored as 0
};

/// Rows of numbers; a blank or nan cell is NaN.
struct Rows {
  std::size_t columns = 0;
  std::size_t count = 0;
  std::vector<double> values;        ///< count x columns, row after row
  std::vector<std::uint32_t> lines;  ///< line number of each row
  std::vector<std::uint32_t> cells;  ///< cells each row really had
  std::size_t short_rows = 0;        ///< ended before the last column
  std::size_t long_rows = 0;         ///< had more non-blank cells than columns
  std::size_t blank_lines = 0;       ///< between rows
  std::size_t infinite_cells = 0;
  bool decimal_comma = false;
  bool cut_row_dropped = false;    ///< the file ended inside the last row
  int second_column_decimals = 0;  ///< most digits after the point in columns 0 and 1
  int first_column_decimals = 0;

  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return values[row * columns + column];
  }
  [[nodiscard]] std::size_t line(std::size_t row) const { return lines[row]; }
};

/// Reads `first` (the line `lines` gave last) and all lines after it. Throws IoError naming line
/// and column of the first cell that is no number; `names` (may be empty) puts the column's name to
/// it. Memory stays within 40 times the text: rows much shorter than the header promises are
/// refused.
[[nodiscard]] Rows read_rows(const std::string& path, std::string_view first, Lines& lines,
                             std::size_t text_size, const RowFormat& format,
                             const std::vector<std::string>& names);

/// Puts what read_rows saw into the notes: short and long rows, blank lines, commas, infinities.
void note_rows(const Rows& rows, Recording& recording);

/// Warns that the file ended inside its last row.
void note_cut_row(Recording& recording);

/// True where the line could be a row of numbers: its first two cells (one, where it has no more)
/// are numbers, the first of them at least.
[[nodiscard]] bool looks_like_row(std::string_view line, char separator);

}  // namespace runmech::text
