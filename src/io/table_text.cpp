// SPDX-License-Identifier: BSD-3-Clause
#include "table_text.hpp"

#include "runmech/core/errors.hpp"

namespace runmech::text {

HeadedTable read_headed_table(const FileBytes& file, std::string_view header, Lines& lines) {
  HeadedTable out;
  const char separator = separator_of(header);
  std::vector<std::string_view> cells;
  split(header, separator, cells);
  while (!cells.empty() && trim(cells.back()).empty()) cells.pop_back();
  if (cells.empty()) {
    throw IoError(file.path, "line " + std::to_string(lines.number()), "no column has a name");
  }
  for (const auto cell : cells) out.names.push_back(to_utf8(trim(cell)));
  std::string_view line;
  if (!lines.next_filled(line)) {
    throw IoError(file.path, "line " + std::to_string(lines.number()),
                  "the file has a header but no rows");
  }
  out.rows = read_rows(file.path, line, lines, file.bytes.size(), {separator, out.names.size()},
                       out.names);
  if (out.rows.count == 0) {
    throw IoError(file.path, "line " + std::to_string(lines.number()),
                  "the file has a header but no rows");
  }
  return out;
}

HeadedTable read_headed_table(const FileBytes& file) {
  Lines lines(file.text(), file.path);
  std::string_view line;
  if (!lines.next_filled(line)) throw IoError(file.path, "line 1", "the file holds no text");
  return read_headed_table(file, line, lines);
}

std::vector<double> column_of(const Rows& rows, std::size_t column) {
  std::vector<double> out(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) out[i] = rows.at(i, column);
  return out;
}

}  // namespace runmech::text
