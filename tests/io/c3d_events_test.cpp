// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "io/c3d_builder.hpp"
#include "io/c3d_notes.hpp"
#include "runmech/io/c3d.hpp"

namespace runmech {
namespace {

using test::C3dBuilder;
using test::has_warning;

// C01: minutes and seconds, more than a minute long.
TEST(C3dEvents, MinutesAndSecondsAdd) {
  C3dBuilder made;
  made.frames = 13000;
  made.labels = {"A"};
  made.integers("EVENT", "USED", {4});
  made.strings("EVENT", "LABELS", std::vector<std::string>(4, "Foot Strike"));
  made.strings("EVENT", "CONTEXTS", {"Left", "Right", "Left", "Right"});
  made.floats("EVENT", "TIMES", {0, 57.10, 0, 59.51, 1, 0.63, 2, 4.02}, {2, 4});
  for (const bool flat : {false, true}) {
    if (flat) made.items.back().dims = {8};  // as one row, the way BTK writes it
    const auto events = read_c3d(made.build()).recording.events;
    ASSERT_EQ(events.size(), 4U);
    const std::vector<double> times{57.10, 59.51, 60.63, 124.02};
    const std::vector<std::string> sides{"Left", "Right", "Left", "Right"};
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(events[i].time_s, times[i], 1e-5);
      EXPECT_EQ(events[i].context, sides[i]);
      EXPECT_EQ(events[i].label, "Foot Strike");
    }
  }
}

TEST(C3dEvents, SortedAndOnTheClockOfTheFrames) {
  C3dBuilder made;
  made.frames = 100;
  made.first_frame = 201;  // 2.00 s
  made.labels = {"A"};
  made.integers("EVENT", "USED", {2});
  made.strings("EVENT", "LABELS", {"Foot Off", "Foot Strike"});
  made.strings("EVENT", "CONTEXTS", {"Right", "general"});
  made.floats("EVENT", "TIMES", {0, 2.75, 0, 2.5}, {2, 2});
  const auto recording = read_c3d(made.build()).recording;
  ASSERT_EQ(recording.events.size(), 2U);
  EXPECT_EQ(recording.events[0].label, "Foot Strike");
  EXPECT_EQ(recording.events[0].context, "General");
  EXPECT_NEAR(recording.events[0].time_s, 2.5, 1e-6);
  EXPECT_NEAR(recording.time_s[50], 2.5, 1e-9);
}

TEST(C3dEvents, SideFromTheLabelWhereContextsAreMissing) {
  C3dBuilder made;
  made.integers("EVENT", "USED", {5});
  made.strings("EVENT", "LABELS", {"Left Foot Strike", "RHS", "LOFF", "right event", "Event"});
  made.floats("EVENT", "TIMES", {0, 0, 0, 0.001, 0, 0.002, 0, 0.003, 0, 0.004}, {2, 5});
  const auto events = read_c3d(made.build()).recording.events;
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].context, "Left");
  EXPECT_EQ(events[1].context, "Right");
  EXPECT_EQ(events[2].context, "Left");
  EXPECT_EQ(events[3].context, "Right");
  EXPECT_EQ(events[4].context, "");
}

TEST(C3dEvents, LabelFromTheContextWhereLabelsAreEmpty) {
  C3dBuilder made;
  made.integers("EVENT", "USED", {1});
  made.strings("EVENT", "LABELS", {" "});
  made.strings("EVENT", "CONTEXTS", {"LHS"});
  made.floats("EVENT", "TIMES", {0, 0.01}, {2, 1});
  const auto events = read_c3d(made.build()).recording.events;
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].label, "LHS");
  EXPECT_EQ(events[0].context, "Left");
}

TEST(C3dEvents, HeaderEventsCountFromTheFirstStoredFrame) {
  C3dBuilder made;
  made.first_frame = 51;
  made.frames = 200;
  FileBytes file = made.build();
  const auto put = [&](std::size_t word, std::vector<unsigned char> bytes) {
    std::copy(bytes.begin(), bytes.end(),
              file.bytes.begin() + static_cast<std::ptrdiff_t>(2 * (word - 1)));
  };
  put(150, {0x39, 0x30});
  put(151, {2, 0});
  std::vector<unsigned char> times;
  made.put_f32(times, 1.05);
  made.put_f32(times, 0.25);
  put(153, times);
  put(199, {'R', 'H', 'S', ' ', 'L', 'T', 'O', ' '});
  const auto events = read_c3d(file).recording.events;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NEAR(events[0].time_s, 0.75, 1e-6);
  EXPECT_EQ(events[0].label, "LTO");
  EXPECT_EQ(events[0].context, "Left");
  EXPECT_NEAR(events[1].time_s, 1.55, 1e-6);
}

TEST(C3dEvents, MoreUsedThanStored) {
  C3dBuilder made;
  made.integers("EVENT", "USED", {3});
  made.floats("EVENT", "TIMES", {0, 0.01}, {2, 1});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.events.size(), 1U);
  EXPECT_TRUE(has_warning(recording, "events", "EVENT:USED says 3"));
}

TEST(C3dEvents, TimesThatAreNoNumberOrOutside) {
  C3dBuilder made;
  made.integers("EVENT", "USED", {2});
  made.floats("EVENT", "TIMES", {0, std::numeric_limits<double>::quiet_NaN(), 0, 50}, {2, 2});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.events.size(), 1U);
  EXPECT_TRUE(has_warning(recording, "events", "no number"));
  EXPECT_TRUE(has_warning(recording, "events", "outside the recorded time"));
}

}  // namespace
}  // namespace runmech
