// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/import.hpp"

#include <cmath>
#include <limits>

#include "import_steps.hpp"
#include "labels.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "text.hpp"
#include "words.hpp"

namespace runmech {
namespace {

constexpr double kFastest_hz = 1e6;
// Metres or pixels. Beyond it lie marks for "no value" (3.4e38) and damage, not measurements; even
// a place on Earth is nearer to any origin on it. Our choice.
constexpr double kFarthest = 1e7;

// Such a value would swamp every sum of squares that it enters.
void drop_absurd(Recording& recording) {
  std::size_t dropped = 0;
  for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
    for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
      auto point = recording.positions_m.block<1, 3>(f, 3 * p);
      if (!(point.array().abs() > kFarthest).any()) continue;
      point.setConstant(std::numeric_limits<double>::quiet_NaN());
      ++dropped;
    }
  }
  if (dropped > 0) {
    recording.warn("missing", std::to_string(dropped) +
                                  " points with coordinates beyond 1e7 count as missing");
  }
}

void cut(Recording& recording, const ReadOptions& options) {
  const double first = recording.time_s.front();
  const double last = recording.time_s.back();
  const double start = std::isnan(options.start_s) ? first : options.start_s;
  const double end = std::isnan(options.end_s) ? last : options.end_s;
  if (start <= first && end >= last) return;
  recording = trimmed(recording, start, end);
  recording.note("time", "cut to " + text::decimal(start) + " to " + text::decimal(end) +
                             " s, both ends included, of " + text::decimal(first) + " to " +
                             text::decimal(last) + " s");
}

}  // namespace

const MarkerSet* find_marker_set(const Recording& recording, const ReadOptions& options,
                                 std::string& why) {
  if (!options.marker_set.empty()) {
    // The reader's own order of BODY_25B carries the names of BODY_25.
    const bool same_names = options.marker_set == "body_25b";
    return &marker_set(same_names ? "body_25" : options.marker_set);
  }
  const MarkerSetMatch match = recognise_marker_set(recording.labels);
  why = match.reason;
  return match.set;
}

Recording import_recording(RawRecording raw, const ReadOptions& options) {
  options.validate();
  Recording& recording = raw.recording;
  tidy_labels(recording);
  if (recording.n_points() == 0) {
    throw IoError(recording.source, "", "no labelled points are left");
  }
  if (recording.rate_hz() > kFastest_hz) {
    throw InvalidArgument(recording.source + ": the times are " +
                          text::decimal(recording.rate_hz()) +
                          " frames per second apart; times are in seconds");
  }
  std::string why;
  const MarkerSet* set = find_marker_set(recording, options, why);
  if (set != nullptr) {
    recording.marker_set = set->name;
    recording.note("labels", "marker set " + set->name +
                                 (options.marker_set.empty() ? " recognised" : " as given"));
  } else {
    recording.warn("labels", "no marker set is recognised: " + why);
  }
  // A whole file of such values is a matter of its unit, which check_size settles first.
  if (!raw.pixels) check_size(raw, options);
  drop_absurd(recording);
  if (raw.pixels) {
    keypoints_to_world(raw, options, set, why);
  } else {
    turn_to_world(raw, options, set, why);
    if (set != nullptr) check_height(recording, *set);
  }
  for (ForcePlate& plate : recording.plates) check_plate(recording, plate);
  decide_surface(recording, options, set);
  if (options.speed_m_s > 0.0) recording.speed_m_s = options.speed_m_s;
  note_quality(recording);
  cut(recording, options);
  recording.validate();
  return std::move(recording);
}

Recording from_arrays(std::vector<double> time_s, std::vector<std::string> labels,
                      FrameMatrix positions, const ReadOptions& options) {
  options.validate();
  RawRecording raw;
  Recording& recording = raw.recording;
  recording.source = "arrays";
  recording.format = "arrays";
  recording.time_s = std::move(time_s);
  recording.labels = std::move(labels);
  recording.positions_m = std::move(positions);
  recording.validate();
  raw.unit_stated = !options.unit.empty();
  const double unit_m = raw.unit_stated ? text::metres_in(options.unit) : 1.0;
  for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
    for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
      auto point = recording.positions_m.block<1, 3>(f, 3 * p);
      if (point.hasNaN() || (point.array() == kNoValue).any()) {
        point.setConstant(std::numeric_limits<double>::quiet_NaN());
      }
    }
  }
  recording.positions_m *= unit_m;
  return import_recording(std::move(raw), options);
}

Recording from_keypoints(std::vector<double> time_s, std::vector<std::string> labels,
                         const FrameMatrix& pixels, FrameMatrix confidence,
                         const ReadOptions& options) {
  options.validate();
  RawRecording raw;
  raw.pixels = true;
  Recording& recording = raw.recording;
  recording.source = "arrays";
  recording.format = "arrays";
  recording.time_s = std::move(time_s);
  recording.labels = std::move(labels);
  const auto n = recording.n_points();
  if (pixels.rows() != recording.n_frames() || pixels.cols() != 2 * n) {
    throw InvalidArgument("keypoints are " + std::to_string(pixels.rows()) + " x " +
                          std::to_string(pixels.cols()) + "; times and labels ask for " +
                          std::to_string(recording.n_frames()) + " x " + std::to_string(2 * n));
  }
  recording.positions_m.setZero(recording.n_frames(), 3 * n);
  recording.confidence = std::move(confidence);
  for (Eigen::Index p = 0; p < n; ++p) {
    for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
      auto point = recording.positions_m.block<1, 3>(f, 3 * p);
      point.head<2>() = pixels.block<1, 2>(f, 2 * p);
      const bool weak = recording.confidence.size() != 0 && recording.confidence.rows() > f &&
                        recording.confidence.cols() > p &&
                        recording.confidence(f, p) < options.min_confidence;
      if (point.hasNaN() || point.isZero(0.0) || (point.array() == kNoValue).any() || weak) {
        point.setConstant(std::numeric_limits<double>::quiet_NaN());
      }
    }
  }
  recording.validate();
  return import_recording(std::move(raw), options);
}

}  // namespace runmech
