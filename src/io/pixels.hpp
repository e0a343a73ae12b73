// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "clock.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Collects keypoints of one person frame by frame, in pixels, and makes a Recording of them.
class PixelFrames {
 public:
  /// Adds the next frame (numbers ascending) and returns its row. Frames that lack before it are
  /// put in as missing, with times between their neighbours, unless they would outnumber the real
  /// ones.
  std::size_t add(double frame, double time_s);
  void resize(std::size_t points);  ///< after the last add
  void set(std::size_t row, std::size_t point, double x, double y, double confidence);
  [[nodiscard]] std::size_t count() const { return frame_.size(); }

  /// Fills time_s, positions_m (pixels, third column 0) and confidence; applies min_confidence,
  /// takes 0,0 as missing, and notes all that.
  void finish(const std::string& path, bool with_confidence, ClockSource clock,
              const ReadOptions& options, Recording& recording);

 private:
  std::vector<double> frame_;
  std::vector<double> time_s_;
  FrameMatrix xy_;  // count x 2 points
  FrameMatrix confidence_;
  std::size_t points_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace runmech
