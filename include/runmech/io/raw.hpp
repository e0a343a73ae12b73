// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/data/recording.hpp"

namespace runmech {

/// What a file itself says about its axes: "+x", "-x", "+y", "-y", "+z", "-z", or empty = not said.
struct FileAxes {
  std::string up;
  std::string forward;
};

/// What a format reader returns: values as the file has them, in metres, newtons and seconds, but
/// in the FILE's axes (plates too: force on the runner, corners, COP). `read` turns it to the
/// world. Duplicate labels, repeated times and false units are still in it.
struct RawRecording {
  Recording recording;
  FileAxes axes;
  bool unit_stated = true;  ///< false: the reader assumed the unit, `read` may judge by body size
  bool pixels = false;      ///< keypoints: columns 0 and 1 are picture x (right) and y (down), px
};

}  // namespace runmech
