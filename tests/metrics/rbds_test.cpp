// SPDX-License-Identifier: BSD-3-Clause
// Metrics of real treadmill runs with events from the force plate, against the published means of
// the set.
#include <gtest/gtest.h>

#include "runmech/gait/force_events.hpp"
#include "runmech/io/read.hpp"
#include "runmech/metrics/metrics.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

TEST(Rbds, ForceTimedMetricsLieWhereTheSetLies) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001runT35.c3d.gz");
  const auto folder = test::data_folder() / "rbds";
  struct Speed {
    const char* name;
    double speed, contact, contact_sd, duty, duty_sd, oscillation, oscillation_sd, cadence,
        cadence_sd;
  };
  // 28 runners at 50 N: mean and SD between runners.
  constexpr Speed kSpeeds[]{{"25", 2.5, .268, .024, .360, .027, .0853, .0115, 161.6, 9.2},
                            {"35", 3.5, .223, .017, .318, .021, .0840, .0119, 171.3, 10.6},
                            {"45", 4.5, .194, .014, .295, .020, .0769, .0124, 183.6, 13.5}};
  for (const char* runner : {"001", "003"}) {
    const Recording standing = read(folder / ("RBDS" + std::string(runner) + "static.c3d.gz"));
    for (const Speed& s : kSpeeds) {
      ReadOptions options;
      options.speed_m_s = s.speed;
      const Recording run =
          read(folder / ("RBDS" + std::string(runner) + "runT" + s.name + ".c3d.gz"), options);
      ForceEventOptions force;
      force.threshold_n = 50.0;
      const GaitEvents events = force_events(run, force);
      const MetricTable table = metrics(gait_signals(run, &standing), events);
      const auto near = [&](const char* metric, double mean, double sd) {
        const MetricRow* row = table.summary(metric, RowSide::both);
        EXPECT_EQ(row->status, MetricStatus::ok) << row->reason;
        // Runner 003 has the shortest contacts of the set: 2.6 SD.
        EXPECT_NEAR(row->value, mean, 2.8 * sd) << metric << " " << runner << " " << s.name;
        EXPECT_LT(row->sd, sd) << metric;
      };
      near("contact_time", s.contact, s.contact_sd);
      near("duty_factor", s.duty, s.duty_sd);
      near("vertical_oscillation", s.oscillation, s.oscillation_sd);
      near("cadence", s.cadence, s.cadence_sd);
      EXPECT_EQ(table.summary("contact_time", RowSide::both)->reason, "contact at 50 N");
      EXPECT_EQ(table.summary("trunk_lean", RowSide::both)->status, MetricStatus::not_observed);
      EXPECT_NEAR(table.summary("step_length", RowSide::both)->value *
                      table.summary("cadence", RowSide::both)->value / 60.0,
                  s.speed, 0.005 * s.speed);
      EXPECT_GE(table.context.strides_used, 70);
    }
  }
}

}  // namespace
}  // namespace runmech
