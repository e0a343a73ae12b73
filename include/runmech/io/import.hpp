// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Makes a Recording of what a format reader gave: tidy labels, the marker set, unit checked
/// against the size of a body, axes turned to X forward, Y up, Z right (plates too), keypoints
/// scaled to metres, surface, what is odd in the data, the stretch of time asked for. All of it is
/// noted. Throws InvalidArgument naming the option to give (unit, up, forward, view, marker_set)
/// where the file does not say and the body does not tell clearly. Coordinates beyond 1e7 m (or
/// pixels) and forces beyond 1e6 N are marks or damage: missing, and warned of.
[[nodiscard]] Recording import_recording(RawRecording raw, const ReadOptions& options = {});

/// A recording from memory, through the same import step. positions: n_frames x 3 n_points (x y z
/// of each label in turn) in options.unit (empty: judged by the size of the body), NaN = missing,
/// axes by options.up and options.forward or from the body. time_s increases.
[[nodiscard]] Recording from_arrays(std::vector<double> time_s, std::vector<std::string> labels,
                                    FrameMatrix positions, const ReadOptions& options = {});

/// The same for 2D keypoints in pixels: n_frames x 2 n_points (x right, y down); confidence
/// n_frames x n_points or empty.
[[nodiscard]] Recording from_keypoints(std::vector<double> time_s, std::vector<std::string> labels,
                                       const FrameMatrix& pixels, FrameMatrix confidence,
                                       const ReadOptions& options = {});

}  // namespace runmech
