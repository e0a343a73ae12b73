// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Tables whose columns are found by their names, in any order, read cell by cell.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/io/file.hpp"
#include "text.hpp"

namespace runmech::text {

/// True where the first line that is not blank names all of `names` (lower case) among its columns.
[[nodiscard]] bool names_columns(std::string_view content, std::span<const std::string_view> names);

/// Walks through the rows below a header row. A column is asked for by its place in `names`.
class NamedRows {
 public:
  /// Reads the header row. `file` and `names` (lower case) must outlive this.
  NamedRows(const FileBytes& file, std::span<const std::string_view> names);

  [[nodiscard]] bool has(std::size_t name) const { return column_[name] != kNone; }
  /// Goes to the next row that is not blank; false at the end. A last row without a line end that
  /// is too short was cut: it ends the table. Throws IoError for other rows with more or fewer
  /// cells than the header has.
  [[nodiscard]] bool next();
  [[nodiscard]] bool cut() const { return cut_; }  ///< the file ended inside its last row
  /// Trimmed; empty where the table has no such column.
  [[nodiscard]] std::string_view cell(std::size_t name) const;
  /// Where ',' does not separate the cells it may be the decimal sign. Throws IoError for a cell
  /// that is neither a finite number nor blank nor a spelling of "missing".
  [[nodiscard]] Number number(std::size_t name) const;
  /// number(), NaN where blank or missing.
  [[nodiscard]] double value(std::size_t name) const;
  [[nodiscard]] std::string place() const;  ///< "line 12"
  [[noreturn]] void fail(const std::string& why) const;
  [[noreturn]] void fail(std::size_t name, const std::string& why) const;  ///< "line 12 (value)"

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  const FileBytes& file_;
  std::span<const std::string_view> names_;
  Lines lines_;
  char separator_ = ',';
  std::size_t count_ = 0;
  std::size_t rows_ = 0;
  std::vector<std::size_t> column_;  // of each name
  std::vector<std::string_view> cells_;
  bool cut_ = false;
};

}  // namespace runmech::text
