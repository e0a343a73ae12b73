// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Geometry>
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "atomic.hpp"
#include "c3d_bytes.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"

namespace runmech {
namespace {

using c3d::kBlock;

constexpr std::size_t kFullCount = 65535;   // the largest 16-bit frame count
constexpr std::size_t kListLength = 255;    // entries of one parameter
constexpr std::size_t kLongestLabel = 120;  // 255 of them stay below the 32767 of signed readers
constexpr double kStepSlack = 1e-3;         // of a frame: file times are rounded
constexpr double kMillimetres = 1000.0;

void put_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xffU);
  out += static_cast<char>(value >> 8 & 0xffU);
}

void put_f32(std::string& out, double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  put_u16(out, bits & 0xffffU);
  put_u16(out, bits >> 16);
}

void pad_to_block(std::string& out) {
  out.resize((out.size() + kBlock - 1) / kBlock * kBlock, '\0');
}

/// Groups and parameters in the order they are added.
class Section {
 public:
  void group(const std::string& name) {
    ++id_;
    record(name, -id_, std::string(1, '\0'));
  }
  void integers(const std::string& name, const std::vector<std::size_t>& values,
                std::vector<std::size_t> dims = {}) {
    std::string body = start(2, dims.empty() ? std::vector{values.size()} : dims);
    for (const std::size_t value : values) put_u16(body, value);
    record(name, id_, body + '\0');
  }
  void floats(const std::string& name, const std::vector<double>& values,
              std::vector<std::size_t> dims = {}) {
    std::string body = start(4, dims.empty() ? std::vector{values.size()} : dims);
    for (const double value : values) put_f32(body, value);
    record(name, id_, body + '\0');
  }
  /// In parts of 255: NAME, NAME2, ...
  void strings(const std::string& name, const std::vector<std::string>& values) {
    for (std::size_t from = 0, part = 1; part == 1 || from < values.size();
         from += kListLength, ++part) {
      const std::size_t count = std::min(kListLength, values.size() - from);
      std::size_t length = 1;
      for (std::size_t i = 0; i < count; ++i) length = std::max(length, values[from + i].size());
      std::string body = start(-1, {length, count});
      for (std::size_t i = 0; i < count; ++i) {
        body += values[from + i] + std::string(length - values[from + i].size(), ' ');
      }
      record(name + (part == 1 ? "" : std::to_string(part)), id_, body + '\0');
    }
  }
  /// Minutes and seconds, in parts of 255 events.
  void times(const std::string& name, const std::vector<double>& pairs) {
    for (std::size_t from = 0, part = 1; from < pairs.size(); from += 2 * kListLength, ++part) {
      const std::size_t count = std::min(2 * kListLength, pairs.size() - from);
      const auto first = pairs.begin() + static_cast<std::ptrdiff_t>(from);
      floats(name + (part == 1 ? "" : std::to_string(part)),
             {first, first + static_cast<std::ptrdiff_t>(count)}, {2, count / 2});
    }
  }

  /// The section of whole blocks; throws InvalidArgument where their number does not fit its byte.
  [[nodiscard]] std::string finish() const {
    std::string out{1, 'P', 0, 84};
    out += records_ + std::string(2, '\0');
    pad_to_block(out);
    if (out.size() / kBlock > 255) {
      throw InvalidArgument("the labels take " + std::to_string(out.size()) +
                            " bytes; a C3D file has room for 130560");
    }
    out[2] = static_cast<char>(out.size() / kBlock);
    return out;
  }

 private:
  static std::string start(int type, const std::vector<std::size_t>& dims) {
    std::string body{static_cast<char>(type), static_cast<char>(dims.size())};
    for (const std::size_t dim : dims) body += static_cast<char>(dim);
    return body;
  }
  void record(const std::string& name, int id, const std::string& body) {
    records_ += static_cast<char>(name.size());
    records_ += static_cast<char>(id);
    records_ += name;
    put_u16(records_, body.size() + 2);
    records_ += body;
  }

  std::string records_;
  int id_ = 0;
};

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
    throw InvalidArgument("the first frame is at " + std::to_string(recording.time_s.front()) +
                          " s, not a whole number of frames of " + std::to_string(clock.rate_hz) +
                          " Hz after 0; a C3D file cannot hold that clock");
  }
  clock.first_frame = static_cast<std::size_t>(std::llround(start)) + 1;
  for (std::size_t i = 0; i < n; ++i) {
    const double expected = std::round(start) + static_cast<double>(i);
    if (std::abs(recording.time_s[i] * clock.rate_hz - expected) > 0.1) {
      throw InvalidArgument("time_s[" + std::to_string(i) +
                            "] = " + std::to_string(recording.time_s[i]) +
                            " s is off the constant rate of " + std::to_string(clock.rate_hz) +
                            " Hz that a C3D file needs");
    }
  }
  return clock;
}

/// A plate ready to be written: six channels per sample, in its own axes, N and Nmm at the centre.
struct WrittenPlate {
  const ForcePlate* plate = nullptr;
  Eigen::Matrix3d axes;
  Eigen::Vector3d centre;
};

std::vector<WrittenPlate> choose_plates(const Recording& recording, std::vector<Note>& notes,
                                        std::size_t& samples) {
  std::vector<WrittenPlate> out;
  const auto frames = static_cast<std::size_t>(recording.n_frames());
  for (const ForcePlate& plate : recording.plates) {
    const auto leave_out = [&](const std::string& why) {
      notes.push_back({"forces", plate.name + " is not written: " + why, true});
    };
    const auto n = static_cast<std::size_t>(plate.n_samples());
    const auto& c = plate.corners_m;
    const Eigen::Vector3d x = (c.row(0) - c.row(1) + c.row(3) - c.row(2)).transpose();
    const Eigen::Vector3d y = (c.row(0) - c.row(3) + c.row(1) - c.row(2)).transpose();
    if (!(x.cross(y).norm() > 1e-6)) {
      leave_out("its corners are not known");
    } else if (n == 0 || n % frames != 0 || (samples != 0 && n != samples * frames) ||
               n / frames * 6 * (out.size() + 1) > kFullCount ||
               std::abs(plate.time_s.front() - recording.time_s.front()) > 1e-4) {
      leave_out("its " + std::to_string(n) +
                " samples are not a whole number per frame from the first on");
    } else {
      samples = n / frames;
      WrittenPlate written{&plate, {}, c.colwise().mean().transpose()};
      written.axes.col(0) = x.normalized();
      written.axes.col(2) = x.cross(y).normalized();
      written.axes.col(1) = written.axes.col(2).cross(written.axes.col(0));
      out.push_back(written);
    }
  }
  return out;
}

void put_sample(std::string& out, const WrittenPlate& written, Eigen::Index i) {
  const ForcePlate& plate = *written.plate;
  const Eigen::Vector3d force = written.axes.transpose() * plate.force_n.row(i).transpose();
  Eigen::Vector3d moment = Eigen::Vector3d::Zero();
  if (i < plate.cop_m.rows() && plate.cop_m.row(i).allFinite()) {
    const Eigen::Vector3d at =
        written.axes.transpose() * (plate.cop_m.row(i).transpose() - written.centre);
    moment = at.cross(force);
    if (i < plate.free_moment_nm.size() && std::isfinite(plate.free_moment_nm[i])) {
      moment[2] += plate.free_moment_nm[i] * written.axes(1, 2);  // about world Y, up
    }
  }
  for (int k = 0; k < 3; ++k) put_f32(out, force[k]);
  for (int k = 0; k < 3; ++k) put_f32(out, kMillimetres * moment[k]);
}

void add_plates(Section& section, const std::vector<WrittenPlate>& plates) {
  const std::size_t n = plates.size();
  section.group("FORCE_PLATFORM");
  section.integers("USED", {n});
  section.integers("ZERO", {0, 0});
  if (n == 0) return;
  std::vector<std::size_t> channels(6 * n);
  std::vector<double> corners;
  for (std::size_t i = 0; i < 6 * n; ++i) channels[i] = i + 1;
  for (const auto& written : plates) {
    for (int corner = 0; corner < 4; ++corner) {
      for (int k = 0; k < 3; ++k)
        corners.push_back(kMillimetres * written.plate->corners_m(corner, k));
    }
  }
  section.integers("TYPE", std::vector<std::size_t>(n, 2));
  section.integers("CHANNEL", channels, {6, n});
  section.floats("CORNERS", corners, {3, 4, n});
  section.floats("ORIGIN", std::vector<double>(3 * n, 0.0), {3, n});
}

// Always present: some programs refuse a file without it.
void add_analog(Section& section, std::size_t plates, double rate_hz) {
  std::vector<std::string> labels;
  std::vector<std::string> units;
  for (std::size_t plate = 1; plate <= plates; ++plate) {
    for (const char* kind : {"Fx", "Fy", "Fz", "Mx", "My", "Mz"}) {
      labels.push_back(kind + std::to_string(plate));
      units.emplace_back(kind[0] == 'F' ? "N" : "Nmm");
    }
  }
  const std::size_t channels = labels.size();
  section.group("ANALOG");
  section.integers("USED", {channels});
  section.strings("LABELS", labels);
  section.strings("UNITS", units);
  section.floats("GEN_SCALE", {1.0});
  section.floats("SCALE", std::vector<double>(channels, 1.0));
  section.integers("OFFSET", std::vector<std::size_t>(channels, 0));
  section.floats("RATE", {rate_hz});
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
  const auto plates = choose_plates(recording, notes, samples);
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
    add_analog(section, plates.size(),
               clock.rate_hz * static_cast<double>(std::max<std::size_t>(samples, 1)));
    add_plates(section, plates);
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
        put_sample(out, written, static_cast<Eigen::Index>(f * samples + s));
    }
  }
  pad_to_block(out);
  write_whole(path, out);
  return notes;
}

}  // namespace runmech
