// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/c3d_builder.hpp"
#include "io/c3d_notes.hpp"
#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"

namespace runmech {
namespace {

using test::C3dBuilder;
using test::has_note;
using test::has_warning;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Encoding {
  int processor;
  bool is_float;
};

class C3dEncoding : public testing::TestWithParam<Encoding> {};

TEST_P(C3dEncoding, PointsLabelsAndClock) {
  C3dBuilder made;
  made.processor = GetParam().processor;
  made.is_float = GetParam().is_float;
  made.frames = 4;
  made.first_frame = 51;
  made.labels = {"LASI", "RASI", "SACR"};
  made.point = [](int f, int p) {
    return std::array<double, 4>{-123.4 + f, 0.1 * p, 987.6 - 10.0 * f, 3.0};
  };
  const RawRecording raw = read_c3d(made.build());
  const Recording& recording = raw.recording;
  recording.validate();
  EXPECT_EQ(recording.format, "c3d");
  EXPECT_EQ(recording.labels, (std::vector<std::string>{"LASI", "RASI", "SACR"}));
  ASSERT_EQ(recording.n_frames(), 4);
  EXPECT_DOUBLE_EQ(recording.time_s[0], 0.50);
  EXPECT_DOUBLE_EQ(recording.time_s[3], 0.53);
  for (int f = 0; f < 4; ++f) {
    for (int p = 0; p < 3; ++p) {
      EXPECT_NEAR(recording.positions_m(f, 3 * p), 1e-3 * (-123.4 + f), 1e-8);
      EXPECT_NEAR(recording.positions_m(f, 3 * p + 1), 1e-4 * p, 1e-8);
      EXPECT_NEAR(recording.positions_m(f, 3 * p + 2), 1e-3 * (987.6 - 10.0 * f), 1e-7);
    }
  }
  EXPECT_TRUE(has_note(recording, "time", "frame 51"));
}

TEST_P(C3dEncoding, PlateAndEventsOfEveryEncoding) {
  C3dBuilder made;
  made.processor = GetParam().processor;
  made.is_float = GetParam().is_float;
  made.channels = 6;
  made.samples = 2;
  made.analog = [](int, int s, int c) { return c == 2 ? -700.0 - s : 0.0; };
  made.integers("ANALOG", "OFFSET", {0, 0, 100, 0, 0, 0});
  made.floats("ANALOG", "SCALE", {1, 1, 1, 1, 1, 1});
  made.integers("FORCE_PLATFORM", "USED", {1});
  made.integers("FORCE_PLATFORM", "TYPE", {2});
  made.integers("FORCE_PLATFORM", "CHANNEL", {1, 2, 3, 4, 5, 6}, {6, 1});
  made.floats("FORCE_PLATFORM", "CORNERS", {600, 0, 0, 0, 0, 0, 0, 900, 0, 600, 900, 0}, {3, 4, 1});
  made.integers("EVENT", "USED", {1});
  made.floats("EVENT", "TIMES", {1, 0.25}, {2, 1});
  const auto recording = read_c3d(made.build()).recording;
  ASSERT_EQ(recording.plates.size(), 1U);
  EXPECT_NEAR(recording.plates[0].force_n(0, 2), 800.0, 1e-4);
  EXPECT_NEAR(recording.plates[0].force_n(1, 2), 801.0, 1e-4);
  ASSERT_EQ(recording.events.size(), 1U);
  EXPECT_DOUBLE_EQ(recording.events[0].time_s, 60.25);
}

std::string encoding_name(const testing::TestParamInfo<Encoding>& test) {
  const std::array<std::string, 3> names{"Intel", "Dec", "Mips"};
  return names[static_cast<std::size_t>(test.param.processor - 84)] +
         (test.param.is_float ? "Float" : "Integer");
}

INSTANTIATE_TEST_SUITE_P(All, C3dEncoding,
                         testing::Values(Encoding{84, true}, Encoding{84, false},
                                         Encoding{85, true}, Encoding{85, false},
                                         Encoding{86, true}, Encoding{86, false}),
                         encoding_name);

// Every spelling of "not seen" that writers are known to use.
TEST(C3dPoints, MissingSpellings) {
  for (const bool is_float : {true, false}) {
    C3dBuilder made;
    made.is_float = is_float;
    made.frames = 8;
    made.labels = {"A"};
    made.point = [is_float](int f, int) -> std::array<double, 4> {
      switch (f) {
        case 0:
          return {1, 2, 3, 0};  // residual 0: interpolated, but there
        case 1:
          return {1, 2, 3, -1};  // invalid
        case 2:
          return {1, 2, 3, -16512};  // as Vicon and Qualisys files carry it
        case 3:
          return {0, 0, 0, -1};
        case 4:
          return {0, 0, 0, 0};  // bad exporters: valid zeros
        case 5:
          return is_float ? std::array<double, 4>{kNaN, 2, 3, 0}
                          : std::array<double, 4>{0, 0, 0, 5};
        case 6:
          return {0, 0, 3, 32512};  // all cameras, residual 0; on two axes zero
        default:
          return {1, 2, 3, is_float ? kNaN : 127.0};
      }
    };
    const auto recording = read_c3d(made.build()).recording;
    const std::vector<bool> there{true, false, false, false, false, false, true, true};
    for (int f = 0; f < 8; ++f) {
      for (int axis = 0; axis < 3; ++axis) {
        EXPECT_EQ(!std::isnan(recording.positions_m(f, axis)), there[static_cast<std::size_t>(f)])
            << "frame " << f << (is_float ? " float" : " integer");
      }
    }
    EXPECT_TRUE(has_warning(recording, "missing", "5 of 8"));
    EXPECT_TRUE(has_warning(recording, "missing", "0,0,0 though marked as valid"));
  }
}

TEST(C3dPoints, InfiniteCoordinateIsMissing) {
  C3dBuilder made;
  made.labels = {"A"};
  made.point = [](int f, int) {
    return std::array<double, 4>{1, 2, f == 1 ? std::numeric_limits<double>::infinity() : 3, 0};
  };
  const auto recording = read_c3d(made.build()).recording;
  recording.validate();
  EXPECT_TRUE(std::isnan(recording.positions_m(1, 0)));
  EXPECT_TRUE(has_warning(recording, "missing", "not a number"));
}

TEST(C3dPoints, DecFloatsAtTheEdges) {
  C3dBuilder made;
  made.processor = 85;
  made.labels = {"A"};
  made.frames = 1;
  made.point = [](int, int) { return std::array<double, 4>{1.0, -0.5, 16384.25, 0.0}; };
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.positions_m(0, 0), 1e-3);
  EXPECT_EQ(recording.positions_m(0, 1), -0.5e-3);
  EXPECT_NEAR(recording.positions_m(0, 2), 16.38425, 1e-12);
}

TEST(C3dPoints, Units) {
  const std::vector<std::pair<std::string, double>> units{
      {"mm", 1e-3}, {"MM", 1e-3}, {"cm", 1e-2}, {"m", 1.0}, {"in", 0.0254}, {"meters", 1.0}};
  for (const auto& [unit, factor] : units) {
    C3dBuilder made;
    made.units = unit;
    const RawRecording raw = read_c3d(made.build());
    EXPECT_NEAR(raw.recording.positions_m(0, 0), 100.0 * factor, 1e-9) << unit;
    EXPECT_TRUE(raw.unit_stated);
    EXPECT_TRUE(has_note(raw.recording, "units", factor == 1.0 ? "in m as stored" : unit));
  }
}

TEST(C3dPoints, UnitRepeatedForEveryPoint) {
  C3dBuilder made;
  made.units.clear();
  made.strings("POINT", "UNITS", std::vector<std::string>(54, "mm"));
  EXPECT_NEAR(read_c3d(made.build()).recording.positions_m(0, 0), 0.1, 1e-9);
}

TEST(C3dPoints, MissingUnitIsAssumedFromSizeAndWarnedOf) {
  C3dBuilder made;
  made.units.clear();
  RawRecording raw = read_c3d(made.build());
  EXPECT_FALSE(raw.unit_stated);
  EXPECT_NEAR(raw.recording.positions_m(0, 2), 1.0, 1e-9);
  EXPECT_TRUE(has_warning(raw.recording, "units", "mm assumed"));

  made.point = [](int, int) { return std::array<double, 4>{0.1, 0.2, 1.0, 0}; };
  raw = read_c3d(made.build());
  EXPECT_NEAR(raw.recording.positions_m(0, 2), 1.0, 1e-7);
  EXPECT_TRUE(has_warning(raw.recording, "units", "m assumed"));

  made.units = "furlong";
  EXPECT_TRUE(
      has_warning(read_c3d(made.build()).recording, "units", "'furlong' is no length unit"));
}

TEST(C3dPoints, GivenUnitAndRateWin) {
  C3dBuilder made;
  ReadOptions options;
  options.unit = "cm";
  options.rate_hz = 50.0;
  const auto recording = read_c3d(made.build(), options).recording;
  EXPECT_NEAR(recording.positions_m(0, 0), 1.0, 1e-9);
  EXPECT_NEAR(recording.rate_hz(), 50.0, 1e-9);
  EXPECT_TRUE(has_note(recording, "units", "as given"));
  EXPECT_TRUE(has_note(recording, "time", "as given"));
}

TEST(C3dLabels, LongListsContinueInLabels2) {
  C3dBuilder made;
  made.labels.clear();
  for (int i = 0; i < 600; ++i) made.labels.push_back("marker" + std::to_string(i));
  made.frames = 1;
  made.point = [](int, int p) { return std::array<double, 4>{1.0 + p, 2, 3, 0}; };
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.labels, made.labels);
  EXPECT_NEAR(recording.positions_m(0, 3 * 599), 0.6, 1e-6);
}

// C03 (b): 257 markers and three model outputs; 255 names in LABELS, 5 in LABELS2.
TEST(C3dLabels, ModelOutputsNeverBecomeMarkers) {
  C3dBuilder made;
  made.labels.clear();
  for (int i = 0; i < 256; ++i) made.labels.push_back("M" + std::to_string(i));
  for (const auto* label : {"LKneeAngles", "RKneeAngles", "LKneeMoment", "M256"})
    made.labels.push_back(label);
  made.strings("POINT", "ANGLES", {"LKneeAngles", "RKneeAngles"});
  made.strings("POINT", "MOMENTS", {"LKneeMoment"});
  made.point = [](int, int p) {
    return p >= 256 && p < 259 ? std::array<double, 4>{1e7, 1e7, 1e7, 0}
                               : std::array<double, 4>{1.0 + p, 2, 3, 0};
  };
  const auto recording = read_c3d(made.build()).recording;
  ASSERT_EQ(recording.n_points(), 257);
  EXPECT_EQ(recording.labels.back(), "M256");
  EXPECT_NEAR(recording.positions_m(0, 3 * 256), 0.260, 1e-6);
  EXPECT_LT(recording.positions_m.maxCoeff(), 1.0);
  EXPECT_TRUE(has_note(recording, "labels", "3 model outputs"));
}

TEST(C3dLabels, ModelOutputsByTypeGroupUnitAndByName) {
  C3dBuilder made;
  made.labels = {"LASI", "Depth", "HJC", "LHipPower", "LNormalisedGRF", "RAngle"};
  made.strings("POINT", "TYPE_GROUPS", {"INDICES", "INDEX", "MODELED_MARKERS", "MODELED_MARKER"});
  made.items.back().dims = {static_cast<int>(std::string("MODELED_MARKERS").size()), 2, 2};
  made.strings("POINT", "INDICES", {"Depth"});
  made.strings("POINT", "INDEX_UNITS", {"deg"});
  made.strings("POINT", "MODELED_MARKERS", {"HJC"});
  made.strings("POINT", "MODELED_MARKER_UNITS", {"mm"});
  const auto recording = read_c3d(made.build()).recording;
  // RAngle stays: scapula markers are called so.
  EXPECT_EQ(recording.labels, (std::vector<std::string>{"LASI", "HJC", "RAngle"}));
}

TEST(C3dLabels, PrefixBecomesTheSubject) {
  C3dBuilder made;
  made.labels = {"Anna:LASI",       "Anna:RASI",  "Anna:*5", "*60",
                 "Anna:LHipAngles", "box:corner", "stick"};
  made.strings("POINT", "ANGLES", {"Anna:LHipAngles"});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.subject, "Anna");
  EXPECT_EQ(recording.labels, (std::vector<std::string>{"LASI", "RASI", "box:corner", "stick"}));
  EXPECT_TRUE(has_note(recording, "labels", "prefix 'Anna:'"));
  EXPECT_TRUE(has_note(recording, "labels", "2 unlabelled trajectories"));
  EXPECT_TRUE(has_warning(recording, "labels", "box: (1)"));
}

TEST(C3dLabels, SubjectFromTheSubjectsGroup) {
  C3dBuilder made;
  made.strings("SUBJECTS", "NAMES", {"Ben"});
  EXPECT_EQ(read_c3d(made.build()).recording.subject, "Ben");
}

TEST(C3dLabels, FewerMoreEmptyAndDuplicate) {
  C3dBuilder made;
  made.labels = {"KNEE", "", "KNEE", "KNEE_2", "KNEE"};
  auto recording = read_c3d(made.build()).recording;
  recording.validate();
  EXPECT_EQ(recording.labels,
            (std::vector<std::string>{"KNEE", "point_2", "KNEE_3", "KNEE_2", "KNEE_4"}));
  EXPECT_TRUE(has_warning(recording, "labels", "more than once"));

  made.labels = {"A", "B", "C"};
  made.strings("POINT", "LABELS", {"A"});
  recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.labels, (std::vector<std::string>{"A", "point_2", "point_3"}));

  made.items.clear();
  made.labels = {"A", "B"};
  made.strings("POINT", "LABELS", {"A", "B", "C", "D"});
  recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.labels, (std::vector<std::string>{"A", "B"}));
  EXPECT_TRUE(has_note(recording, "labels", "the last 2 ignored"));
}

// C07: Latin-1 bytes in a text field.
TEST(C3dLabels, Latin1TextIsReadAsText) {
  C3dBuilder made;
  made.labels = {"H\xE9mi", "B"};
  made.strings("SUBJECTS", "NAMES", {"J\xFCrgen"});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.labels[0], "H\xC3\xA9mi");
  EXPECT_EQ(recording.subject, "J\xC3\xBCrgen");
}

TEST(C3dLabels, PathWithBlanksAndUmlauts) {
  const test::TemporaryFolder folder;
  const auto made = C3dBuilder().build();
  const auto path =
      folder.write(std::filesystem::path(u8"Läufer Müller é") / u8"Test 1 - été.c3d", made.text());
  const auto recording = read_c3d(load_file(path)).recording;
  EXPECT_EQ(recording.labels.size(), 2U);
  EXPECT_NE(recording.source.find("Läufer Müller é"), std::string::npos);
}

TEST(C3dAxes, UpFromYScreen) {
  C3dBuilder made;
  EXPECT_EQ(read_c3d(made.build()).axes.up, "");
  made.strings("POINT", "Y_SCREEN", {"+Z"});
  EXPECT_EQ(read_c3d(made.build()).axes.up, "+z");
  made.items.clear();
  made.strings("POINT", "Y_SCREEN", {"Y"});
  EXPECT_EQ(read_c3d(made.build()).axes.up, "+y");
  made.items.clear();
  made.strings("POINT", "Y_SCREEN", {"up"});
  EXPECT_EQ(read_c3d(made.build()).axes.up, "");
}

// On some screens y points down: a negative Y_SCREEN holds only where the body is on that side.
TEST(C3dAxes, NegativeUpIsBelievedOnlyWithTheMarkers) {
  C3dBuilder made;
  made.strings("POINT", "Y_SCREEN", {"-Z"});
  RawRecording raw = read_c3d(made.build());
  EXPECT_EQ(raw.axes.up, "+z");
  EXPECT_TRUE(has_warning(raw.recording, "axes", "-z"));
  made.point = [](int, int) { return std::array<double, 4>{1, 2, -900, 0}; };
  raw = read_c3d(made.build());
  EXPECT_EQ(raw.axes.up, "-z");
  EXPECT_FALSE(has_warning(raw.recording, "axes", "-z"));
}

TEST(C3dPoints, TrialDate) {
  C3dBuilder made;
  made.integers("TRIAL", "DATE", {2019, 5, 24});
  EXPECT_EQ(read_c3d(made.build()).recording.date, "2019-05-24");
  made.integers("TRIAL", "TIME", {15, 13, 57});
  EXPECT_EQ(read_c3d(made.build()).recording.date, "2019-05-24T15:13:57");
}

// Parameters may come before their group, ids in any order, names in any case.
TEST(C3dParameters, LowerCaseNamesAndGroupAfterItsParameters) {
  C3dBuilder made;
  made.units.clear();
  made.strings("point", "units", {"cm"});
  FileBytes file = made.build();
  EXPECT_NEAR(read_c3d(file).recording.positions_m(0, 0), 1.0, 1e-9);
}

TEST(C3dParameters, WithoutAnyTheHeaderIsEnough) {
  C3dBuilder made;
  made.standard_parameters = false;
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.labels, (std::vector<std::string>{"point_1", "point_2"}));
  EXPECT_NEAR(recording.positions_m(2, 0), 0.102, 1e-8);
  EXPECT_NEAR(recording.rate_hz(), 100.0, 1e-9);
  EXPECT_TRUE(has_warning(recording, "units", "missing"));
}

// C03 (a): refused with what was found; the force reader takes it.
TEST(C3dPoints, FileWithoutPoints) {
  C3dBuilder made;
  made.labels.clear();
  made.channels = 3;
  made.samples = 5;
  made.integers("EVENT", "USED", {1});
  made.floats("EVENT", "TIMES", {0, 0.01}, {2, 1});
  try {
    static_cast<void>(read_c3d(made.build("empty.c3d")));
    FAIL() << "accepted";
  } catch (const NotAnalysable& error) {
    EXPECT_STREQ(error.what(),
                 "empty.c3d: no marker positions; the file holds 3 analog channels, 0 force "
                 "plates, 1 event");
  }
  const auto recording = read_c3d_forces(made.build()).recording;
  EXPECT_EQ(recording.n_points(), 0);
  EXPECT_EQ(recording.events.size(), 1U);
}

TEST(C3dPoints, OnlyPoseMatrices) {
  C3dBuilder made;
  made.labels.clear();
  made.integers("ROTATION", "USED", {21});
  made.integers("ROTATION", "DATA_START", {4});
  try {
    static_cast<void>(read_c3d(made.build()));
    FAIL() << "accepted";
  } catch (const NotAnalysable& error) {
    EXPECT_NE(std::string(error.what()).find("21 pose matrices"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace runmech
