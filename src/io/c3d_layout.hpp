// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// How the data section of a C3D file is laid out, and its numbers.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "c3d_bytes.hpp"
#include "c3d_parameters.hpp"
#include "runmech/data/recording.hpp"

namespace runmech::c3d {

/// One frame is all points (x y z and a fourth word), then all analog samples, channel by channel
/// within each sample. Checked: `frames` whole frames lie inside the file.
struct Layout {
  std::size_t data_offset = 0;
  bool is_float = false;
  double scale = 1.0;  ///< integer coordinate -> file unit, positive
  std::size_t points = 0;
  std::size_t channels = 0;
  std::size_t samples_per_frame = 0;  ///< 0 without analog data
  std::size_t frames = 0;
  std::size_t first_frame = 1;  ///< number of the first stored frame, the recording's own count
  double rate_hz = 0.0;

  [[nodiscard]] std::size_t width() const { return is_float ? 4 : 2; }
  [[nodiscard]] std::size_t frame_bytes() const {
    return width() * (4 * points + channels * samples_per_frame);
  }
  [[nodiscard]] double start_s() const { return static_cast<double>(first_frame - 1) / rate_hz; }
};

/// Settles the layout where header, parameters and the size of the file disagree, with notes.
/// `given_rate_hz` > 0 replaces the file's rate. Throws IoError where no consistent layout is left.
[[nodiscard]] Layout settle_layout(const Bytes& bytes, const Header& header,
                                   const Parameters& parameters, double given_rate_hz,
                                   Recording& recording);

struct PointCounts {
  std::size_t missing = 0;      ///< triples that became NaN
  std::size_t zero_points = 0;  ///< of these: 0,0,0 with a residual that says "valid"
  std::size_t not_finite = 0;   ///< of these: NaN or infinite coordinates
};

/// The points of `columns` (indices into the file's points) times `unit_m`, NaN where missing:
/// frames x 3 columns.
[[nodiscard]] FrameMatrix read_points(const Bytes& bytes, const Layout& layout,
                                      const std::vector<std::size_t>& columns, double unit_m,
                                      PointCounts& counts);

/// One analog channel's conversion: (raw - offset) * scale.
struct AnalogChannel {
  std::size_t index = 0;  ///< 0-based place within a sample
  double offset = 0.0;
  double scale = 1.0;
  bool is_unsigned = false;  ///< integer data are 0..65535
};

/// Converts `channels` for sample `sample` of frame `frame` into out[0..channels.size()).
void read_sample(const Bytes& bytes, const Layout& layout, std::size_t frame, std::size_t sample,
                 const std::vector<AnalogChannel>& channels, double* out);

}  // namespace runmech::c3d
