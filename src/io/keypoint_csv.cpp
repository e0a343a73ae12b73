// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "clock.hpp"
#include "pixels.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/keypoints.hpp"
#include "text.hpp"
#include "words.hpp"

namespace runmech {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMissing = static_cast<std::size_t>(-1);

struct Columns {
  std::size_t frame = kMissing;
  std::size_t time = kMissing;
  std::size_t point = kMissing;
  std::size_t x = kMissing;
  std::size_t y = kMissing;
  std::size_t confidence = kMissing;
  std::size_t count = 0;
};

Columns columns_of(std::string_view header, char separator) {
  Columns out;
  std::vector<std::string_view> cells;
  text::split(header, separator, cells);
  out.count = cells.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string name = text::lower(text::trim(cells[i]));
    if (name == "frame") out.frame = i;
    if (name == "time_s") out.time = i;
    if (name == "point") out.point = i;
    if (name == "x_px") out.x = i;
    if (name == "y_px") out.y = i;
    if (name == "confidence") out.confidence = i;
  }
  return out;
}

struct Sample {
  std::size_t frame;  // row of the frame table
  std::size_t point;
  double x;
  double y;
  double confidence;
};

struct LongTable {
  std::vector<Sample> samples;
  std::vector<double> frame;  // in order of appearance
  std::vector<double> time_s;
  std::vector<std::string> labels;
  int time_decimals = 0;
};

class Cells {
 public:
  Cells(const FileBytes& file, const std::vector<std::string_view>& cells, std::size_t line)
      : file_(file), cells_(cells), line_(line) {}
  [[nodiscard]] text::Number number(std::size_t column, std::string_view name) const {
    if (column == kMissing) return {};
    const text::Number out = text::parse_number(cells_[column]);
    if (out.kind == text::Number::bad || out.kind == text::Number::infinite) {
      throw IoError(file_.path, "line " + std::to_string(line_) + " (" + std::string(name) + ")",
                    text::quoted(cells_[column]) + " is not a number" +
                        (text::has_decimal_comma(cells_[column]) ? "; use decimal points" : ""));
    }
    return out;
  }
  [[nodiscard]] double value(std::size_t column, std::string_view name) const {
    const text::Number n = number(column, name);
    return n.kind == text::Number::number ? n.value : kNan;
  }

 private:
  const FileBytes& file_;
  const std::vector<std::string_view>& cells_;
  std::size_t line_;
};

LongTable read_long_table(const FileBytes& file) {
  LongTable out;
  text::Lines lines(file.text(), file.path);
  std::string_view line;
  while (lines.next(line) && text::trim(line).empty()) {
  }
  const char separator = text::separator_of(line);
  const Columns columns = columns_of(line, separator);
  if (columns.point == kMissing || columns.x == kMissing || columns.y == kMissing ||
      (columns.frame == kMissing && columns.time == kMissing)) {
    throw IoError(file.path, "line " + std::to_string(lines.number()),
                  "a keypoint csv needs the columns point, x_px, y_px and frame or time_s");
  }
  std::unordered_map<std::string, std::size_t> point_index;
  std::unordered_map<double, std::size_t> frame_index;
  std::vector<std::string_view> cells;
  while (lines.next(line)) {
    if (text::trim(line).empty()) continue;
    text::split(line, separator, cells);
    const std::string place = "line " + std::to_string(lines.number());
    if (cells.size() < columns.count) {
      if (lines.unfinished() && !out.samples.empty()) break;  // cut in its last row
      throw IoError(file.path, place,
                    "has " + std::to_string(cells.size()) + " of " + std::to_string(columns.count) +
                        " columns");
    }
    if (separator == ',' && cells.size() > columns.count) {
      throw IoError(file.path, place,
                    "has more columns than the header; with decimal commas use ';' between columns "
                    "or decimal points");
    }
    const Cells row(file, cells, lines.number());
    const text::Number time = row.number(columns.time, "time_s");
    const double stamp = time.kind == text::Number::number ? time.value : kNan;
    const double frame = columns.frame == kMissing ? stamp : row.value(columns.frame, "frame");
    if (!std::isfinite(frame)) throw IoError(file.path, place, "the frame is blank");
    out.time_decimals = std::max(out.time_decimals, time.decimals);
    const auto [f, new_frame] = frame_index.try_emplace(frame, out.frame.size());
    if (new_frame) {
      out.frame.push_back(frame);
      out.time_s.push_back(stamp);
    }
    std::string name = to_utf8(text::trim(cells[columns.point]));
    if (name.empty()) {
      // A frame without a person is written as one row without a point.
      if (std::isnan(row.value(columns.x, "x_px"))) continue;
      throw IoError(file.path, place, "the point has no name");
    }
    const auto [p, new_point] = point_index.try_emplace(std::move(name), out.labels.size());
    if (new_point) out.labels.push_back(p->first);
    out.samples.push_back(
        {f->second, p->second, row.value(columns.x, "x_px"), row.value(columns.y, "y_px"),
         columns.confidence == kMissing ? kNan : row.value(columns.confidence, "confidence")});
  }
  if (out.samples.empty()) throw IoError(file.path, "", "the file has a header but no points");
  // Each point should be in most frames; names that never repeat would ask for a huge table.
  if (out.frame.size() * out.labels.size() > 40 * out.samples.size() + 10000) {
    throw IoError(file.path, "",
                  std::to_string(out.frame.size()) + " frames and " +
                      std::to_string(out.labels.size()) + " point names, but only " +
                      std::to_string(out.samples.size()) + " rows: the columns are mixed up");
  }
  return out;
}

}  // namespace

bool is_keypoint_csv(std::string_view content) {
  if (text::is_utf16(content)) return false;
  text::Lines lines(content.substr(0, 4096), "");
  std::string_view line;
  if (!lines.next(line)) return false;
  const Columns columns = columns_of(line, text::separator_of(line));
  return columns.point != kMissing && columns.x != kMissing && columns.y != kMissing;
}

RawRecording read_keypoint_csv(const FileBytes& file, const ReadOptions& options) {
  const LongTable table = read_long_table(file);
  RawRecording out;
  out.pixels = true;
  Recording& recording = out.recording;
  recording.source = file.path;
  recording.format = "keypoint_csv";
  recording.labels = table.labels;

  // Rows in order of frame numbers, with the frames that lack put in.
  std::vector<std::size_t> order(table.frame.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return table.frame[a] < table.frame[b]; });
  PixelFrames frames;
  std::vector<std::size_t> slot(order.size());
  for (const std::size_t i : order) slot[i] = frames.add(table.frame[i], table.time_s[i]);
  frames.resize(table.labels.size());
  const bool with_confidence =
      std::any_of(table.samples.begin(), table.samples.end(),
                  [](const Sample& s) { return !std::isnan(s.confidence); });
  std::vector<bool> seen(frames.count() * table.labels.size(), false);
  for (const Sample& s : table.samples) {
    const std::size_t row = slot[s.frame];
    if (seen[row * table.labels.size() + s.point]) {
      throw IoError(file.path, "frame " + text::decimal(table.frame[s.frame]),
                    "point " + text::quoted(table.labels[s.point]) +
                        " occurs twice; one file holds one person");
    }
    seen[row * table.labels.size() + s.point] = true;
    frames.set(row, s.point, s.x, s.y, s.confidence);
  }
  ClockSource clock;
  clock.decimals = table.time_decimals;
  frames.finish(file.path, with_confidence, clock, options, recording);
  return out;
}

}  // namespace runmech
