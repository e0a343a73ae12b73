// SPDX-License-Identifier: BSD-3-Clause
// Files that other programs wrote, with what a correct reader gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/c3d_notes.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

using test::has_note;
using test::has_warning;

RawRecording load(const std::string& name) {
  return read_c3d_forces(load_file(test::data_folder() / name));
}

double peak(const ForcePlate& plate, const std::string& up) {
  return plate.force_n.col(up[1] - 'x').maxCoeff();
}

struct Reading {
  std::string name;
  Eigen::Index frames;
  Eigen::Index points;
  double rate_hz;
  double start_s;
  std::string up;  ///< as the file says
  std::size_t plates;
  std::size_t events;
};

const std::vector<Reading> kReadings{
    {"c3d_vendors/BTS.c3d", 675, 22, 100, 0, "+y", 6, 0},
    {"c3d_vendors/FP_Type1.c3d", 634, 22, 100, 0, "+y", 4, 0},
    {"c3d_vendors/Optotrak.c3d", 29, 54, 30, 0, "", 0, 0},
    {"c3d_vendors/Vicon.c3d", 580, 51, 100, 0, "+z", 0, 0},
    {"cases/force_upside_down.c3d", 48, 37, 240, 0, "+z", 4, 0},
    {"cases/two_frames.c3d", 2, 34, 250, 4.66, "+z", 2, 0},
    {"dorn/JA1Gait21.c3d", 837, 51, 250, 1.196, "+z", 8, 12},
    {"dorn/JA1Static05.c3d", 647, 55, 250, 0, "+z", 8, 2},
    {"ric/20140515T133244_run.c3d", 5000, 28, 200, 0, "", 0, 0},
    {"userfiles/c3d/biomechzoo__HC033A01.c3d", 53, 200, 100, 0.57, "+z", 2, 2},
    {"userfiles/c3d/btk__FunctionalWalk.c3d", 438, 110, 120, 479.0 / 120, "+z", 3, 11},
    {"userfiles/c3d/btk__mocap36.c3d", 1380, 36, 100, 0, "", 0, 0},
    {"userfiles/c3d/btk__sub_labels.c3d", 333, 86, 60, 0, "+z", 2, 8},
    {"userfiles/c3d/c3dio__Static Pose.c3d", 120, 30, 60, 0, "", 2, 0},
    {"userfiles/c3d/c3dio__SubjectINT.c3d", 4921, 40, 120, 0, "+z", 0, 0},
    {"userfiles/c3d/c3dio__bigparlove.c3d", 323, 141, 200, 0, "+z", 5, 0},
    {"userfiles/c3d/c3dio__dynamic.C3D", 296, 34, 100, 0, "", 1, 0},
    {"userfiles/c3d/c3dio__evart.c3d", 243, 22, 60, 0, "+z", 2, 0},
    {"userfiles/c3d/c3dio__pyCGM2 lower limb CGM24 Walking01.c3d", 493, 108, 100, 0.62, "+z", 1,
     18},
    {"userfiles/c3d/pycgm__Movement_trial.c3d", 323, 117, 120, 694.0 / 120, "+z", 4, 0},
    {"userfiles/c3d/pycgm__Sample_Static.c3d", 275, 111, 100, 0, "+z", 1, 0},
    {"userfiles/force/schb998__C3D_standard.c3d", 2234, 33, 100, 0, "+z", 2, 0},
    {"userfiles/lab_text/btk__Gait.c3d", 487, 33, 100, 0, "+z", 2, 0},
    {"walking/fukuchi_WBDS19walkT01.c3d", 4500, 22, 150, 0, "+y", 2, 123},
};

class C3dReading : public testing::TestWithParam<Reading> {};

TEST_P(C3dReading, SizesClockAxes) {
  const Reading& expected = GetParam();
  RUNMECH_NEEDS_DATA(expected.name);
  const RawRecording raw = load(expected.name);
  const Recording& recording = raw.recording;
  recording.validate();
  EXPECT_EQ(recording.n_frames(), expected.frames);
  EXPECT_EQ(recording.n_points(), expected.points);
  EXPECT_NEAR(recording.rate_hz(), expected.rate_hz, 1e-6);
  EXPECT_NEAR(recording.time_s.front(), expected.start_s, 1e-9);
  EXPECT_EQ(raw.axes.up, expected.up);
  EXPECT_EQ(recording.plates.size(), expected.plates);
  EXPECT_EQ(recording.events.size(), expected.events);
  for (const auto& plate : recording.plates) {
    EXPECT_NEAR(plate.time_s.front(), expected.start_s, 1e-9);
    EXPECT_EQ(plate.n_samples() % recording.n_frames(), 0);
  }
}

std::string reading_name(const testing::TestParamInfo<Reading>& test) {
  std::string name = test.param.name;
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(All, C3dReading, testing::ValuesIn(kReadings), reading_name);

void expect_point(const Recording& recording, const std::string& label, Eigen::Index frame,
                  double x_mm, double y_mm, double z_mm, double tolerance_mm = 0.01) {
  const auto column = recording.index_of(label);
  ASSERT_TRUE(column) << label;
  EXPECT_NEAR(1e3 * recording.positions_m(frame, 3 * *column), x_mm, tolerance_mm) << label;
  EXPECT_NEAR(1e3 * recording.positions_m(frame, 3 * *column + 1), y_mm, tolerance_mm) << label;
  EXPECT_NEAR(1e3 * recording.positions_m(frame, 3 * *column + 2), z_mm, tolerance_mm) << label;
}

std::vector<double> peaks(const RawRecording& raw) {
  std::vector<double> out;
  for (const auto& plate : raw.recording.plates) out.push_back(peak(plate, raw.axes.up));
  return out;
}

TEST(C3dFiles, MovementTrial) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/pycgm__Movement_trial.c3d");
  const auto raw = load("userfiles/c3d/pycgm__Movement_trial.c3d");
  expect_point(raw.recording, "LASI", 0, 1036.8085, 56.7173, 1696.6792);
  EXPECT_EQ(raw.recording.subject, "Test");
  const auto found = peaks(raw);
  const std::vector<double> expected{1214, 1127, 1106, 1162};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(found[i], expected[i], 0.6);
  EXPECT_NEAR(raw.recording.plates[0].force_n.col(2).minCoeff(), -15.3, 0.1);  // unloaded, kept
  EXPECT_TRUE(has_note(raw.recording, "labels", "80 model outputs"));
  EXPECT_FALSE(raw.recording.index_of("LKneeAngles"));
}

TEST(C3dFiles, SampleStatic) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/pycgm__Sample_Static.c3d");
  const auto raw = load("userfiles/c3d/pycgm__Sample_Static.c3d");
  expect_point(raw.recording, "LASI", 0, 138.6291, 362.2584, 1029.9491);
  EXPECT_EQ(raw.recording.positions_m.array().isNaN().count(), 0);
  EXPECT_NEAR(raw.recording.plates[0].force_n.col(2).minCoeff(), 777, 0.6);
  EXPECT_NEAR(raw.recording.plates[0].force_n.col(2).maxCoeff(), 784, 0.6);
}

TEST(C3dFiles, LabelsInTwoLists) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/biomechzoo__HC033A01.c3d");
  const auto raw = load("userfiles/c3d/biomechzoo__HC033A01.c3d");
  expect_point(raw.recording, "LASI", 0, 346.9412, 152.0116, 829.9869);
  EXPECT_NEAR(raw.recording.plates[0].force_n.col(2).mean(), 505, 1.0);
}

TEST(C3dFiles, PrefixedLabelsAndZeros) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/btk__sub_labels.c3d");
  const auto raw = load("userfiles/c3d/btk__sub_labels.c3d");
  EXPECT_EQ(raw.recording.subject, "SubA");
  const auto lasi = raw.recording.track("LASI");
  Eigen::Index first = 0;
  while (std::isnan(lasi(first, 0))) ++first;
  expect_point(raw.recording, "LASI", first, 2200.94, 200.52, 723.66);
  EXPECT_EQ(raw.recording.events.front().label, "Foot Strike");
  EXPECT_EQ(raw.recording.events.front().context, "Left");
  EXPECT_NEAR(raw.recording.events.front().time_s, 1.041, 1e-3);
  EXPECT_NEAR(raw.recording.events[1].time_s, 1.433, 1e-3);
}

TEST(C3dFiles, EventTimesInOneRow) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/btk__FunctionalWalk.c3d");
  const auto events = load("userfiles/c3d/btk__FunctionalWalk.c3d").recording.events;
  EXPECT_NEAR(events[0].time_s, 4.525, 1e-3);
  EXPECT_EQ(events[0].context + " " + events[0].label, "Right Foot Strike");
  EXPECT_NEAR(events[1].time_s, 4.621, 1e-3);
  EXPECT_EQ(events[1].context + " " + events[1].label, "Left Foot Off");
  EXPECT_NEAR(events[2].time_s, 5.05, 1e-3);
  EXPECT_EQ(events[2].context + " " + events[2].label, "Left Foot Strike");
}

TEST(C3dFiles, UnsortedEventsAndMissingLabels) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/c3dio__pyCGM2 lower limb CGM24 Walking01.c3d");
  const auto recording =
      load("userfiles/c3d/c3dio__pyCGM2 lower limb CGM24 Walking01.c3d").recording;
  expect_point(recording, "LASI", 0, 276.5174, 3589.4326, 953.3593);
  EXPECT_TRUE(std::is_sorted(recording.events.begin(), recording.events.end(),
                             [](const auto& a, const auto& b) { return a.time_s < b.time_s; }));
  EXPECT_TRUE(std::any_of(recording.events.begin(), recording.events.end(), [](const auto& e) {
    return e.context == "General" && e.label == "Left-FP";
  }));
}

// The header's 17 samples per frame are right, ANALOG:RATE is not; ezc3d reads garbage here.
TEST(C3dFiles, EvartFollowsTheHeader) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/c3dio__evart.c3d");
  const auto recording = load("userfiles/c3d/c3dio__evart.c3d").recording;
  expect_point(recording, recording.labels[3], 0, 1687.036, 418.353, 1012.535);
  expect_point(recording, recording.labels[3], 1, 1667.416, 414.197, 1013.761);
  EXPECT_TRUE(has_warning(recording, "forces", "1020 Hz"));
}

// Again the header is right (6 analog values a frame), ANALOG:USED = 0 is not. Read with that (as
// ezc3d does) every marker is a mixture of all; read rightly, a leg has its joints one above the
// other.
TEST(C3dFiles, DynamicFollowsTheHeader) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/c3dio__dynamic.C3D");
  const auto recording = load("userfiles/c3d/c3dio__dynamic.C3D").recording;
  const std::vector<std::pair<std::string, double>> heights{
      {"r asis", 0.908}, {"r thigh", 0.797}, {"r knee 1", 0.434}, {"r mall", 0.107},
      {"r met", 0.031},  {"l asis", 0.908},  {"l thigh", 0.817},  {"l knee 1", 0.434},
      {"l mall", 0.107}, {"l met", 0.036}};
  for (const auto& [label, height_m] : heights) {
    const auto track = recording.track(label);
    std::vector<double> seen;
    for (Eigen::Index i = 0; i < track.rows(); ++i) {
      if (!std::isnan(track(i, 1))) seen.push_back(track(i, 1));
    }
    ASSERT_GT(seen.size(), 200U) << label;
    const double mean =
        std::accumulate(seen.begin(), seen.end(), 0.0) / static_cast<double>(seen.size());
    EXPECT_NEAR(mean, height_m, 0.002) << label;
  }
  EXPECT_NEAR(recording.plates.at(0).force_n.col(1).maxCoeff(), 731.7, 0.1);
  EXPECT_TRUE(has_warning(recording, "labels", "more than once"));
}

TEST(C3dFiles, DecFilteredCopyOfATrcTrial) {
  RUNMECH_NEEDS_DATA("userfiles/lab_text/btk__Gait.c3d");
  const auto recording = load("userfiles/lab_text/btk__Gait.c3d").recording;
  expect_point(recording, "LASI", 159, 1782.877, -135.868, 882.547);
  EXPECT_EQ(recording.positions_m.array().isNaN().count(), 3 * 9682);
  EXPECT_TRUE(recording.index_of("RKNE_2"));
}

TEST(C3dFiles, TreadmillWithBothFeetOnOnePlate) {
  RUNMECH_NEEDS_DATA("userfiles/force/schb998__C3D_standard.c3d");
  const auto raw = load("userfiles/force/schb998__C3D_standard.c3d");
  EXPECT_EQ(raw.recording.positions_m.array().isNaN().count(), 3 * 4178);
  EXPECT_NEAR(raw.recording.plates[0].force_n.col(2).minCoeff(), 518.7, 0.1);
  EXPECT_NEAR(raw.recording.plates[0].force_n.col(2).maxCoeff(), 1020.8, 0.1);
  EXPECT_FALSE(has_warning(raw.recording, "forces", "sign turned"));
}

TEST(C3dFiles, BigParameterSection) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/c3dio__bigparlove.c3d");
  EXPECT_NEAR(load("userfiles/c3d/c3dio__bigparlove.c3d").recording.plates[3].force_n.col(2).mean(),
              600, 2);
}

TEST(C3dFiles, MetresAndIntegerScale) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/c3dio__Static Pose.c3d");
  const auto recording = load("userfiles/c3d/c3dio__Static Pose.c3d").recording;
  EXPECT_GT(recording.positions_m.maxCoeff(), 1.2);
  EXPECT_LT(recording.positions_m.maxCoeff(), 3.0);
}

TEST(C3dFiles, MalformedParameterSectionIsStillReadable) {
  RUNMECH_NEEDS_DATA("userfiles/c3d/btk__mocap36.c3d");
  const auto recording = load("userfiles/c3d/btk__mocap36.c3d").recording;
  EXPECT_EQ(recording.labels.front(), "Skeleton_Hip2");
  EXPECT_GT(recording.positions_m(0, 2), 0.8);
  EXPECT_LT(recording.positions_m(0, 2), 1.2);
}

// The vertical force of the plate that is stood on has the other sign (and is far too small).
TEST(C3dFiles, ForceUpsideDown) {
  RUNMECH_NEEDS_DATA("cases/force_upside_down.c3d");
  const auto recording = load("cases/force_upside_down.c3d").recording;
  EXPECT_GT(recording.plates[2].force_n.col(2).minCoeff(), 0.0);
  EXPECT_TRUE(has_warning(recording, "forces", "sign turned"));
  EXPECT_TRUE(has_warning(recording, "forces", "too little for a body"));
  EXPECT_FALSE(has_note(recording, "forces", "force plate 3 reads"));
}

TEST(C3dFiles, OptotrakTruncatedAtTheSource) {
  RUNMECH_NEEDS_DATA("c3d_vendors/Optotrak.c3d");
  const auto recording = load("c3d_vendors/Optotrak.c3d").recording;
  EXPECT_TRUE(has_warning(recording, "frames", "1149"));
  EXPECT_TRUE(has_note(recording, "units", "mm"));
  EXPECT_LT(recording.positions_m.array().isNaN().select(0.0, recording.positions_m).maxCoeff(),
            10.0);
}

TEST(C3dFiles, RefusedForWantOfPoints) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"cases/no_points.c3d", "147 analog channels, 10 force plates, 5 events"},
      {"c3d_vendors/C3DRotationExample.c3d", "21 pose matrices"},
      {"userfiles/force/issul__Trial10.c3d", "5 analog channels, 0 force plates"},
      {"userfiles/strength/c3dio__Mega Electronics Isokinetic EMG Angle Torque Sample File.c3d",
       "4 analog channels"}};
  for (const auto& [name, says] : files) {
    RUNMECH_NEEDS_DATA(name);
    try {
      static_cast<void>(read_c3d(load_file(test::data_folder() / name)));
      ADD_FAILURE() << name << " accepted";
    } catch (const NotAnalysable& error) {
      EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
    }
  }
}

TEST(C3dFiles, DornRunningForces) {
  RUNMECH_NEEDS_DATA("dorn/JA1Gait21.c3d");
  const auto raw = load("dorn/JA1Gait21.c3d");
  EXPECT_EQ(raw.recording.subject, "JA1");
  for (const std::size_t i : {0U, 1U, 3U, 4U, 6U}) {
    const ForcePlate& plate = raw.recording.plates[i];
    EXPECT_GT(plate.force_n.col(2).maxCoeff(), 1900);
    EXPECT_GT(plate.dead_band_n, 15.0);
    // Braking before propulsion, running to +Y.
    EXPECT_LT(plate.force_n.col(1).minCoeff(), -240);
    EXPECT_GT(plate.force_n.col(1).maxCoeff(), 240);
  }
  EXPECT_NEAR(raw.recording.events.front().time_s, 1.596, 1e-6);
}

// The marker nearest to the centre of pressure is on a shoe, in every loaded frame.
TEST(C3dFiles, CopIsUnderTheFoot) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT25.c3d.gz");
  const auto raw = load("rbds/RBDS003runT25.c3d.gz");
  const Recording& recording = raw.recording;
  const ForcePlate& plate = recording.plates.at(0);
  std::size_t checked = 0;
  std::size_t foot = 0;
  for (Eigen::Index f = 0; f < recording.n_frames(); f += 7) {
    const Eigen::Index sample = 2 * f;
    if (plate.force_n(sample, 1) < 800) continue;
    double best = 1e9;
    std::string nearest;
    for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
      if (std::isnan(recording.positions_m(f, 3 * p))) continue;
      const double d = std::hypot(recording.positions_m(f, 3 * p) - plate.cop_m(sample, 0),
                                  recording.positions_m(f, 3 * p + 1) - plate.cop_m(sample, 1),
                                  recording.positions_m(f, 3 * p + 2) - plate.cop_m(sample, 2));
      if (d < best) {
        best = d;
        nearest = recording.labels[static_cast<std::size_t>(p)];
      }
    }
    ++checked;
    for (const auto* on_shoe : {"Heel", "MT", "R.ASY"}) {
      foot += nearest.find(on_shoe) != std::string::npos ? 1 : 0;
    }
  }
  ASSERT_GT(checked, 100U);
  EXPECT_EQ(foot, checked);
}

}  // namespace
}  // namespace runmech
