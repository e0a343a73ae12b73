// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/table.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "clock.hpp"
#include "labels.hpp"
#include "runmech/core/errors.hpp"
#include "table_text.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::lower;
using text::trim;

constexpr std::size_t kMaxHeaderLines = 200;  // our choice: the longest seen has 20

struct MotHeader {
  double rows = -1.0;
  double columns = -1.0;
  std::optional<bool> in_degrees;
};

// "nRows= 2609", "datarows 5091", "version = 1", "inDegrees=yes,,,,": key and value of one line.
std::pair<std::string, std::string> key_value(std::string_view line) {
  while (!line.empty() && (line.back() == ',' || line.back() == ';' || line.back() == '\t')) {
    line.remove_suffix(1);
  }
  line = trim(line);
  const std::size_t cut = line.find_first_of("= \t");
  if (cut == std::string_view::npos) return {lower(line), ""};
  std::string_view value = line.substr(cut);
  while (!value.empty() && (value[0] == '=' || value[0] == ' ' || value[0] == '\t')) {
    value.remove_prefix(1);
  }
  return {lower(line.substr(0, cut)), lower(trim(value))};
}

void parse_header_line(std::string_view line, MotHeader& header) {
  const auto [key, value] = key_value(line);
  const text::Number number = text::parse_number(value);
  const double count = number.kind == text::Number::number ? number.value : -1.0;
  if (key == "nrows" || key == "datarows") header.rows = count;
  if (key == "ncolumns" || key == "datacolumns") header.columns = count;
  if (key == "indegrees" && (value == "yes" || value == "no")) header.in_degrees = value == "yes";
}

bool ends_header(std::string_view line) {
  const auto [key, value] = key_value(line);
  return key == "endheader" && value.empty();
}

}  // namespace

Eigen::VectorXd Table::column(std::string_view name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw InvalidArgument(source + ": no column is named '" + std::string(name) + "'");
  }
  return values.col(found - names.begin());
}

bool is_mot(std::string_view content) {
  if (text::is_utf16(content)) return false;
  text::Lines lines(content.substr(0, 1U << 20), "");
  std::string_view line;
  for (std::size_t i = 0; i < kMaxHeaderLines && lines.next(line); ++i) {
    if (ends_header(line)) return true;
    // A row of numbers before the end of the header: another kind of file.
    if (i > 0 && text::looks_like_row(line, text::separator_of(line))) return false;
    const std::string key = key_value(line).first;
    if (key == "ncolumns" || key == "datacolumns" || key == "nrows" || key == "datarows")
      return true;
  }
  return false;
}

Table read_table(const FileBytes& file) {
  Table out;
  out.source = file.path;
  text::Lines lines(file.text(), file.path);
  std::string_view line;
  MotHeader header;
  if (is_mot(file.text())) {
    bool ended = false;
    while (!ended && lines.number() < kMaxHeaderLines && lines.next(line)) {
      ended = ends_header(line);
      parse_header_line(line, header);
    }
    if (!ended) {
      throw IoError(file.path, "line " + std::to_string(lines.number()),
                    "the header has no line \"endheader\": cut file");
    }
  }
  if (!lines.next_filled(line)) {
    throw IoError(file.path, "line " + std::to_string(lines.number()),
                  "no line of column names follows the header: cut file");
  }
  const text::HeadedTable table = text::read_headed_table(file, line, lines);
  const std::string first = lower(table.names.front());
  if (first != "time" && first != "time_s" && first != "times" && !first.starts_with("time:") &&
      !first.starts_with("time (")) {
    throw IoError(file.path, "line " + std::to_string(table.rows.line(0) - 1),
                  "the first column is " + text::quoted(table.names.front()) + ", not time");
  }
  Recording clock_of;  // carries the clock and the notes
  note_rows(table.rows, clock_of);
  ClockSource clock;
  clock.line = table.rows.lines;
  clock.time_s = text::column_of(table.rows, 0);
  const auto n = static_cast<Eigen::Index>(table.rows.count);
  const auto kept = set_clock(file.path, n, clock, clock_of);
  if (header.rows >= 0.0 && header.rows != static_cast<double>(table.rows.count)) {
    clock_of.warn("frames", "the header states " + text::decimal(header.rows) +
                                " rows, the file has " + std::to_string(table.rows.count));
  }
  // Sports2D counts its columns before it puts time in.
  const auto columns = static_cast<double>(table.names.size());
  if (header.columns >= 0.0 && header.columns != columns && header.columns != columns - 1.0) {
    clock_of.warn("labels", "the header states " + text::decimal(header.columns) +
                                " columns, the file names " + std::to_string(table.names.size()));
  }
  out.time_s = clock_of.time_s;
  out.in_degrees = header.in_degrees;
  out.names.assign(table.names.begin() + 1, table.names.end());
  make_unique(out.names, clock_of);
  out.values.resize(static_cast<Eigen::Index>(kept.size()),
                    static_cast<Eigen::Index>(out.names.size()));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (std::size_t c = 0; c < out.names.size(); ++c) {
      out.values(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(c)) =
          table.rows.at(static_cast<std::size_t>(kept[i]), c + 1);
    }
  }
  out.notes = std::move(clock_of.notes);
  return out;
}

Table read_table(const std::filesystem::path& path) {
  return read_table(load_file(path));
}

}  // namespace runmech
