// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "runmech/io/file.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// True where the bytes begin as a C3D file does (c3d.org: block pointer, then 0x50; processor code
/// 84 to 86 at the start of the parameter section). Also true for one cut off before that section.
[[nodiscard]] bool looks_like_c3d(std::span<const unsigned char> bytes);

/// Reads a C3D file: Intel, DEC and MIPS, integer and float.
///
/// The clock is the recording's own: the first stored frame has time (first frame number - 1) /
/// rate, and EVENT:TIMES count on the same clock. Points whose residual is negative, that are not a
/// number or that lie at 0,0,0 are missing. Model outputs (POINT:ANGLES, :MOMENTS, ...), unlabelled
/// trajectories ("*5") and the ROTATION group are left out and noted; a "Subject:" prefix becomes
/// `recording.subject`. Force plates of types 1 to 4 give force on the runner, COP and free moment;
/// other analog channels are counted in a note only.
///
/// Work and memory are bounded by the size of the file. Throws IoError with the byte offset for
/// anything that cannot be read, and NotAnalysable for a file without point data, saying what it
/// holds. A truncated file gives its whole frames and a warning.
[[nodiscard]] RawRecording read_c3d(const FileBytes& file, const ReadOptions& options = {});

/// As read_c3d, but for the force plates: a file without any point data is accepted, its recording
/// then has no labels.
[[nodiscard]] RawRecording read_c3d_forces(const FileBytes& file, const ReadOptions& options = {});

/// Writes points, force plates and events as C3D (Intel, 32-bit floats, mm, N, Nmm; Y up), aside
/// first and then renamed. Values keep 7 digits; missing = 0,0,0 with fourth word -1. Plates become
/// type 2. Needs at least two frames at a constant rate, whose first time is a whole number of
/// frames after 0, and labels of at most 120 bytes: InvalidArgument otherwise. Returns what a C3D
/// file cannot hold and was therefore left out (a plate without corners or with a clock of its
/// own). Throws IoError where the file cannot be written.
std::vector<Note> write_c3d(const std::filesystem::path& path, const Recording& recording);

}  // namespace runmech
