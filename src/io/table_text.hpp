// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "rows.hpp"
#include "runmech/io/file.hpp"

namespace runmech::text {

/// A table with one header line of names over rows of numbers.
struct HeadedTable {
  std::vector<std::string> names;
  Rows rows;
};

/// Reads it whatever separates the columns. Throws IoError: no header, no rows, a cell that is no
/// number.
[[nodiscard]] HeadedTable read_headed_table(const FileBytes& file);

/// The same, from the header line on: `lines` has just given `header`.
[[nodiscard]] HeadedTable read_headed_table(const FileBytes& file, std::string_view header,
                                            Lines& lines);

/// Times of every row, from one column.
[[nodiscard]] std::vector<double> column_of(const Rows& rows, std::size_t column);

}  // namespace runmech::text
