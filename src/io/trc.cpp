// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/trc.hpp"

#include <algorithm>
#include <cmath>

#include "clock.hpp"
#include "points.hpp"
#include "rows.hpp"
#include "runmech/core/errors.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;
using text::lower;
using text::trim;

constexpr std::size_t kMaxHeaderLines = 12;  // our choice: the longest seen has 6

struct Header {
  double rate_hz = 0.0;
  double frames = -1.0;
  double markers = -1.0;
  std::string unit;
  bool found = false;
};

bool is_name_line(std::string_view line) {
  const std::string_view start = trim(line);
  return text::starts_with_ci(start, "frame#") || text::starts_with_ci(start, "frame #");
}

double number_or(std::string_view cell, double otherwise) {
  const text::Number number = text::parse_number(cell);
  return number.kind == text::Number::number ? number.value : otherwise;
}

std::vector<std::string_view> cells_of(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  text::split(line, separator, cells);
  while (!cells.empty() && trim(cells.back()).empty()) cells.pop_back();
  return cells;
}

// Keys and values stand in the same columns, but some writers put two tabs or blanks between
// values.
Header parse_header(std::string_view keys, std::string_view values) {
  Header out;
  const char separator = text::separator_of(keys);
  const auto key_cells = cells_of(keys, separator);
  auto cells = cells_of(values, separator);
  if (cells.size() > key_cells.size() || separator == ' ') {
    std::erase_if(cells, [](auto cell) { return trim(cell).empty(); });
  }
  for (std::size_t i = 0; i < std::min(cells.size(), key_cells.size()); ++i) {
    const std::string key = lower(trim(key_cells[i]));
    out.found = out.found || key == "datarate" || key == "nummarkers";
    if (key == "datarate") out.rate_hz = number_or(cells[i], 0.0);
    if (key == "numframes") out.frames = number_or(cells[i], -1.0);
    if (key == "nummarkers") out.markers = number_or(cells[i], -1.0);
    if (key == "units") out.unit = trim(cells[i]);
  }
  return out;
}

std::vector<std::string> names_of(std::string_view line, char separator) {
  auto cells = cells_of(line, separator);
  // "Frame#" may be written "Frame #": with blanks as separators that is one cell more.
  const std::size_t skip = separator == ' ' && cells.size() > 1 && cells[1] == "#" ? 3 : 2;
  std::vector<std::string> names;
  for (std::size_t i = skip; i < cells.size(); ++i) {
    const std::string_view name = trim(cells[i]);
    if (!name.empty()) names.push_back(to_utf8(name));
  }
  return names;
}

void compare_counts(const Header& header, const text::Rows& rows, std::size_t names,
                    Recording& recording) {
  if (header.frames >= 0.0 && header.frames != static_cast<double>(rows.count)) {
    recording.warn("frames", "the header states " + decimal(header.frames) +
                                 " frames, the file has " + std::to_string(rows.count) +
                                 " rows; the rows were read");
  }
  if (header.markers >= 0.0 && header.markers != static_cast<double>(names)) {
    recording.warn("labels", "the header states " + decimal(header.markers) +
                                 " markers, the file names " + std::to_string(names));
  }
}

}  // namespace

bool is_trc(std::string_view content) {
  if (text::is_utf16(content)) return false;
  text::Lines lines(content.substr(0, 1U << 20), "");
  std::string_view line;
  for (std::size_t i = 0; i < kMaxHeaderLines && lines.next(line); ++i) {
    if (text::starts_with_ci(trim(line), "pathfiletype")) return true;
    if (is_name_line(line) && lower(line.substr(0, 40)).find("time") != std::string::npos) {
      return true;
    }
    if (text::starts_with_ci(trim(line), "datarate") &&
        line.find("CameraRate") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

RawRecording read_trc(const FileBytes& file, const ReadOptions& options) {
  RawRecording out;
  Recording& recording = out.recording;
  recording.source = file.path;
  recording.format = "trc";
  text::Lines lines(file.text(), file.path);
  Header header;
  std::string_view line;
  std::string_view keys;
  bool named = false;
  while (lines.number() < kMaxHeaderLines && lines.next(line)) {
    if (is_name_line(line)) {
      named = true;
      break;
    }
    if (!keys.empty() && !trim(line).empty()) {
      header = parse_header(keys, line);
      keys = {};
    }
    if (text::starts_with_ci(trim(line), "datarate")) keys = line;
  }
  if (!named) {
    throw IoError(file.path, "line " + std::to_string(lines.number()),
                  "the TRC header ends before the line of names (Frame# Time ...): cut file");
  }
  const char separator = text::separator_of(line);
  std::vector<std::string> names = names_of(line, separator);
  const std::size_t names_line = lines.number();

  // Sub-headers (X1 Y1 Z1), blank lines and lines of tabs stand before the first row.
  bool row_found = false;
  while (lines.next(line)) {
    if (text::looks_like_row(line, separator)) {
      row_found = true;
      break;
    }
    if (lines.number() > names_line + 4) break;
  }
  if (!row_found) {
    const bool ended = lines.number() <= names_line + 4;
    throw IoError(
        file.path, "line " + std::to_string(lines.number()),
        ended ? "the file has a header but no rows" : "no row of numbers follows the names");
  }
  const bool unnamed = names.empty();
  std::size_t triples = names.size();
  if (unnamed) {  // rows of such files are ragged: the longest one decides
    text::Lines ahead = lines;
    std::string_view row = line;
    do triples = std::max(triples, cells_of(row, separator).size() / 3);
    while (ahead.next(row));
    for (std::size_t i = 0; i < triples; ++i) names.push_back("unnamed_" + std::to_string(i + 1));
    if (triples == 0) {
      throw IoError(file.path, "line " + std::to_string(names_line), "the rows hold no points");
    }
  }
  std::vector<std::string> columns{"Frame#", "Time"};
  for (const auto& name : names) {
    for (const char axis : {'X', 'Y', 'Z'}) columns.push_back(name + " " + axis);
  }
  const text::Rows rows = text::read_rows(file.path, line, lines, file.bytes.size(),
                                          {separator, columns.size()}, columns);
  note_rows(rows, recording);
  compare_counts(header, rows, unnamed ? 0 : names.size(), recording);
  if (unnamed) {
    recording.warn("labels", "the file names no markers; they were called unnamed_1 to unnamed_" +
                                 std::to_string(triples));
  }

  ClockSource clock;
  clock.line = rows.lines;
  clock.stated_rate_hz = header.rate_hz;
  clock.given_rate_hz = options.rate_hz;
  clock.decimals = rows.second_column_decimals;
  for (std::size_t i = 0; i < rows.count; ++i) {
    clock.frame.push_back(rows.at(i, 0));
    clock.time_s.push_back(rows.at(i, 1));
  }
  const auto kept = set_clock(file.path, static_cast<Eigen::Index>(rows.count), clock, recording);

  const double scale = length_unit(file.path, options.unit, header.unit, out);
  recording.labels = std::move(names);
  fill_points(rows, 2, scale, kept, recording);
  return out;
}

}  // namespace runmech
