// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>

#include "runmech/data/recording.hpp"
#include "runmech/io/file.hpp"
#include "runmech/io/raw.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

/// Reads a recording of any known kind, recognised by content and never by name: TRC, C3D, RBDS
/// text, BioMAC csv, keypoint csv, and folders of OpenPose JSON; each also gzipped. The result is
/// in metres, newtons and seconds with X forward, Y up and Z to the runner's right; what was
/// converted, inferred or left out is in its notes. Throws IoError (path, place, reason) for what
/// cannot be read, naming the kind where it is known but not read; InvalidArgument naming the
/// option to give where unit, axes, view or clock are too weak.
[[nodiscard]] Recording read(const std::filesystem::path& path, const ReadOptions& options = {});

/// The same without the import step: the file's own axes, labels and values, in metres.
[[nodiscard]] RawRecording read_raw(const std::filesystem::path& path,
                                    const ReadOptions& options = {});
/// The same from memory; `file.path` is for messages.
[[nodiscard]] RawRecording read_raw(const FileBytes& file, const ReadOptions& options = {});

}  // namespace runmech
