// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runmech::FileBytes file{"fuzz.c3d", {data, data + size}};
  static_cast<void>(runmech::looks_like_c3d(file.bytes));
  try {
    runmech::read_c3d_forces(file).recording.validate();
    static_cast<void>(runmech::read_c3d(file));
  } catch (const runmech::IoError&) {
  } catch (const runmech::NotAnalysable&) {
  }
  return 0;
}
