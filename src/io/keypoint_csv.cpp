// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "clock.hpp"
#include "named_rows.hpp"
#include "pixels.hpp"
#include "rows.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/keypoints.hpp"
#include "words.hpp"

namespace runmech {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

enum Column : std::size_t { kPoint, kX, kY, kFrame, kTime, kConfidence };
constexpr std::array<std::string_view, 6> kColumns{"point", "x_px",   "y_px",
                                                   "frame", "time_s", "confidence"};

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
  bool cut = false;  // the file ended inside its last row
};

LongTable read_long_table(const FileBytes& file) {
  LongTable out;
  text::NamedRows row(file, kColumns);
  if (!row.has(kPoint) || !row.has(kX) || !row.has(kY) || (!row.has(kFrame) && !row.has(kTime))) {
    row.fail("a keypoint csv needs the columns point, x_px, y_px and frame or time_s");
  }
  std::unordered_map<std::string, std::size_t> point_index;
  std::unordered_map<double, std::size_t> frame_index;
  while (row.next()) {
    const text::Number time = row.number(kTime);
    const double stamp = time.kind == text::Number::number ? time.value : kNan;
    const double frame = row.has(kFrame) ? row.value(kFrame) : stamp;
    if (!std::isfinite(frame)) row.fail("the frame is blank");
    out.time_decimals = std::max(out.time_decimals, time.decimals);
    const auto [f, new_frame] = frame_index.try_emplace(frame, out.frame.size());
    if (new_frame) {
      out.frame.push_back(frame);
      out.time_s.push_back(stamp);
    }
    std::string name = to_utf8(row.cell(kPoint));
    if (name.empty()) {
      // A frame without a person is written as one row without a point.
      if (std::isnan(row.value(kX))) continue;
      row.fail("the point has no name");
    }
    const auto [p, new_point] = point_index.try_emplace(std::move(name), out.labels.size());
    if (new_point) out.labels.push_back(p->first);
    out.samples.push_back(
        {f->second, p->second, row.value(kX), row.value(kY), row.value(kConfidence)});
  }
  out.cut = row.cut();
  if (out.samples.empty()) row.fail("the file has a header but no points");
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
  return text::names_columns(content, std::span(kColumns).first(kFrame));
}

RawRecording read_keypoint_csv(const FileBytes& file, const ReadOptions& options) {
  const LongTable table = read_long_table(file);
  RawRecording out;
  out.pixels = true;
  Recording& recording = out.recording;
  recording.source = file.path;
  recording.format = "keypoint_csv";
  recording.labels = table.labels;
  if (table.cut) text::note_cut_row(recording);

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
