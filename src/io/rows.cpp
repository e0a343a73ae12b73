// SPDX-License-Identifier: BSD-3-Clause
#include "rows.hpp"

#include <algorithm>
#include <limits>

#include "runmech/core/errors.hpp"

namespace runmech::text {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// A blank cell takes one byte as text and eight in memory; twice that for growing vectors.
constexpr std::size_t kMaxGrowth = 40;

bool is_number(Number::Kind kind) {
  return kind == Number::number || kind == Number::missing;
}

[[noreturn]] void bad_cell(const std::string& path, std::size_t line, std::size_t column,
                           std::string_view cell, char decimal,
                           const std::vector<std::string>& names) {
  std::string place = "line " + std::to_string(line) + ", column " + std::to_string(column + 1);
  if (column < names.size()) place += " (" + names[column] + ")";
  std::string why = quoted(cell) + " is not a number";
  if (has_decimal_comma(cell) || (decimal == ',' && cell.find('.') != std::string_view::npos)) {
    why += ": the file mixes decimal points and decimal commas; export it with decimal points";
  } else if (cell.find(',') != std::string_view::npos) {
    why += "; use decimal points and no thousands separator";
  }
  throw IoError(path, place, why);
}

}  // namespace

bool looks_like_row(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  split(line, separator, cells);
  const auto numeric = [](std::string_view cell) {
    return is_number(parse_number(cell).kind) || has_decimal_comma(cell);
  };
  if (cells.empty() || cells.size() > 1'000'000) return false;
  if (cells.size() == 1) return numeric(cells[0]);
  return numeric(cells[0]) && (numeric(cells[1]) || cells[1].empty());
}

Rows read_rows(const std::string& path, std::string_view first, Lines& lines, std::size_t text_size,
               const RowFormat& format, const std::vector<std::string>& names) {
  Rows out;
  out.columns = format.columns;
  char decimal = '.';
  bool decimal_known = false;
  std::vector<std::string_view> cells;
  const std::size_t limit = kMaxGrowth * text_size + (std::size_t{1} << 20);
  std::size_t blanks = 0;
  std::string_view line = first;
  do {
    split(line, format.separator, cells);
    const bool empty =
        std::all_of(cells.begin(), cells.end(), [](auto c) { return trim(c).empty(); });
    if (empty) {
      ++blanks;
      continue;
    }
    if ((out.values.size() + out.columns) * sizeof(double) > limit) {
      throw IoError(path, "line " + std::to_string(lines.number()),
                    "the header promises " + std::to_string(out.columns) +
                        " columns, but the rows are far shorter; damaged file");
    }
    out.blank_lines += std::exchange(blanks, 0);
    std::size_t used = cells.size();
    while (used > 0 && trim(cells[used - 1]).empty()) --used;  // trailing tabs are not cells
    if (format.separator != ',' && !decimal_known) {
      const bool points = line.find('.') != std::string_view::npos;
      const bool commas = std::any_of(cells.begin(), cells.end(), has_decimal_comma);
      decimal_known = points || commas;
      out.decimal_comma = commas && !points;
      if (out.decimal_comma) decimal = ',';
    }
    // The last line without a line end may have been cut in the middle of a number.
    if (lines.unfinished() && cells.size() < out.columns && out.count > 0 &&
        cells.size() < out.cells.back()) {
      out.cut_row_dropped = true;
      break;
    }
    for (std::size_t c = 0; c < out.columns; ++c) {
      double value = kNan;
      if (c < format.text_columns) {
        value = 0.0;
      } else if (c < cells.size()) {
        const Number number = parse_number(cells[c], decimal);
        if (number.kind == Number::bad) {
          bad_cell(path, lines.number(), c, cells[c], decimal, names);
        }
        if (number.kind == Number::infinite) ++out.infinite_cells;
        if (number.kind == Number::number) value = number.value;
        if (c == 0)
          out.first_column_decimals = std::max(out.first_column_decimals, number.decimals);
        if (c == 1) {
          out.second_column_decimals = std::max(out.second_column_decimals, number.decimals);
        }
      }
      out.values.push_back(value);
    }
    out.lines.push_back(static_cast<std::uint32_t>(lines.number()));
    out.cells.push_back(static_cast<std::uint32_t>(cells.size()));
    // With blanks as separators a missing cell cannot be told from the next one.
    if (cells.size() < out.columns) {
      if (format.separator == ' ') {
        throw IoError(path, "line " + std::to_string(lines.number()),
                      "has " + std::to_string(cells.size()) + " of " + std::to_string(out.columns) +
                          " columns; with blanks between the columns nobody can tell which are "
                          "missing: use tabs");
      }
      ++out.short_rows;
    }
    if (used > out.columns) ++out.long_rows;
    ++out.count;
  } while (lines.next(line));
  return out;
}

void note_cut_row(Recording& recording) {
  recording.warn("frames", "the file ends inside its last row, which was left out");
}

void note_rows(const Rows& rows, Recording& recording) {
  const auto n = [](std::size_t count) { return std::to_string(count); };
  if (rows.decimal_comma) recording.warn("numbers", "decimal commas were read as decimal points");
  if (rows.cut_row_dropped) note_cut_row(recording);
  if (rows.short_rows > 0) {
    recording.warn("missing", n(rows.short_rows) + " of " + n(rows.count) +
                                  " rows end before their last column; what lacks is missing");
  }
  if (rows.long_rows > 0) {
    recording.warn("labels", n(rows.long_rows) + " of " + n(rows.count) +
                                 " rows hold more values than there are names; the unnamed ones "
                                 "were left out");
  }
  if (rows.blank_lines > 0) {
    recording.warn("frames", n(rows.blank_lines) + " blank lines between the rows were skipped");
  }
  if (rows.infinite_cells > 0) {
    recording.warn("missing", n(rows.infinite_cells) + " infinite values were taken as missing");
  }
}

}  // namespace runmech::text
