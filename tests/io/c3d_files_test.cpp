// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "runmech/io/c3d.hpp"
#include "support/data.hpp"

namespace runmech {

TEST(C3dFiles, Rbds) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001runT25.c3d.gz");
  const auto raw = read_c3d(load_file(test::data_folder() / "rbds/RBDS001runT25.c3d.gz"));
  const Recording& recording = raw.recording;
  EXPECT_EQ(recording.n_frames(), 4500);
  EXPECT_EQ(recording.n_points(), 33);
  EXPECT_NEAR(recording.rate_hz(), 150.0, 1e-9);
  EXPECT_EQ(raw.axes.up, "+y");
  ASSERT_EQ(recording.plates.size(), 1U);
  EXPECT_EQ(recording.plates[0].n_samples(), 9000);
  recording.validate();
}

}  // namespace runmech
