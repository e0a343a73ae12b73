// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runmech/gait/detector.hpp"
#include "runmech/synth/synthesise.hpp"

// The laws that every detector must obey, as a typed suite: instantiate DetectorLaws with your
// type.
namespace runmech::test {

inline const GaitSignals& clean_running() {
  static const GaitSignals signals = [] {
    SyntheticOptions options;
    options.duration_s = 8.0;
    options.rate_hz = 100.0;
    options.stride_variation = 0.5;
    options.noise.placement_m = options.noise.white_m = options.noise.soft_tissue_m = 0.0;
    const SyntheticRun run = synthesise(options);
    return gait_signals(run.recording, &run.standing);
  }();
  return signals;
}

template <class F>
void for_each_path(GaitSignals& signals, F&& f) {
  for (const Side side : kSides) {
    LegSignals& leg = signals.leg[side];
    for (Points* p : {&leg.hip, &leg.knee, &leg.ankle, &leg.heel, &leg.toe}) f(*p);
    f(signals.pelvis_side[side]);
  }
  f(signals.pelvis);
  f(signals.trunk_top);
}

/// Same events, each within tolerance_s after time is mapped by a t + b.
inline void expect_same(const GaitEvents& expected, const GaitEvents& found, double tolerance_s,
                        double a = 1.0, double b = 0.0, bool swapped = false) {
  ASSERT_EQ(expected.events.size(), found.events.size());
  for (const Side side : kSides) {
    for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
      const auto x = expected.times(side, type);
      const auto y = found.times(swapped ? opposite(side) : side, type);
      ASSERT_EQ(x.size(), y.size());
      for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(a * x[i] + b, y[i], tolerance_s);
    }
  }
}

template <class T>
class DetectorLaws : public ::testing::Test {
 public:
  static GaitEvents detect(const GaitSignals& signals) { return detect_events(signals, T{}); }
};
TYPED_TEST_SUITE_P(DetectorLaws);

TYPED_TEST_P(DetectorLaws, FindsStepsInOrder) {
  const GaitEvents events = this->detect(clean_running());
  ASSERT_GT(events.events.size(), 30u);
  EXPECT_TRUE(events.running()) << events.reason;
  for (std::size_t i = 1; i < events.events.size(); ++i) {
    EXPECT_LE(events.events[i - 1].time_s, events.events[i].time_s);
    EXPECT_TRUE(std::isfinite(events.events[i].time_s));
  }
}

TYPED_TEST_P(DetectorLaws, EmptyAndMissingInputGivesNoEvents) {
  EXPECT_TRUE(this->detect(GaitSignals{}).events.empty());
  GaitSignals lost = clean_running();
  for_each_path(lost, [](Points& p) { p.setConstant(std::numeric_limits<double>::quiet_NaN()); });
  EXPECT_TRUE(this->detect(lost).events.empty());
  GaitSignals bare;
  bare.time_s = clean_running().time_s;
  EXPECT_TRUE(this->detect(bare).events.empty());
}

TYPED_TEST_P(DetectorLaws, MirroredRunnerSwapsSides) {
  GaitSignals mirrored = clean_running();
  std::swap(mirrored.leg.left, mirrored.leg.right);
  std::swap(mirrored.pelvis_side.left, mirrored.pelvis_side.right);
  std::swap(mirrored.noise_m.left, mirrored.noise_m.right);
  for_each_path(mirrored, [](Points& p) {
    if (p.rows() > 0) p.col(2) *= -1.0;
  });
  expect_same(this->detect(clean_running()), this->detect(mirrored), 1e-6, 1.0, 0.0, true);
}

TYPED_TEST_P(DetectorLaws, PlaceAndClockDoNotMatter) {
  GaitSignals moved = clean_running();
  for_each_path(moved, [](Points& p) {
    if (p.rows() > 0) p.rowwise() += Eigen::RowVector3d(3.0, -0.4, 2.0);
  });
  expect_same(this->detect(clean_running()), this->detect(moved), 1e-6);
  GaitSignals later = clean_running();
  for (double& t : later.time_s) t += 123.4;
  expect_same(this->detect(clean_running()), this->detect(later), 1e-6, 1.0, 123.4);
}

TYPED_TEST_P(DetectorLaws, LocalGapStaysLocal) {
  GaitSignals holed = clean_running();
  holed.leg.left.toe.middleRows(400, 4).setConstant(std::numeric_limits<double>::quiet_NaN());
  holed.leg.left.heel.middleRows(400, 4).setConstant(std::numeric_limits<double>::quiet_NaN());
  const GaitEvents clean = this->detect(clean_running());
  const GaitEvents found = this->detect(holed);
  const double gap_s = clean_running().time_s[402];
  for (const GaitEvent& e : clean.events) {
    if (std::abs(e.time_s - gap_s) < 0.5) continue;
    double nearest = 1.0;
    for (const double t : found.times(e.side, e.type)) {
      nearest = std::min(nearest, std::abs(t - e.time_s));
    }
    EXPECT_LT(nearest, 0.002) << e.time_s;
  }
}

REGISTER_TYPED_TEST_SUITE_P(DetectorLaws, FindsStepsInOrder, EmptyAndMissingInputGivesNoEvents,
                            MirroredRunnerSwapsSides, PlaceAndClockDoNotMatter, LocalGapStaysLocal);

}  // namespace runmech::test
