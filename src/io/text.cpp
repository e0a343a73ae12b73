// SPDX-License-Identifier: BSD-3-Clause
#include "text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "runmech/core/errors.hpp"
#include "runmech/io/file.hpp"

namespace runmech::text {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\0';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char lower_of(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_missing_word(std::string_view cell) {
  constexpr std::array<std::string_view, 11> kWords{"nan",       "-nan",    "+nan",   "na",
                                                    "n/a",       "null",    "none",   "nan(ind)",
                                                    "-nan(ind)", "1.#qnan", "-1.#ind"};
  if (cell.size() > 9) return false;
  const std::string word = lower(cell);
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end() || word == "1.#ind" ||
         word == "-1.#ind00" || word == "-1.#qnan";
}

}  // namespace

bool is_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

Lines::Lines(std::string_view text, const std::string& path) : rest_(text) {
  if (is_utf16(text)) {
    throw IoError(path, "byte 0", "UTF-16 text; save the file as UTF-8 or plain text");
  }
  if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
}

bool Lines::next(std::string_view& line) {
  if (rest_.empty()) return false;
  ++number_;
  const std::size_t end = rest_.find_first_of("\r\n");
  unfinished_ = end == std::string_view::npos;
  if (unfinished_) {
    line = std::exchange(rest_, {});
    return true;
  }
  line = rest_.substr(0, end);
  std::size_t skip = end + 1;
  if (rest_[end] == '\r') {
    if (skip + 1 < rest_.size() && rest_[skip] == '\r' && rest_[skip + 1] == '\n') ++skip;
    if (skip < rest_.size() && rest_[skip] == '\n') ++skip;
  }
  rest_.remove_prefix(skip);
  return true;
}

bool Lines::next_filled(std::string_view& line) {
  while (next(line)) {
    if (!trim(line).empty()) return true;
  }
  return false;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kNoBreak = "\xC2\xA0";
  for (;;) {
    if (!text.empty() && is_blank(text.front())) {
      text.remove_prefix(1);
    } else if (text.starts_with(kNoBreak)) {
      text.remove_prefix(2);
    } else {
      break;
    }
  }
  for (;;) {
    if (!text.empty() && is_blank(text.back())) {
      text.remove_suffix(1);
    } else if (text.ends_with(kNoBreak)) {
      text.remove_suffix(2);
    } else {
      return text;
    }
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower_of);
  return out;
}

bool starts_with_ci(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(),
                                                   [](char a, char b) { return a == lower_of(b); });
}

std::string quoted(std::string_view cell) {
  std::string out = to_utf8(cell.substr(0, 40));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return "'" + out + (cell.size() > 40 ? "..." : "") + "'";
}

char separator_of(std::string_view line) {
  for (const char candidate : {'\t', ';', ','}) {
    if (line.find(candidate) != std::string_view::npos) return candidate;
  }
  return ' ';
}

void split(std::string_view line, char separator, std::vector<std::string_view>& cells) {
  cells.clear();
  if (separator == ' ') {
    for (std::size_t at = 0; at < line.size();) {
      while (at < line.size() && is_blank(line[at])) ++at;
      std::size_t end = at;
      while (end < line.size() && !is_blank(line[end])) ++end;
      if (end > at) cells.push_back(line.substr(at, end - at));
      at = end;
    }
    return;
  }
  for (std::size_t at = 0;;) {
    if (separator != '\t' && at < line.size() && line[at] == '"') {
      const std::size_t close = line.find('"', at + 1);
      if (close != std::string_view::npos &&
          (close + 1 == line.size() || line[close + 1] == separator)) {
        cells.push_back(line.substr(at + 1, close - at - 1));
        if (close + 1 == line.size()) return;
        at = close + 2;
        continue;
      }
    }
    const std::size_t end = line.find(separator, at);
    cells.push_back(trim(line.substr(at, end == std::string_view::npos ? end : end - at)));
    if (end == std::string_view::npos) return;
    at = end + 1;
  }
}

bool has_decimal_comma(std::string_view cell) {
  cell = trim(cell);
  if (!cell.empty() && (cell[0] == '-' || cell[0] == '+')) cell.remove_prefix(1);
  const std::size_t comma = cell.find(',');
  if (comma == 0 || comma == std::string_view::npos || comma + 1 == cell.size()) return false;
  for (std::size_t i = 0; i < cell.size(); ++i) {
    if (i == comma || is_digit(cell[i])) continue;
    return i > comma + 1 && (cell[i] == 'e' || cell[i] == 'E');
  }
  return true;
}

Number parse_number(std::string_view cell, char decimal) {
  cell = trim(cell);
  if (cell.size() > 1 && cell.front() == '"' && cell.back() == '"') {
    cell = trim(cell.substr(1, cell.size() - 2));
  }
  if (cell.empty()) return {Number::blank};
  std::array<char, 64> buffer;
  std::string_view digits = cell;
  if (decimal == ',') {
    if (cell.size() > buffer.size() || cell.find('.') != std::string_view::npos) {
      return {is_missing_word(cell) ? Number::missing : Number::bad};
    }
    std::replace_copy(cell.begin(), cell.end(), buffer.begin(), ',', '.');
    digits = {buffer.data(), cell.size()};
  }
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  Number out;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, out.value);
  if (error == std::errc() && stop == end) {
    out.kind = std::isnan(out.value)   ? Number::missing
               : std::isinf(out.value) ? Number::infinite
                                       : Number::number;
    const std::size_t point = digits.find('.');
    if (point != std::string_view::npos && digits.find_first_of("eE") == std::string_view::npos) {
      out.decimals = static_cast<int>(digits.size() - point - 1);
    }
    return out;
  }
  if (error == std::errc::result_out_of_range && stop == end) {
    // Smaller than a double can hold is zero; larger is no measurement.
    const bool tiny =
        digits.find("e-") != std::string_view::npos || digits.find("E-") != std::string_view::npos;
    if (tiny) return {Number::number, 0.0};
  }
  return {is_missing_word(cell) ? Number::missing : Number::bad};
}

double metres_in(std::string_view unit) {
  const std::string word = lower(trim(unit));
  constexpr std::array<std::pair<std::string_view, double>, 19> kUnits{{
      {"m", 1.0},
      {"meter", 1.0},
      {"meters", 1.0},
      {"metre", 1.0},
      {"metres", 1.0},
      {"mm", 1e-3},
      {"millimeter", 1e-3},
      {"millimeters", 1e-3},
      {"millimetre", 1e-3},
      {"millimetres", 1e-3},
      {"cm", 1e-2},
      {"centimeter", 1e-2},
      {"centimeters", 1e-2},
      {"centimetre", 1e-2},
      {"centimetres", 1e-2},
      {"in", 0.0254},
      {"inch", 0.0254},
      {"inches", 0.0254},
      {"ft", 0.3048},
  }};
  for (const auto& [name, metres] : kUnits) {
    if (name == word) return metres;
  }
  return 0.0;
}

}  // namespace runmech::text
