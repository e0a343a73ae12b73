// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include "support/running_signals.hpp"

// The laws that every detector must obey, as a typed suite: instantiate DetectorLaws with your
// type.
namespace runmech::test {

template <class T>
class DetectorLaws : public ::testing::Test {
 public:
  static GaitEvents detect(const GaitSignals& signals) { return detect_events(signals, T{}); }
};
TYPED_TEST_SUITE_P(DetectorLaws);

TYPED_TEST_P(DetectorLaws, FindsStepsInOrder) {
  const GaitEvents events = this->detect(clean_running());
  ASSERT_GT(events.events.size(), 18u);  // 22 steps in 8 s; some rules give one type only
  EXPECT_TRUE(events.running()) << events.reason;
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const GaitEvent* last = nullptr;
    for (const GaitEvent& event : events.events) {
      if (event.type != type) continue;
      if (last != nullptr) {
        EXPECT_NE(event.side, last->side) << event.time_s;
      }
      last = &event;
    }
  }
  for (std::size_t i = 1; i < events.events.size(); ++i) {
    EXPECT_LE(events.events[i - 1].time_s, events.events[i].time_s);
    EXPECT_TRUE(std::isfinite(events.events[i].time_s));
  }
}

TYPED_TEST_P(DetectorLaws, TheSameTwice) {
  expect_same(this->detect(clean_running()), this->detect(clean_running()), 0.0);
}

// At half the rate every event is still there, within a sample; those near an end may fall out.
TYPED_TEST_P(DetectorLaws, RateMovesEventsByLessThanASample) {
  const GaitSignals fine = synthetic_running(200.0);
  GaitSignals coarse = fine;
  coarse.time_s.clear();
  for (std::size_t i = 0; i < fine.time_s.size(); i += 2) coarse.time_s.push_back(fine.time_s[i]);
  const auto n = static_cast<Eigen::Index>(coarse.time_s.size());
  for_each_path(coarse, [n](Points& p) {
    if (p.rows() == 0) return;
    Points every_other(n, 3);
    for (Eigen::Index i = 0; i < n; ++i) every_other.row(i) = p.row(2 * i);
    p = every_other;
  });
  const GaitEvents expected = this->detect(fine);
  const GaitEvents found = this->detect(coarse);
  for (const GaitEvent& e : expected.events) {
    if (e.time_s < 0.4 || e.time_s > fine.time_s.back() - 0.4) continue;
    double nearest = 1.0;
    for (const double t : found.times(e.side, e.type)) {
      nearest = std::min(nearest, std::abs(t - e.time_s));
    }
    EXPECT_LT(nearest, 0.01) << e.time_s;
  }
}

TYPED_TEST_P(DetectorLaws, EmptyAndMissingInputGivesNoEvents) {
  EXPECT_TRUE(this->detect(GaitSignals{}).events.empty());
  GaitSignals lost = clean_running();
  for_each_path(lost, [](Points& p) { p.setConstant(std::numeric_limits<double>::quiet_NaN()); });
  lost.plates.clear();
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
  StandingReference& stand = mirrored.standing;
  for (Sided<double>* pair : {&stand.heel_height_m, &stand.toe_height_m, &stand.foot_pitch_rad,
                              &stand.shank_angle_rad, &stand.thigh_angle_rad}) {
    std::swap(pair->left, pair->right);
  }
  stand.obliquity_rad *= -1.0;
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
  for (ForcePlate& plate : later.plates) {
    for (double& t : plate.time_s) t += 123.4;
  }
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

REGISTER_TYPED_TEST_SUITE_P(DetectorLaws, FindsStepsInOrder, TheSameTwice,
                            RateMovesEventsByLessThanASample, EmptyAndMissingInputGivesNoEvents,
                            MirroredRunnerSwapsSides, PlaceAndClockDoNotMatter, LocalGapStaysLocal);

}  // namespace runmech::test
