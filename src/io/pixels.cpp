// SPDX-License-Identifier: BSD-3-Clause
#include "pixels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runmech/core/units.hpp"
#include "words.hpp"

namespace runmech {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMaxFrame = 1e9;  // far below where a double no longer counts by ones

}  // namespace

std::size_t PixelFrames::add(double frame, double time_s) {
  if (!frame_.empty() && frame == std::floor(frame) && std::abs(frame) < kMaxFrame) {
    const double lacking = frame - frame_.back() - 1.0;
    const std::size_t real = frame_.size() - filled_;
    if (lacking >= 1.0 &&
        static_cast<double>(filled_) + lacking <= 2.0 * static_cast<double>(real) + 20.0) {
      const double before = frame_.back();
      const double start = time_s_.back();
      for (double f = before + 1.0; f < frame; f += 1.0) {
        frame_.push_back(f);
        time_s_.push_back(start + (time_s - start) * (f - before) / (frame - before));
        ++filled_;
      }
    }
  }
  frame_.push_back(frame);
  time_s_.push_back(time_s);
  return frame_.size() - 1;
}

void PixelFrames::resize(std::size_t points) {
  points_ = points;
  const auto rows = static_cast<Eigen::Index>(frame_.size());
  const auto cols = static_cast<Eigen::Index>(points);
  xy_.setConstant(rows, 2 * cols, kNan);
  confidence_.setConstant(rows, cols, kNan);
}

void PixelFrames::set(std::size_t row, std::size_t point, double x, double y, double confidence) {
  const auto r = static_cast<Eigen::Index>(row);
  const auto p = static_cast<Eigen::Index>(point);
  xy_(r, 2 * p) = x;
  xy_(r, 2 * p + 1) = y;
  confidence_(r, p) = confidence;
}

void PixelFrames::finish(const std::string& path, bool with_confidence, ClockSource clock,
                         const ReadOptions& options, Recording& recording) {
  const auto rows = static_cast<Eigen::Index>(frame_.size());
  const auto points = static_cast<Eigen::Index>(points_);
  clock.frame = frame_;
  clock.time_s = time_s_;
  clock.given_rate_hz = options.rate_hz;
  const auto kept = set_clock(path, rows, clock, recording);
  const auto n = static_cast<Eigen::Index>(kept.size());
  recording.positions_m.setConstant(n, 3 * points, kNan);
  if (with_confidence) recording.confidence.setZero(n, points);
  std::size_t weak = 0;
  std::size_t zeros = 0;
  double highest = 0.0;
  Eigen::Index empty = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    Eigen::Index seen = 0;
    const Eigen::Index row = kept[static_cast<std::size_t>(i)];
    for (Eigen::Index p = 0; p < points; ++p) {
      const double x = xy_(row, 2 * p);
      const double y = xy_(row, 2 * p + 1);
      const double confidence = confidence_(row, p);
      if (with_confidence && std::isfinite(confidence)) {
        highest = std::max(highest, confidence);
        recording.confidence(i, p) = std::clamp(confidence, 0.0, 1.0);
      }
      if (std::isnan(x) || std::isnan(y) || x == kNoValue || y == kNoValue) continue;
      if (x == 0.0 && y == 0.0) {
        ++zeros;
      } else if (with_confidence && confidence < options.min_confidence) {
        ++weak;
      } else {
        recording.positions_m.block<1, 3>(i, 3 * p) << x, y, 0.0;
        ++seen;
      }
    }
    if (seen == 0) ++empty;
  }
  if (filled_ > 0) {
    recording.warn("frames", std::to_string(filled_) +
                                 " frames lack in the numbering and were put in as missing");
  }
  if (empty > 0) {
    recording.note("people",
                   std::to_string(empty) + " of " + std::to_string(n) + " frames show no person");
  }
  if (zeros > 0) {
    recording.note("missing", std::to_string(zeros) + " keypoints at 0,0 count as missing");
  }
  if (weak > 0) {
    recording.note("missing", std::to_string(weak) + " keypoints below confidence " +
                                  text::decimal(options.min_confidence) + " count as missing");
  }
  if (highest > 1.0) {
    recording.note("confidence",
                   "confidences reach " + text::decimal(highest) + "; above 1 they count as 1");
  }
}

}  // namespace runmech
