// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "c3d_bytes.hpp"
#include "c3d_section.hpp"
#include "c3d_write_plates.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"
#include "runmech/io/file.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using c3d::kBlock;
using c3d::put_f32;
using c3d::put_u16;
using c3d::Section;

constexpr std::size_t kFullCount = 65535;   // the largest 16-bit frame count
constexpr std::size_t kLongestLabel = 120;  // 255 of them stay below the 32767 of signed readers
constexpr double kStepSlack = 1e-3;         // of a frame: file times are rounded
constexpr double kMillimetres = 1000.0;

struct Clock {
  double rate_hz = 0.0;
  std::size_t first_frame = 1;
};

Clock clock_of(const Recording& recording) {
  const auto n = recording.time_s.size();
  if (n < 2)
    throw InvalidArgument("a C3D file needs a frame rate; " + std::to_string(n) +
                          " frames have none");
  Clock clock;
  clock.rate_hz = static_cast<double>(n - 1) / (recording.time_s.back() - recording.time_s.front());
  // 99.99999999 Hz is the trace of a rounded time, not a rate.
  const double round_rate = std::round(clock.rate_hz * 1000.0) / 1000.0;
  if (std::abs(round_rate - clock.rate_hz) * static_cast<double>(n) < kStepSlack * clock.rate_hz) {
    clock.rate_hz = round_rate;
  }
  const double start = recording.time_s.front() * clock.rate_hz;
  if (start < -kStepSlack || std::abs(start - std::round(start)) > kStepSlack * 10.0) {
    throw InvalidArgument("the first frame is at " + text::decimal(recording.time_s.front()) +
                          " s, not a whole number of frames of " + text::decimal(clock.rate_hz) +
                          " Hz after 0; a C3D file cannot hold that clock");
  }
  clock.first_frame = static_cast<std::size_t>(std::llround(start)) + 1;
  for (std::size_t i = 0; i < n; ++i) {
    const double expected = std::round(start) + static_cast<double>(i);
    if (std::abs(recording.time_s[i] * clock.rate_hz - expected) > 0.1) {
      throw InvalidArgument("time_s[" + std::to_string(i) + "] = " +
                            text::decimal(recording.time_s[i]) + " s is off the constant rate of " +
                            text::decimal(clock.rate_hz) + " Hz that a C3D file needs");
    }
  }
  return clock;
}

void add_events(Section& section, const Recording& recording) {
  std::vector<std::string> labels;
  std::vector<std::string> contexts;
  std::vector<double> times;
  for (const auto& event : recording.events) {
    const double minutes = std::floor(event.time_s / 60.0);
    times.push_back(minutes);
    times.push_back(event.time_s - 60.0 * minutes);
    labels.push_back(event.label);
    contexts.push_back(event.context);
  }
  section.group("EVENT");
  section.integers("USED", {recording.events.size()});
  if (recording.events.empty()) return;
  section.strings("LABELS", labels);
  section.strings("CONTEXTS", contexts);
  section.times("TIMES", times);
}

}  // namespace

std::vector<Note> write_c3d(const std::filesystem::path& path, const Recording& recording) {
  recording.validate();
  const Clock clock = clock_of(recording);
  const auto frames = static_cast<std::size_t>(recording.n_frames());
  const auto points = static_cast<std::size_t>(recording.n_points());
  if (points == 0) throw InvalidArgument("a recording without points cannot be written as C3D");
  if (points > kFullCount || recording.events.size() > kFullCount) {
    throw InvalidArgument("a C3D file holds at most 65535 points and 65535 events");
  }
  for (const auto& label : recording.labels) {
    if (label.size() > kLongestLabel) {
      throw InvalidArgument("label '" + label + "' is longer than the 120 bytes of a C3D file");
    }
  }
  std::vector<Note> notes;
  std::size_t samples = 0;
  const auto plates = c3d::choose_plates(recording, notes, samples);
  const double largest = recording.positions_m.array()
                             .isNaN()
                             .select(0.0, recording.positions_m.array().abs())
                             .maxCoeff();
  const double scale = -std::max(kMillimetres * largest / 32000.0, 1e-6);
  const std::size_t last_frame = clock.first_frame + frames - 1;
  const bool is_long = last_frame > kFullCount;

  const auto section_with = [&](std::size_t data_block) {
    Section section;
    section.group("POINT");
    section.integers("USED", {points});
    section.floats("SCALE", {scale});
    section.floats("RATE", {clock.rate_hz});
    section.integers("FRAMES", {std::min(frames, kFullCount)});
    if (is_long) section.floats("LONG_FRAMES", {static_cast<double>(frames)});
    section.integers("DATA_START", {data_block});
    section.strings("UNITS", {"mm"});
    section.strings("X_SCREEN", {"+X"});
    section.strings("Y_SCREEN", {"+Y"});
    section.strings("LABELS", recording.labels);
    c3d::add_analog(section, plates.size(),
                    clock.rate_hz * static_cast<double>(std::max<std::size_t>(samples, 1)));
    c3d::add_plates(section, plates);
    add_events(section, recording);
    section.group("TRIAL");
    section.integers("ACTUAL_START_FIELD", {clock.first_frame % 65536, clock.first_frame / 65536});
    section.integers("ACTUAL_END_FIELD", {last_frame % 65536, last_frame / 65536});
    if (!recording.subject.empty()) {
      section.group("SUBJECTS");
      section.integers("USED", {1});
      section.strings("NAMES", {recording.subject.substr(0, kLongestLabel)});
    }
    return section.finish();
  };
  const std::size_t data_block = 2 + section_with(0).size() / kBlock;

  std::string out{2, 'P'};
  put_u16(out, points);
  put_u16(out, 6 * plates.size() * samples);
  put_u16(out, std::min(clock.first_frame, kFullCount));
  put_u16(out, std::min(last_frame, kFullCount));
  put_u16(out, 0);
  put_f32(out, scale);
  put_u16(out, data_block);
  put_u16(out, samples);
  put_f32(out, clock.rate_hz);
  out.resize(kBlock, '\0');
  out += section_with(data_block);
  out.reserve(out.size() + frames * (16 * points + 24 * plates.size() * samples) + kBlock);
  for (std::size_t f = 0; f < frames; ++f) {
    const double* row = recording.positions_m.data() + f * 3 * points;
    for (std::size_t p = 0; p < points; ++p, row += 3) {
      const bool missing = std::isnan(row[0]) || std::isnan(row[1]) || std::isnan(row[2]);
      for (int k = 0; k < 3; ++k) put_f32(out, missing ? 0.0 : kMillimetres * row[k]);
      put_f32(out, missing ? -1.0 : 0.0);
    }
    for (std::size_t s = 0; s < samples; ++s) {
      for (const auto& written : plates)
        c3d::put_sample(out, written, static_cast<Eigen::Index>(f * samples + s));
    }
  }
  c3d::pad_to_block(out);
  write_whole(path, out);
  return notes;
}

}  // namespace runmech
