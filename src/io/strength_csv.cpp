// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/strength_csv.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <vector>

#include "runmech/core/errors.hpp"
#include "text.hpp"

namespace runmech {
namespace {

using text::lower;
using text::trim;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Columns {
  std::size_t test = kNone;
  std::size_t side = kNone;
  std::size_t trial = kNone;
  std::size_t value = kNone;
  std::size_t unit = kNone;
  std::size_t count = 0;
};

Columns columns_of(std::string_view header, char separator) {
  Columns out;
  std::vector<std::string_view> cells;
  text::split(header, separator, cells);
  out.count = cells.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string name = lower(trim(cells[i]));
    if (name == "test") out.test = i;
    if (name == "side") out.side = i;
    if (name == "trial") out.trial = i;
    if (name == "value") out.value = i;
    if (name == "unit") out.unit = i;
  }
  return out;
}

std::optional<Side> side_of(std::string_view cell) {
  const std::string word = lower(trim(cell));
  if (word == "left" || word == "l" || word == "links" || word == "gauche") return Side::left;
  if (word == "right" || word == "r" || word == "rechts" || word == "droite") return Side::right;
  return std::nullopt;
}

}  // namespace

bool is_strength_csv(std::string_view content) {
  if (text::is_utf16(content)) return false;
  text::Lines lines(content.substr(0, 4096), "");
  std::string_view line;
  if (!lines.next(line)) return false;
  const Columns c = columns_of(line, text::separator_of(line));
  return c.test != kNone && c.side != kNone && c.value != kNone;
}

StrengthTrials read_strength(const FileBytes& file) {
  text::Lines lines(file.text(), file.path);
  std::string_view line;
  while (lines.next(line) && trim(line).empty()) {
  }
  const char separator = text::separator_of(line);
  const Columns columns = columns_of(line, separator);
  if (columns.test == kNone || columns.side == kNone || columns.value == kNone ||
      columns.unit == kNone) {
    throw IoError(file.path, "line " + std::to_string(lines.number()),
                  "a strength csv needs the columns test, side, value, unit (and trial)");
  }
  StrengthTrials out;
  std::map<std::pair<std::string, Side>, int> count;
  std::vector<std::string_view> cells;
  while (lines.next(line)) {
    if (trim(line).empty()) continue;
    text::split(line, separator, cells);
    const auto fail = [&](const std::string& column, const std::string& why) {
      throw IoError(
          file.path,
          "line " + std::to_string(lines.number()) + (column.empty() ? "" : " (" + column + ")"),
          why);
    };
    while (cells.size() > columns.count && trim(cells.back()).empty()) cells.pop_back();
    if (cells.size() != columns.count) {
      std::string why = "has " + std::to_string(cells.size()) + " columns, the header " +
                        std::to_string(columns.count);
      if (separator == ',' && cells.size() == columns.count + 1) {
        why += "; with decimal commas use ';' between columns, or decimal points";
      }
      fail("", why);
    }
    StrengthTrial trial;
    trial.test = lower(to_utf8(trim(cells[columns.test])));
    if (trial.test.empty()) fail("test", "the test has no name");
    const auto side = side_of(cells[columns.side]);
    if (!side) fail("side", text::quoted(cells[columns.side]) + " is neither left nor right");
    trial.side = *side;
    const auto value_cell = cells[columns.value];
    const text::Number value =
        text::parse_number(value_cell, text::has_decimal_comma(value_cell) ? ',' : '.');
    switch (value.kind) {
      case text::Number::number:
        trial.value = value.value;
        break;
      case text::Number::blank:
      case text::Number::missing:
        trial.value = std::numeric_limits<double>::quiet_NaN();
        break;
      default:
        fail("value", text::quoted(value_cell) + " is not a number");
    }
    trial.unit = to_utf8(trim(cells[columns.unit]));
    int& counted = count[{trial.test, trial.side}];
    trial.trial = ++counted;
    if (columns.trial != kNone && !trim(cells[columns.trial]).empty()) {
      const text::Number number = text::parse_number(cells[columns.trial]);
      if (number.kind != text::Number::number || number.value != std::floor(number.value) ||
          number.value < 0.0 || number.value > 1000.0) {
        fail("trial", text::quoted(cells[columns.trial]) + " is not a trial number");
      }
      trial.trial = static_cast<int>(number.value);
    }
    out.push_back(std::move(trial));
  }
  if (out.empty()) throw IoError(file.path, "", "the file has a header but no trials");
  return out;
}

StrengthTrials read_strength(const std::filesystem::path& path) {
  return read_strength(load_file(path));
}

}  // namespace runmech
