// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Force plates on their way into a C3D file: as plates of type 2.

#include <Eigen/Core>
#include <cstddef>
#include <string>
#include <vector>

#include "c3d_section.hpp"
#include "runmech/data/recording.hpp"

namespace runmech::c3d {

/// A plate ready to be written: six channels per sample, in its own axes, N and Nmm at the centre.
struct WrittenPlate {
  const ForcePlate* plate = nullptr;
  Eigen::Matrix3d axes;
  Eigen::Vector3d centre;
};

/// The plates that a file can hold, all with the same number of `samples` per frame (set here); why
/// the others are left out goes to `notes`.
[[nodiscard]] std::vector<WrittenPlate> choose_plates(const Recording& recording,
                                                      std::vector<Note>& notes,
                                                      std::size_t& samples);

/// Sample `i` of a plate: Fx Fy Fz Mx My Mz.
void put_sample(std::string& out, const WrittenPlate& written, Eigen::Index i);

void add_plates(Section& section, const std::vector<WrittenPlate>& plates);

/// The ANALOG group for so many plates. Always present: some programs refuse a file without it.
void add_analog(Section& section, std::size_t plates, double rate_hz);

}  // namespace runmech::c3d
