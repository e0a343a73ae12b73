// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/read.hpp"

#include "runmech/core/errors.hpp"
#include "runmech/io/biomac.hpp"
#include "runmech/io/c3d.hpp"
#include "runmech/io/import.hpp"
#include "runmech/io/keypoints.hpp"
#include "runmech/io/kinds.hpp"
#include "runmech/io/rbds.hpp"
#include "runmech/io/trc.hpp"
#include "text.hpp"

namespace runmech {
namespace {

// Shows how the file begins, which often says what it is: a page of a web site, a log, ...
[[noreturn]] void refuse_unknown(const FileBytes& file) {
  const std::string_view start = file.text().substr(0, 4096);
  const std::string known =
      "; read are TRC, C3D, RBDS text, BioMAC CSV, keypoint CSV, OpenPose JSON";
  if (start.find('\0') != std::string_view::npos) {
    throw IoError(file.path, "byte 0", "binary data, not a file of any known kind" + known);
  }
  text::Lines lines(start, file.path);
  std::string_view line;
  if (!lines.next_filled(line)) {
    throw IoError(file.path, "line 1", "blank, not a file of any known kind" + known);
  }
  throw IoError(
      file.path, "line " + std::to_string(lines.number()),
      text::quoted(text::trim(line)) + " is not the beginning of a file of any known kind" + known);
}

}  // namespace

RawRecording read_raw(const FileBytes& file, const ReadOptions& options) {
  options.validate();
  const FileIdentity identity = identify(file);
  switch (identity.kind) {
    case FileKind::trc:
      return read_trc(file, options);
    case FileKind::c3d:
      return read_c3d(file, options);
    case FileKind::rbds_markers:
      return read_rbds(file, options);
    case FileKind::biomac_csv:
      return read_biomac(file, options);
    case FileKind::keypoint_csv:
      return read_keypoint_csv(file, options);
    case FileKind::openpose_json:
      return read_openpose_frame(file, options);
    case FileKind::rbds_forces:
    case FileKind::mot:
      throw IoError(file.path, "",
                    identity.name +
                        " holds forces or angles, no points: give it as "
                        "forces, or read it with read_table");
    case FileKind::strength_csv:
      throw IoError(file.path, "", "this is a strength CSV: read it with read_strength");
    case FileKind::other:
      break;
  }
  if (!identity.name.empty()) throw IoError(file.path, "", identity.name + " is not read yet");
  refuse_unknown(file);
}

RawRecording read_raw(const std::filesystem::path& path, const ReadOptions& options) {
  options.validate();
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return read_openpose_folder(path, options);
  return read_raw(load_file(path), options);
}

Recording read(const std::filesystem::path& path, const ReadOptions& options) {
  return import_recording(read_raw(path, options), options);
}

}  // namespace runmech
