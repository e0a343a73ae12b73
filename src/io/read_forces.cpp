// SPDX-License-Identifier: BSD-3-Clause
#include "import_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/biomac.hpp"
#include "runmech/io/c3d.hpp"
#include "runmech/io/forces.hpp"
#include "runmech/io/kinds.hpp"
#include "runmech/io/rbds.hpp"
#include "words.hpp"

namespace runmech {
namespace {

std::vector<ForcePlate> plates_in(const FileBytes& file, const ReadOptions& options) {
  const FileIdentity identity = identify(file);
  switch (identity.kind) {
    case FileKind::rbds_forces:
      return read_rbds_forces(file, options);
    case FileKind::mot:
      return plates_of(read_table(file));
    case FileKind::biomac_csv: {
      RawRecording raw = read_biomac(file, options);
      if (raw.recording.plates.empty() && options.mass_kg == 0.0) {
        throw InvalidArgument(file.path + ": forces are in % body weight; give mass_kg");
      }
      return std::move(raw.recording.plates);
    }
    case FileKind::c3d:
      return read_c3d_forces(file, options).recording.plates;
    default:
      throw IoError(file.path, "",
                    (identity.name.empty() ? "a file of no known kind" : identity.name) +
                        " is not read as forces; read are OpenSim MOT/STO, RBDS force text, BioMAC "
                        "CSV and C3D");
  }
}

}  // namespace

std::vector<ForcePlate> read_forces(const std::filesystem::path& path, const ReadOptions& options) {
  options.validate();
  const FileBytes file = load_file(path);
  std::vector<ForcePlate> plates = plates_in(file, options);
  if (plates.empty()) throw IoError(file.path, "", "the file holds no force plates");
  return plates;
}

void attach_forces(Recording& recording, std::vector<ForcePlate> plates) {
  if (recording.time_s.empty()) throw InvalidArgument("the recording has no frames");
  for (ForcePlate& plate : plates) {
    const bool shared = !plate.time_s.empty() && plate.time_s.back() >= recording.time_s.front() &&
                        plate.time_s.front() <= recording.time_s.back();
    if (!shared) {
      throw InvalidArgument("plate '" + plate.name + "' and the recording share no time (" +
                            (plate.time_s.empty() ? std::string("no samples")
                                                  : text::decimal(plate.time_s.front()) + " to " +
                                                        text::decimal(plate.time_s.back()) + " s") +
                            " and " + text::decimal(recording.time_s.front()) + " to " +
                            text::decimal(recording.time_s.back()) + " s)");
    }
    turn_plate(plate, recording.file_to_world);
    check_plate(recording, plate);
    if (plate.dead_band_n > 0.0) {
      recording.note("forces", "plate '" + plate.name + "' holds 0 below about " +
                                   text::decimal(plate.dead_band_n) + " N");
    }
    recording.plates.push_back(std::move(plate));
  }
}

}  // namespace runmech
