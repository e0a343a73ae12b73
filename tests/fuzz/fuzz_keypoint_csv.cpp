// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "runmech/core/errors.hpp"
#include "runmech/io/import.hpp"
#include "runmech/io/keypoints.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runmech::FileBytes file{"fuzz", {data, data + size}};
  static_cast<void>(runmech::is_keypoint_csv(file.text()));
  try {
    static_cast<void>(runmech::import_recording(runmech::read_keypoint_csv(file)));
  } catch (const runmech::IoError&) {
  } catch (const runmech::InvalidArgument&) {
  } catch (const runmech::NotAnalysable&) {
  }
  return 0;
}
