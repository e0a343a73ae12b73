// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include "runmech/core/errors.hpp"
#include "runmech/io/forces.hpp"
#include "runmech/io/table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runmech::FileBytes file{"fuzz", {data, data + size}};
  static_cast<void>(runmech::is_mot(file.text()));
  try {
    static_cast<void>(runmech::plates_of(runmech::read_table(file)));
  } catch (const runmech::IoError&) {
  } catch (const runmech::InvalidArgument&) {
  } catch (const runmech::NotAnalysable&) {
  }
  return 0;
}
