// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace runmech::test {

/// The folder of real recordings: $RUNMECH_DATA, or ../shared/data beside the project.
inline std::filesystem::path data_folder() {
  if (const char* given = std::getenv("RUNMECH_DATA")) return given;
  return std::filesystem::path("..") / "shared" / "data";
}

}  // namespace runmech::test

/// Skips the test, saying so, where the recordings are absent.
#define RUNMECH_NEEDS_DATA(path)                                       \
  if (!std::filesystem::exists(runmech::test::data_folder() / (path))) \
  GTEST_SKIP() << "recording not here: " << (runmech::test::data_folder() / (path))
