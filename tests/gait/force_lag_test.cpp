// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/force_lag.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runmech/core/errors.hpp"
#include "runmech/io/read.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

TEST(ForceLag, AClockThatIsShiftedShowsByAsMuch) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT35.c3d.gz");
  Recording run = trimmed(read(test::data_folder() / "rbds/RBDS003runT35.c3d.gz"), 0.0, 15.0);
  const ForceLag there = force_lag(run);
  EXPECT_NEAR(there.lag_s, 0.0067, 0.0007);  // the same by another program
  EXPECT_GT(there.n, 30);
  EXPECT_GT(there.sd_s, 0.0);
  EXPECT_LT(there.sd_s, 0.0005);
  for (const double shift : {-0.012, 0.007}) {
    Recording moved = run;
    for (double& t : moved.plates.front().time_s) t -= shift;
    EXPECT_NEAR(force_lag(moved).lag_s, there.lag_s + shift, 0.0003);
  }
  run.plates.front().force_n *= -1.0;
  EXPECT_NEAR(force_lag(run).lag_s, there.lag_s, 1e-6);
  run.plates.clear();
  EXPECT_THROW((void)force_lag(run), InvalidArgument);
}

TEST(ForceLag, FewContactsAndPlatesOfTheirOwn) {
  RUNMECH_NEEDS_DATA("dorn/JA1Gait21.c3d");
  const ForceLag runway = force_lag(read(test::data_folder() / "dorn/JA1Gait21.c3d"));
  EXPECT_EQ(runway.n, 5);
  EXPECT_NEAR(runway.lag_s, -0.0029, 0.0007);
  const ForceLag standing = force_lag(read(test::data_folder() / "dorn/JA1Static05.c3d"));
  EXPECT_EQ(standing.n, 0);
  EXPECT_TRUE(std::isnan(standing.lag_s));
}

}  // namespace
}  // namespace runmech
