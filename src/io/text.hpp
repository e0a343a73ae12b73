// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What every text reader needs: lines of any line end, cells of any separator, numbers that no
// locale can change.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runmech::text {

[[nodiscard]] bool is_utf16(std::string_view text);  ///< by its byte order mark

/// Walks through lines ended by LF, CR LF, CR or (Gaitway) CR CR LF, without copying them.
class Lines {
 public:
  /// Skips a UTF-8 byte order mark. `path` is for the refusal of UTF-16 text.
  Lines(std::string_view text, const std::string& path);

  [[nodiscard]] bool next(std::string_view& line);
  [[nodiscard]] bool next_filled(std::string_view& line);       ///< passes over blank lines
  [[nodiscard]] std::size_t number() const { return number_; }  ///< 1-based number of the last line
  /// True where the last line given had no line end: the file stops inside or right after it.
  [[nodiscard]] bool unfinished() const { return unfinished_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
  bool unfinished_ = false;
};

[[nodiscard]] std::string_view trim(std::string_view text);  ///< blanks, tabs and no-break spaces
[[nodiscard]] std::string lower(std::string_view text);      ///< ASCII only
[[nodiscard]] bool starts_with_ci(std::string_view text, std::string_view lower_case_start);
/// For messages: a cell cut to 40 bytes, as UTF-8, control characters as spaces.
[[nodiscard]] std::string quoted(std::string_view cell);

/// Which of tab ; , separates the cells of this line; ' ' where none occurs (runs of blanks
/// separate).
[[nodiscard]] char separator_of(std::string_view line);
/// Cells of one line; quotes around a cell are taken off, separators inside them kept.
/// With ' ' runs of blanks and tabs count as one separator.
void split(std::string_view line, char separator, std::vector<std::string_view>& cells);

struct Number {
  enum Kind { blank, number, missing, infinite, bad } kind = blank;
  double value = 0.0;
  int decimals = 0;  ///< digits after the point as written, 0 with an exponent
};
/// Reads a whole cell. `missing` is any spelling of nan, NA, null. With decimal ',' a comma is the
/// decimal sign and a point is bad; else the other way round. "1.2abc" is bad.
[[nodiscard]] Number parse_number(std::string_view cell, char decimal = '.');
/// True for "1012,345": digits, one comma, digits.
[[nodiscard]] bool has_decimal_comma(std::string_view cell);

/// The unit's length in metres, 0 where the word is not known: m, mm, cm, in, ft, metres, ...
[[nodiscard]] double metres_in(std::string_view unit);

}  // namespace runmech::text
