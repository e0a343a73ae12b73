// SPDX-License-Identifier: BSD-3-Clause
#include "named_rows.hpp"

#include <algorithm>
#include <limits>

#include "runmech/core/errors.hpp"

namespace runmech::text {
namespace {

void drop_blank_tail(std::vector<std::string_view>& cells, std::size_t keep) {
  while (cells.size() > keep && trim(cells.back()).empty()) cells.pop_back();
}

}  // namespace

bool names_columns(std::string_view content, std::span<const std::string_view> names) {
  if (is_utf16(content)) return false;
  Lines lines(content.substr(0, 4096), "");
  std::string_view line;
  if (!lines.next_filled(line)) return false;
  std::vector<std::string_view> cells;
  split(line, separator_of(line), cells);
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    return std::any_of(cells.begin(), cells.end(),
                       [&](std::string_view cell) { return lower(trim(cell)) == name; });
  });
}

NamedRows::NamedRows(const FileBytes& file, std::span<const std::string_view> names)
    : file_(file), names_(names), lines_(file.text(), file.path), column_(names.size(), kNone) {
  std::string_view line;
  static_cast<void>(lines_.next_filled(line));  // a file without text has no column
  separator_ = separator_of(line);
  split(line, separator_, cells_);
  drop_blank_tail(cells_, 0);
  count_ = cells_.size();
  for (std::size_t i = 0; i < count_; ++i) {
    const auto name = std::find(names.begin(), names.end(), lower(trim(cells_[i])));
    if (name != names.end()) column_[static_cast<std::size_t>(name - names.begin())] = i;
  }
}

bool NamedRows::next() {
  std::string_view line;
  if (cut_ || !lines_.next_filled(line)) return false;
  split(line, separator_, cells_);
  drop_blank_tail(cells_, count_);
  if (cells_.size() < count_ && lines_.unfinished() && rows_ > 0) {
    cut_ = true;
    return false;
  }
  if (cells_.size() != count_) {
    const bool commas = separator_ == ',' && cells_.size() > count_;
    fail("has " + std::to_string(cells_.size()) + " columns, the header " + std::to_string(count_) +
         (commas ? "; with decimal commas use ';' between columns, or decimal points" : ""));
  }
  ++rows_;
  return true;
}

std::string_view NamedRows::cell(std::size_t name) const {
  return has(name) ? trim(cells_[column_[name]]) : std::string_view();
}

Number NamedRows::number(std::size_t name) const {
  const std::string_view text = cell(name);
  const bool comma = separator_ != ',' && has_decimal_comma(text);
  const Number out = parse_number(text, comma ? ',' : '.');
  if (out.kind == Number::bad || out.kind == Number::infinite) {
    fail(name, quoted(text) + " is not a number" +
                   (has_decimal_comma(text) ? "; use decimal points" : ""));
  }
  return out;
}

double NamedRows::value(std::size_t name) const {
  const Number n = number(name);
  return n.kind == Number::number ? n.value : std::numeric_limits<double>::quiet_NaN();
}

std::string NamedRows::place() const {
  return "line " + std::to_string(lines_.number());
}

void NamedRows::fail(const std::string& why) const {
  throw IoError(file_.path, place(), why);
}

void NamedRows::fail(std::size_t name, const std::string& why) const {
  throw IoError(file_.path, place() + " (" + std::string(names_[name]) + ")", why);
}

}  // namespace runmech::text
