// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runmech/gait/force_events.hpp"
#include "runmech/gait/strides.hpp"
#include "runmech/io/read.hpp"
#include "support/data.hpp"
#include "support/running_signals.hpp"

// One foot was recorded, the other one not (C22).
namespace runmech {
namespace {

using test::clean_running;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

GaitSignals without_foot(GaitSignals signals, Side side, double missing = kMissing) {
  LegSignals& leg = signals.leg[side];
  for (Points* p : {&leg.ankle, &leg.heel, &leg.toe}) {
    if (std::isnan(missing)) {
      *p = Points(0, 3);
    } else {  // a few frames are there
      p->bottomRows(p->rows() - static_cast<Eigen::Index>(missing)).setConstant(kMissing);
    }
  }
  return signals;
}

bool says(const std::vector<Note>& notes, const char* code, const std::string& text) {
  return std::any_of(notes.begin(), notes.end(), [&](const Note& n) {
    return n.code == code && n.warning && n.text.find(text) != std::string::npos;
  });
}

TEST(OneFoot, ItsEventsAreThoseOfBoth) {
  const GaitEvents whole = detect_events(clean_running());
  const auto all = strides(whole, &clean_running());
  for (const Side unseen : kSides) {
    for (const double frames_left : {kMissing, 40.0}) {
      const GaitSignals signals = without_foot(clean_running(), unseen, frames_left);
      ASSERT_EQ(unseen_foot(signals), unseen);
      const GaitEvents events = detect_events(signals);
      ASSERT_TRUE(events.running()) << events.reason;
      const std::string name(to_string(unseen));
      EXPECT_TRUE(says(events.notes, "unseen_foot", "the " + name + " foot was not recorded"));
      ASSERT_EQ(events.spans.size(), 1u);
      const Side seen = opposite(unseen);
      for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
        EXPECT_TRUE(events.times(unseen, type).empty());
        const auto expected = whole.times(seen, type);
        const auto found = events.times(seen, type);
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 0.002);
      }
      const auto own = strides(events, &signals);
      const auto of_side = std::count_if(all.begin(), all.end(),
                                         [&](const Stride& s) { return s.side == seen && s.used; });
      EXPECT_EQ(used_count(own), of_side);
      const GaitRecognition told = recognise_gait(signals);
      EXPECT_NEAR(told.cadence_per_min, recognise_gait(clean_running()).cadence_per_min, 0.5);
    }
  }
  EXPECT_FALSE(unseen_foot(clean_running()).has_value());
  EXPECT_FALSE(unseen_foot(GaitSignals{}).has_value());
}

TEST(OneFoot, AMissedStepStillEndsTheSpan) {
  GaitSignals signals = without_foot(clean_running(), Side::left);
  const auto strikes = detect_events(signals).times(Side::right, EventType::foot_strike);
  LegSignals& leg = signals.leg.right;
  for (Eigen::Index i = 0; i < signals.n_frames(); ++i) {  // one step is not seen
    const double t = signals.time_s[static_cast<std::size_t>(i)];
    if (t < strikes[4] - 0.1 || t > strikes[4] + 0.5) continue;
    for (Points* p : {&leg.ankle, &leg.heel, &leg.toe}) p->row(i).setConstant(kMissing);
  }
  const GaitEvents events = detect_events(signals);
  EXPECT_EQ(events.spans.size(), 2u);
  for (const Stride& s : strides(events, &signals)) EXPECT_LT(s.duration_s(), 0.9);
}

TEST(OneFoot, ALegSwungToAndFroIsNoRun) {
  GaitSignals signals = without_foot(clean_running(), Side::left);
  const double usual = signals.pelvis.col(1).mean();
  signals.pelvis.col(1).setConstant(usual);
  const GaitEvents events = detect_events(signals);
  EXPECT_FALSE(events.running());
  EXPECT_NE(events.reason.find("only the right foot was recorded"), std::string::npos)
      << events.reason;
}

TEST(OneFoot, NoStepsNamesIt) {
  GaitSignals rear = without_foot(clean_running(), Side::right);
  rear.view = View::rear;
  const GaitRecognition told = recognise_gait(rear);
  EXPECT_EQ(told.kind, GaitKind::no_steps);
  EXPECT_NE(told.reason.find("the right foot was not recorded"), std::string::npos) << told.reason;
  const GaitRecognition none =
      recognise_gait(without_foot(without_foot(clean_running(), Side::right), Side::left));
  EXPECT_EQ(none.kind, GaitKind::no_steps);
  EXPECT_NE(none.reason.find("no point of the feet or ankles"), std::string::npos) << none.reason;
}

TEST(OneFoot, WalkingIsWalking) {
  RUNMECH_NEEDS_DATA("walking/motion_capture_walk.trc");
  const GaitSignals walk =
      gait_signals(read(test::data_folder() / "walking/motion_capture_walk.trc"));
  for (const Side unseen : kSides) {
    const GaitEvents events = detect_events(without_foot(walk, unseen));
    EXPECT_EQ(events.kind, GaitKind::walking) << events.reason;
  }
}

// Plates that are not named for a foot: the one that was recorded tells the sides.
TEST(OneFoot, PlatesKnowTheSides) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001runT35.c3d.gz");
  const Recording whole = read(test::data_folder() / "rbds/RBDS001runT35.c3d.gz");
  const GaitEvents expected = force_events(whole);
  for (const char* side : {"L.", "R."}) {
    Recording part = whole;
    for (std::size_t k = 0; k < part.labels.size(); ++k) {
      const std::string& label = part.labels[k];
      if (!label.starts_with(side) || label.find("Shank") != std::string::npos) continue;
      if (label.find("Heel") == std::string::npos && label.find("MT") == std::string::npos &&
          label.find("Malleolus") == std::string::npos) {
        continue;
      }
      part.positions_m.middleCols(3 * static_cast<Eigen::Index>(k), 3).setConstant(kMissing);
    }
    ASSERT_TRUE(unseen_foot(gait_signals(part)).has_value());
    const GaitEvents found = force_events(part);
    ASSERT_EQ(found.events.size(), expected.events.size());
    for (std::size_t i = 0; i < found.events.size(); ++i) {
      EXPECT_EQ(found.events[i].side, expected.events[i].side) << i;
    }
  }
}

}  // namespace
}  // namespace runmech
