// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "words.hpp"

namespace runmech::c3d {
namespace {

constexpr double kMinRate_hz = 0.01;  // our choice
constexpr double kMaxRate_hz = 1e5;
constexpr std::size_t kFullCount = 65535;  // a 16-bit frame count that may have run over

bool is_rate(double rate_hz) {
  return rate_hz >= kMinRate_hz && rate_hz <= kMaxRate_hz;
}

// A count out of a parameter: whole and not absurd, else nothing.
std::optional<std::size_t> whole(std::optional<double> value) {
  if (!value || !(*value >= 0.0) || *value > 4e9) return std::nullopt;
  return static_cast<std::size_t>(std::llround(*value));
}

double settle_rate(const Bytes& bytes, const Header& header, const Parameters& parameters,
                   double given_rate_hz, Recording& recording) {
  const double stated = parameters.number("POINT", "RATE").value_or(0.0);
  const double in_header = header.rate_hz;
  const double rate = is_rate(stated) ? stated : in_header;
  if (given_rate_hz > 0.0) {
    if (!is_rate(rate) || std::abs(rate - given_rate_hz) > 1e-6 * given_rate_hz) {
      recording.note("time", "frame rate " + text::decimal(given_rate_hz) +
                                 " Hz as given; the file says " +
                                 (is_rate(rate) ? text::decimal(rate) + " Hz" : "none"));
    }
    return given_rate_hz;
  }
  if (!is_rate(rate)) {
    bytes.fail(20, "the frame rate is neither in POINT:RATE nor in the header (" +
                       text::decimal(in_header) + "); give rate_hz");
  }
  if (is_rate(stated) && is_rate(in_header) && std::abs(stated - in_header) > 1e-3 * stated) {
    recording.warn("time", "POINT:RATE says " + text::decimal(stated) + " Hz, the header " +
                               text::decimal(in_header) + " Hz; POINT:RATE used");
  }
  return rate;
}

void settle_scale(const Bytes& bytes, const Header& header, const Parameters& parameters,
                  Layout& layout, Recording& recording) {
  const double stated = parameters.number("POINT", "SCALE").value_or(0.0);
  const double in_header = header.scale;
  const auto usable = [](double scale) { return std::isfinite(scale) && scale != 0.0; };
  if (!usable(stated) && !usable(in_header)) {
    bytes.fail(12,
               "the scale of the points is 0 or not a number, in POINT:SCALE and in the header");
  }
  // The header says how the data are written; POINT:SCALE is the copy that programs edit.
  const double sign = usable(in_header) ? in_header : stated;
  layout.is_float = sign < 0.0;
  layout.scale = std::abs(usable(stated) ? stated : in_header);
  if (usable(stated) && usable(in_header) && (stated < 0.0) != (in_header < 0.0)) {
    recording.warn("scale", "POINT:SCALE and the header disagree on integer or float data; " +
                                std::string(layout.is_float ? "float" : "integer") +
                                " data read, as the header says");
  }
}

void settle_data_offset(const Bytes& bytes, const Header& header, const Parameters& parameters,
                        Layout& layout, Recording& recording) {
  const auto in_header = static_cast<std::size_t>(header.data_block);
  const std::size_t stated = whole(parameters.count("POINT", "DATA_START")).value_or(0);
  const auto inside = [&](std::size_t block) {
    return block > bytes.u8(0) && (block - 1) * kBlock < bytes.size();
  };
  const std::size_t block = inside(in_header) ? in_header : stated;
  if (!inside(block)) {
    bytes.fail(16, "the data section starts in block " + std::to_string(in_header) +
                       ", outside the file of " + std::to_string(bytes.size()) + " bytes");
  }
  if (stated != 0 && stated != block) {
    recording.warn("frames", "POINT:DATA_START is block " + std::to_string(stated) +
                                 ", the header says " + std::to_string(in_header) + "; block " +
                                 std::to_string(block) + " used");
  }
  layout.data_offset = (block - 1) * kBlock;
}

// Samples per frame and channels from the header, which describes the bytes; ANALOG:USED and RATE
// are asked only where it is silent or does not divide.
void settle_analog(const Bytes& bytes, const Header& header, const Parameters& parameters,
                   Layout& layout, Recording& recording) {
  const std::size_t per_frame = header.analog_per_frame;
  const std::size_t used = whole(parameters.count("ANALOG", "USED")).value_or(0);
  if (per_frame == 0) return;
  std::size_t samples = header.samples_per_frame;
  if (samples == 0 || per_frame % samples != 0) {
    if (used == 0 || per_frame % used != 0) {
      bytes.fail(4, "the header says " + std::to_string(per_frame) +
                        " analog values per frame in " + std::to_string(samples) +
                        " samples, which does not divide");
    }
    samples = per_frame / used;
    recording.warn("forces", "the header's analog samples per frame (" +
                                 std::to_string(header.samples_per_frame) + ") do not fit its " +
                                 std::to_string(per_frame) + " analog values per frame; " +
                                 std::to_string(samples) + " used, from ANALOG:USED");
  }
  layout.samples_per_frame = samples;
  layout.channels = per_frame / samples;
  const double rate = layout.rate_hz * static_cast<double>(samples);
  const double stated = parameters.number("ANALOG", "RATE").value_or(0.0);
  if (stated > 0.0 && std::abs(stated - rate) > 1e-3 * rate) {
    recording.warn("forces", "ANALOG:RATE says " + text::decimal(stated) +
                                 " Hz, but the header's " + std::to_string(samples) +
                                 " samples per frame make " + text::decimal(rate) +
                                 " Hz, which is used");
  }
}

struct Claim {
  const char* who;
  std::size_t frames;
};

std::optional<std::size_t> long_field(const Parameters& parameters, std::string_view name) {
  const auto words = parameters.counts("TRIAL", name);
  if (words.empty()) return std::nullopt;
  if (words.size() == 1) return whole(words[0]);
  return whole(words[0] + 65536.0 * words[1]);
}

std::vector<Claim> frame_claims(const Header& header, const Parameters& parameters) {
  std::vector<Claim> claims;
  if (header.last_frame >= header.first_frame) {
    claims.push_back({"the header", std::size_t{header.last_frame} - header.first_frame + 1});
  }
  const auto claim = [&claims](const char* who, std::optional<std::size_t> frames) {
    if (frames && *frames > 0) claims.push_back({who, *frames});
  };
  claim("POINT:FRAMES", whole(parameters.count("POINT", "FRAMES")));
  claim("POINT:LONG_FRAMES", whole(parameters.count("POINT", "LONG_FRAMES")));
  const auto start = long_field(parameters, "ACTUAL_START_FIELD");
  const auto end = long_field(parameters, "ACTUAL_END_FIELD");
  if (start && end && *end >= *start) {
    claims.push_back({"TRIAL:ACTUAL_END_FIELD", *end - *start + 1});
  }
  return claims;
}

bool all_zero(const Bytes& bytes, std::size_t offset, std::size_t count) {
  const unsigned char* at = bytes.at(offset, count);
  return std::all_of(at, at + count, [](unsigned char byte) { return byte == 0; });
}

std::string claims_text(const std::vector<Claim>& claims) {
  std::string text;
  for (const auto& claim : claims) {
    text += (text.empty() ? "" : ", ") + std::string(claim.who) + " says " +
            std::to_string(claim.frames);
  }
  return text.empty() ? "nothing says how many" : text;
}

// The largest claim that the file has room for; the file's own size where every claim is larger, or
// where the largest stands at the end of its 16 bits and more data follow.
void settle_frames(const Bytes& bytes, const Header& header, const Parameters& parameters,
                   Layout& layout, Recording& recording) {
  const auto start = long_field(parameters, "ACTUAL_START_FIELD");
  layout.first_frame = std::max<std::size_t>(header.first_frame, 1);
  if (header.last_frame < header.first_frame) {
    recording.warn("frames", "the header's last frame, " + std::to_string(header.last_frame) +
                                 ", is before its first, " + std::to_string(header.first_frame));
  }
  if (start && *start >= kFullCount) layout.first_frame = *start;

  std::size_t end = bytes.size();
  const std::size_t rotation = whole(parameters.count("ROTATION", "DATA_START")).value_or(0);
  if (rotation > 0 && (rotation - 1) * kBlock > layout.data_offset) {
    end = std::min(end, (rotation - 1) * kBlock);
  }
  const std::size_t available = end - layout.data_offset;
  const std::size_t frame_bytes = layout.frame_bytes();
  const std::size_t capacity = available / frame_bytes;
  const auto claims = frame_claims(header, parameters);
  std::size_t largest = 0;
  std::size_t fitting = 0;
  bool run_over = false;
  for (const auto& claim : claims) {
    largest = std::max(largest, claim.frames);
    if (claim.frames <= capacity) fitting = std::max(fitting, claim.frames);
    run_over = run_over || claim.frames == kFullCount || claim.frames == kFullCount + 1;
  }
  run_over = run_over || header.last_frame == kFullCount;

  const bool spare = available - fitting * frame_bytes >= frame_bytes + kBlock;
  layout.frames = fitting;
  if (fitting == 0 || (largest > capacity && spare)) {
    layout.frames = capacity;
  } else if (run_over && fitting <= kFullCount + 1 && spare) {
    layout.frames = capacity;
    // What the padding of the last block would add in frames of zeros is not data.
    const std::size_t last_block = (available - 1) / kBlock * kBlock;
    while (layout.frames > fitting && (layout.frames - 1) * frame_bytes >= last_block &&
           all_zero(bytes, layout.data_offset + (layout.frames - 1) * frame_bytes, frame_bytes)) {
      --layout.frames;
    }
  }
  if (layout.frames == 0) {
    bytes.fail(layout.data_offset, "no whole frame of " + std::to_string(frame_bytes) +
                                       " bytes follows (" + claims_text(claims) + ")");
  }
  if (largest > capacity) {
    recording.warn("frames", "the file is cut short: " + claims_text(claims) + " frames, " +
                                 std::to_string(layout.frames) + " whole frames are there");
  } else if (std::any_of(claims.begin(), claims.end(),
                         [&](const Claim& claim) { return claim.frames != layout.frames; })) {
    recording.warn("frames",
                   std::to_string(layout.frames) + " frames read; " + claims_text(claims));
  }
}

}  // namespace

Layout settle_layout(const Bytes& bytes, const Header& header, const Parameters& parameters,
                     double given_rate_hz, Recording& recording) {
  Layout layout;
  if (header.points == 0 && header.analog_per_frame == 0) {  // nothing stored: nothing to settle
    layout.rate_hz = 1.0;
    return layout;
  }
  layout.rate_hz = settle_rate(bytes, header, parameters, given_rate_hz, recording);
  settle_scale(bytes, header, parameters, layout, recording);
  settle_data_offset(bytes, header, parameters, layout, recording);
  layout.points = header.points;
  const auto used = whole(parameters.count("POINT", "USED"));
  if (used && *used != layout.points) {
    recording.warn("labels", "POINT:USED says " + std::to_string(*used) + " points, the header " +
                                 std::to_string(layout.points) + ", which is used");
  }
  settle_analog(bytes, header, parameters, layout, recording);
  settle_frames(bytes, header, parameters, layout, recording);
  return layout;
}

namespace {

// The inner loop, compiled once per kind of number. `value` turns the bytes of one word into
// double; the fourth word is below 0 as an integer where the point is not valid.
template <std::size_t Width, class Value>
FrameMatrix decode_points(const Bytes& bytes, const Layout& layout,
                          const std::vector<std::size_t>& columns, double factor, Value value,
                          PointCounts& counts) {
  const std::size_t frame_bytes = layout.frame_bytes();
  const unsigned char* data = bytes.at(layout.data_offset, layout.frames * frame_bytes);
  FrameMatrix out(static_cast<Eigen::Index>(layout.frames),
                  static_cast<Eigen::Index>(3 * columns.size()));
  double* to = out.data();
  for (std::size_t f = 0; f < layout.frames; ++f) {
    const unsigned char* frame = data + f * frame_bytes;
    for (const std::size_t column : columns) {
      const unsigned char* point = frame + column * 4 * Width;
      const double x = value(point);
      const double y = value(point + Width);
      const double z = value(point + 2 * Width);
      const double fourth = value(point + 3 * Width);
      const bool finite = std::isfinite(x) && std::isfinite(y) && std::isfinite(z);
      const bool zero = x == 0.0 && y == 0.0 && z == 0.0;
      const bool invalid = fourth <= -1.0;
      if (invalid || !finite || zero) {
        ++counts.missing;
        counts.zero_points += zero && !invalid ? 1 : 0;
        counts.not_finite += finite ? 0 : 1;
        to[0] = to[1] = to[2] = std::numeric_limits<double>::quiet_NaN();
      } else {
        to[0] = x * factor;
        to[1] = y * factor;
        to[2] = z * factor;
      }
      to += 3;
    }
  }
  return out;
}

}  // namespace

FrameMatrix read_points(const Bytes& bytes, const Layout& layout,
                        const std::vector<std::size_t>& columns, double unit_m,
                        PointCounts& counts) {
  const Processor processor = bytes.processor;
  if (layout.is_float) {
    return decode_points<4>(
        bytes, layout, columns, unit_m,
        [processor](const unsigned char* at) { return double{load_f32(at, processor)}; }, counts);
  }
  return decode_points<2>(
      bytes, layout, columns, layout.scale * unit_m,
      [processor](const unsigned char* at) { return double(load_i16(at, processor)); }, counts);
}

void read_sample(const Bytes& bytes, const Layout& layout, std::size_t frame, std::size_t sample,
                 const std::vector<AnalogChannel>& channels, double* out) {
  const std::size_t width = layout.width();
  const std::size_t begin = layout.data_offset + frame * layout.frame_bytes() +
                            width * (4 * layout.points + sample * layout.channels);
  const unsigned char* row = bytes.at(begin, width * layout.channels);
  for (const auto& channel : channels) {
    const unsigned char* at = row + width * channel.index;
    double raw = 0.0;
    if (layout.is_float) {
      raw = load_f32(at, bytes.processor);
    } else if (channel.is_unsigned) {
      raw = load_u16(at, bytes.processor);
    } else {
      raw = load_i16(at, bytes.processor);
    }
    *out++ = (raw - channel.offset) * channel.scale;
  }
}

}  // namespace runmech::c3d
