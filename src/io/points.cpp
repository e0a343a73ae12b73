// SPDX-License-Identifier: BSD-3-Clause
#include "points.hpp"

#include <cmath>
#include <limits>

#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"

namespace runmech {

double length_unit(const std::string& path, const std::string& given, const std::string& stated,
                   RawRecording& raw) {
  Recording& recording = raw.recording;
  const double by_file = stated.empty() ? 0.0 : text::metres_in(stated);
  if (!given.empty()) {
    if (by_file > 0.0 && by_file != text::metres_in(given)) {
      recording.warn("units", "read as " + given + " as asked, although the file states " + stated);
    } else {
      recording.note("units", "read as " + given + " as asked");
    }
    return text::metres_in(given);
  }
  if (stated.empty()) {
    raw.unit_stated = false;
    return 1.0;
  }
  if (by_file == 0.0) {
    throw IoError(
        path, "",
        "length unit " + text::quoted(stated) + " is not known; give unit = m, cm, mm, in or ft");
  }
  if (by_file != 1.0) recording.note("units", "converted from " + stated + " to metres");
  return by_file;
}

void fill_points(const text::Rows& rows, std::size_t first, double scale,
                 const std::vector<Eigen::Index>& kept, Recording& recording) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto n = recording.n_points();
  recording.positions_m.resize(static_cast<Eigen::Index>(kept.size()), 3 * n);
  std::size_t gaps = 0;
  std::size_t partial = 0;
  std::size_t no_values = 0;
  std::size_t zeros = 0;
  std::string zero_labels;
  for (Eigen::Index p = 0; p < n; ++p) {
    std::size_t zeros_here = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const std::size_t at = static_cast<std::size_t>(kept[i]) * rows.columns + first +
                             3 * static_cast<std::size_t>(p);
      Eigen::Vector3d point(rows.values[at], rows.values[at + 1], rows.values[at + 2]);
      if (point.hasNaN()) {
        ++(point.array().isNaN().all() ? gaps : partial);
        point.setConstant(nan);
      } else if ((point.array() == kNoValue).any()) {
        ++no_values;
        point.setConstant(nan);
      } else if (point.isZero(0.0)) {
        ++zeros_here;
        point.setConstant(nan);
      }
      recording.positions_m.block<1, 3>(static_cast<Eigen::Index>(i), 3 * p) =
          scale * point.transpose();
    }
    if (zeros_here > 0) {
      zero_labels += (zero_labels.empty() ? "" : ", ") +
                     recording.labels[static_cast<std::size_t>(p)] + " " +
                     std::to_string(zeros_here);
      zeros += zeros_here;
    }
  }
  if (gaps > 0) recording.note("missing", std::to_string(gaps) + " points are missing");
  if (partial > 0) {
    recording.warn("missing", std::to_string(partial) +
                                  " points lack one or two coordinates and count as missing");
  }
  if (no_values > 0) {
    recording.note("missing", std::to_string(no_values) +
                                  " points hold 65535, no value, and count as missing");
  }
  if (zeros > 0) {
    recording.note("missing", std::to_string(zeros) + " points at 0,0,0 count as missing (" +
                                  zero_labels + ")");
  }
}

}  // namespace runmech
