// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "runmech/core/errors.hpp"
#include "runmech/io/osim.hpp"
#include "runmech/skeleton/kinematics.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runmech::FileBytes file{"fuzz", {data, data + size}};
  try {
    const runmech::Skeleton skeleton = runmech::read_osim(file, &file);
    static_cast<void>(skeleton.n_coordinates());
  } catch (const runmech::IoError&) {
  }
  try {
    const runmech::Skeleton skeleton = runmech::read_osim(file);
    runmech::SkeletonState<double> state;
    runmech::forward_kinematics(skeleton, skeleton.neutral_pose().data(), state);
    for (std::size_t s = 1; s < skeleton.segments.size(); ++s) {
      if (skeleton.segments[s].parent >= static_cast<int>(s)) std::abort();  // parents come first
    }
  } catch (const runmech::IoError&) {
  }
  return 0;
}
