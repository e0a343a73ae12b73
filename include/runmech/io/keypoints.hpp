// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <string_view>

#include "runmech/io/file.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Reads 2D keypoints from a long CSV with the columns frame, time_s, point, x_px, y_px, confidence
/// (in any order; confidence and one of frame and time_s may lack). One person; any point names.
/// Result in pixels (raw.pixels): x right, y down, third column 0. Points below
/// options.min_confidence, at 0,0 or blank are missing. Frames that lack between two numbers are
/// put in as missing. Throws IoError naming the line; InvalidArgument naming rate_hz where no times
/// are. With semicolons or tabs between the columns, decimal commas are read as decimal points. A
/// last row that was cut is left out and noted.
[[nodiscard]] RawRecording read_keypoint_csv(const FileBytes& file,
                                             const ReadOptions& options = {});
/// True where the first line that is not blank names point, x_px and y_px.
[[nodiscard]] bool is_keypoint_csv(std::string_view text);

/// Reads 2D keypoints in OpenPose's JSON layout: a folder with one file per frame (sorted by the
/// last number of their names, never as text; each may be gzipped). BODY_25, BODY_25B (told apart
/// by the body, or by options.marker_set = body_25 / body_25b), BlazePose-33, and HALPE_26 when
/// declared by options.marker_set = halpe_26. 0,0,0 is missing. People are followed from frame to
/// frame by place; of several the one is taken that scores most by frames in view x height in the
/// picture x (leg swing + travel), or options.person; the choice is noted. The layout holds no
/// frame rate: options.rate_hz is needed. Throws InvalidArgument naming rate_hz, person or
/// marker_set; IoError naming the file of the folder.
[[nodiscard]] RawRecording read_openpose_folder(const std::filesystem::path& folder,
                                                const ReadOptions& options);
/// A single frame; time 0.
[[nodiscard]] RawRecording read_openpose_frame(const FileBytes& file, const ReadOptions& options);

}  // namespace runmech
