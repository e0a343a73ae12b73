// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "runmech/core/errors.hpp"
#include "runmech/io/biomac.hpp"
#include "runmech/io/import.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runmech::FileBytes file{"fuzz", {data, data + size}};
  try {
    runmech::ReadOptions options;
    options.mass_kg = 70.0;
    static_cast<void>(runmech::import_recording(runmech::read_biomac(file, options), options));
  } catch (const runmech::IoError&) {
  } catch (const runmech::InvalidArgument&) {
  } catch (const runmech::NotAnalysable&) {
  }
  return 0;
}
