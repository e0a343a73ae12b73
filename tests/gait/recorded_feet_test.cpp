// SPDX-License-Identifier: BSD-3-Clause
// Feet of a fitted motion: as recorded, where the motion knows them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runmech/fit/calibrate.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/gait/force_events.hpp"
#include "runmech/io/read.hpp"
#include "runmech/synth/synthesise.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

void expect_same(const Points& a, const Points& b, const char* what) {
  ASSERT_EQ(a.rows(), b.rows()) << what;
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    const double x = a.data()[i], y = b.data()[i];
    ASSERT_TRUE(x == y || (std::isnan(x) && std::isnan(y))) << what << " " << i;
  }
}

void expect_same(const GaitSignals& a, const GaitSignals& b) {
  for (const Side side : kSides) {
    LegSignals other = b.leg[side];
    LegSignals::points(other, [&](const char* name, Points& theirs) {
      LegSignals own = a.leg[side];
      LegSignals::points(own, [&](const char* same, Points& ours) {
        if (std::string_view(same) == name) expect_same(ours, theirs, name);
      });
    });
    EXPECT_EQ(a.leg[side].thigh_turn_rad.size(), b.leg[side].thigh_turn_rad.size());
    EXPECT_EQ(a.noise_m[side], b.noise_m[side]);
  }
  EXPECT_EQ(a.heel_definition, b.heel_definition);
  EXPECT_EQ(a.toe_definition, b.toe_definition);
  EXPECT_EQ(a.feet_from_fit, b.feet_from_fit);
  ASSERT_EQ(a.notes.size(), b.notes.size());
  const GaitEvents found = detect_events(a), again = detect_events(b);
  ASSERT_EQ(found.events.size(), again.events.size());
  ASSERT_GT(found.events.size(), 10U);
  for (std::size_t i = 0; i < found.events.size(); ++i) {
    EXPECT_EQ(found.events[i].time_s, again.events[i].time_s);
    EXPECT_EQ(found.events[i].sd_s, again.events[i].sd_s);
    EXPECT_EQ(found.events[i].side, again.events[i].side);
  }
}

/// RMS and number of the events of force that were found within 50 ms, ms.
std::pair<double, int> error_ms(const GaitEvents& force, const GaitEvents& found, EventType type) {
  double sum = 0.0;
  int n = 0;
  for (const Side side : kSides) {
    const std::vector<double> times = found.times(side, type);
    for (const double t : force.times(side, type)) {
      const auto near = std::min_element(times.begin(), times.end(), [t](double a, double b) {
        return std::abs(a - t) < std::abs(b - t);
      });
      if (near == times.end() || std::abs(*near - t) > 0.05) continue;
      sum += std::pow(1e3 * (*near - t), 2);
      ++n;
    }
  }
  return {std::sqrt(sum / std::max(n, 1)), n};
}

SyntheticRun short_run() {
  SyntheticOptions options;
  options.duration_s = 6.0;
  return synthesise(options);
}

TEST(RecordedFeet, AMotionOfTheSyntheticRunnerKnowsThem) {
  const SyntheticRun run = short_run();
  const Skeleton skeleton = calibrate(run.standing).skeleton;
  Recording holed = run.recording;  // a toe marker lost for a while stays lost on both roads
  const auto toe = holed.index_of("RMT5");
  ASSERT_TRUE(toe.has_value());
  holed.positions_m.block(200, 3 * *toe, 30, 3).setConstant(std::nan(""));
  for (const Recording& recording : {run.recording, holed}) {
    const Motion motion = fit(recording, skeleton);
    const GaitSignals own = gait_signals(motion);
    EXPECT_TRUE(own.from_fit);
    EXPECT_FALSE(own.feet_from_fit);
    EXPECT_TRUE(own.plates.empty());
    expect_same(own, gait_signals(motion, recording));
    // What is drawn from the same recording has the same feet.
    for (const Motion& drawn :
         {motion.draw(1, 5).front(), motion.draw_systematic(1, 5, {0.5, 1.2, 1.9}).front()}) {
      const GaitSignals of_drawn = gait_signals(drawn);
      EXPECT_FALSE(of_drawn.feet_from_fit);
      expect_same(of_drawn.leg.right.toe, own.leg.right.toe, "toe");
      EXPECT_NE(of_drawn.leg.right.knee(100, 0), own.leg.right.knee(100, 0));
    }
  }
}

TEST(RecordedFeet, TheFittedFootIsThereWhenAskedForAndWhereNothingElseIsKnown) {
  const SyntheticRun run = short_run();
  const Skeleton skeleton = calibrate(run.standing).skeleton;
  Motion motion = fit(run.recording, skeleton);
  const GaitSignals fitted = gait_signals(motion, FeetFrom::fitted);
  EXPECT_TRUE(fitted.feet_from_fit);
  EXPECT_EQ(fitted.heel_definition, "heel of the fitted foot");
  motion.recorded_legs = nullptr;
  expect_same(gait_signals(motion), fitted);
  // From behind nothing along the run was seen, and a set nobody knows has no named points.
  Recording odd = run.recording;
  for (std::string& label : odd.labels) label = "x " + label;
  odd.marker_set.clear();
  Skeleton renamed = skeleton;
  for (Marker& marker : renamed.markers) marker.at.name = "x " + marker.at.name;
  const Motion of_odd = fit(odd, renamed);
  EXPECT_EQ(of_odd.recorded_legs, nullptr);
  EXPECT_TRUE(gait_signals(of_odd).feet_from_fit);
  EXPECT_EQ(parse_feet_from("fitted"), FeetFrom::fitted);
  EXPECT_THROW(static_cast<void>(parse_feet_from("shoes")), InvalidArgument);
}

TEST(RecordedFeet, AnAnkleIsThereWithoutItsFoot) {
  const SyntheticRun run = short_run();
  const Skeleton skeleton = calibrate(run.standing).skeleton;
  const Motion whole = fit(run.recording, skeleton);
  Recording footless = run.recording;
  for (const char* label : {"CAL", "TOE", "MT5"}) {
    for (const char* side : {"R", "L"}) {
      const auto column = footless.index_of(std::string(side) + label);
      ASSERT_TRUE(column.has_value());
      footless.positions_m.middleCols(3 * *column, 3).setConstant(std::nan(""));
    }
  }
  const Motion motion = fit(footless, skeleton);
  const int ankle = skeleton.coordinate("ankle_angle_r");
  ASSERT_EQ(motion.coordinate_status[static_cast<std::size_t>(ankle)],
            CoordinateStatus::undetermined);
  const GaitSignals seen = gait_signals(motion), there = gait_signals(whole);
  EXPECT_EQ(seen.leg.right.heel.rows(), 0);
  ASSERT_GT(seen.leg.right.ankle.rows(), 0);
  const Eigen::VectorXd apart = (seen.leg.right.ankle - there.leg.right.ankle).rowwise().norm();
  EXPECT_LT(apart.mean(), 0.02);
  EXPECT_TRUE(detect_events(seen).running()) << detect_events(seen).reason;
}

TEST(RecordedFeet, AFootThatIsLostLeavesTheOtherAsRecorded) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT35.c3d.gz");
  const Recording run = trimmed(read(test::data_folder() / "rbds/RBDS003runT35.c3d.gz"), 0.0, 12.0);
  const Recording stand = read(test::data_folder() / "rbds/RBDS003static.c3d.gz");
  const Skeleton skeleton = with_moving_markers(calibrate(stand), run).skeleton;
  Recording lost = run;
  for (const char* label : {"L.Heel.Top", "L.Heel.Bottom", "L.Heel.Lateral", "L.MT1", "L.MT5"}) {
    const auto column = lost.index_of(label);
    ASSERT_TRUE(column.has_value()) << label;
    lost.positions_m.middleCols(3 * *column, 3).setConstant(std::nan(""));
  }
  const GaitSignals seen = gait_signals(fit(lost, skeleton));
  EXPECT_FALSE(seen.feet_from_fit);
  EXPECT_EQ(seen.leg.left.toe.rows(), 0);
  expect_same(seen.leg.right.toe, gait_signals(run).leg.right.toe, "toe");
  const GaitEvents whole = detect_events(gait_signals(fit(run, skeleton)));
  const GaitEvents found = detect_events(seen);
  ASSERT_TRUE(found.running()) << found.reason;
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const auto there = whole.times(Side::right, type), here = found.times(Side::right, type);
    ASSERT_EQ(there.size(), here.size());
    for (std::size_t i = 0; i < there.size(); ++i) {
      if (there[i] > 11.8) continue;  // the end of the record cuts its window
      EXPECT_NEAR(here[i], there[i], 0.0005) << to_string(type) << " " << i;
    }
  }
}

TEST(RecordedFeet, EventsOfAFittedMotionAreNotWorseThanThoseOfItsMarkers) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT25.c3d.gz");
  const Recording run = trimmed(read(test::data_folder() / "rbds/RBDS003runT25.c3d.gz"), 0.0, 12.0);
  const Recording stand = read(test::data_folder() / "rbds/RBDS003static.c3d.gz");
  const Skeleton skeleton = with_moving_markers(calibrate(stand), run).skeleton;
  const Motion motion = fit(run, skeleton);
  const GaitSignals own = gait_signals(motion);
  expect_same(own, gait_signals(motion, run));
  const GaitEvents force = force_events(run);
  const GaitEvents by_markers = detect_events(gait_signals(run));
  const GaitEvents by_fit = detect_events(own);
  const GaitEvents by_fitted_foot = detect_events(gait_signals(motion, FeetFrom::fitted));
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const auto [markers_ms, n] = error_ms(force, by_markers, type);
    const auto [fit_ms, n_fit] = error_ms(force, by_fit, type);
    EXPECT_EQ(n_fit, n);
    EXPECT_GT(n, 25);
    EXPECT_LT(fit_ms, markers_ms + 0.3) << to_string(type);
    EXPECT_LT(fit_ms, error_ms(force, by_fitted_foot, type).first) << to_string(type);
  }
}

}  // namespace
}  // namespace runmech
