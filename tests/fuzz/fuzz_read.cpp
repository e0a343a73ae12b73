// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "runmech/core/errors.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/strength_csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runmech::FileBytes file{"fuzz", {data, data + size}};
  // Whatever the bytes are: unpacking, recognition, and every reader behind it.
  try {
    static_cast<void>(runmech::read_raw(runmech::unpacked(file)));
  } catch (const runmech::IoError&) {
  } catch (const runmech::InvalidArgument&) {
  } catch (const runmech::NotAnalysable&) {
  }
  try {
    static_cast<void>(runmech::read_strength(file));
  } catch (const runmech::IoError&) {
  }
  return 0;
}
