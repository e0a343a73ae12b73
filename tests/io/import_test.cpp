// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/import.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/io/forces.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/trc.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

using test::error_of;

constexpr const char* kRun = "rajagopal/motion_capture_run.trc";

bool noted(const Recording& r, std::string_view code, std::string_view part, bool warning) {
  return std::any_of(r.notes.begin(), r.notes.end(), [&](const Note& note) {
    return note.code == code && note.warning == warning &&
           note.text.find(part) != std::string::npos;
  });
}

RawRecording raw_run() {
  return read_raw(test::data_folder() / kRun);
}

void turn(RawRecording& raw, const Eigen::Matrix3d& by) {
  Recording& r = raw.recording;
  for (Eigen::Index p = 0; p < r.n_points(); ++p) {
    r.positions_m.middleCols(3 * p, 3) =
        (r.positions_m.middleCols(3 * p, 3) * by.transpose()).eval();
  }
}

double pelvis_height(const Recording& r) {
  const Points psis = r.track("LPSI");
  return psis.col(1).mean();
}

}  // namespace

TEST(Import, UnitSlipsAreCorrectedLoudlyOrRefused_C11) {
  RUNMECH_NEEDS_DATA(kRun);
  const auto scaled = [](double factor) {
    RawRecording raw = raw_run();
    raw.recording.positions_m *= factor;
    return raw;
  };
  const Recording good = import_recording(scaled(1.0));
  EXPECT_NEAR(pelvis_height(good), 1.11, 0.02);
  const Recording kilometres = import_recording(scaled(1000.0));  // mm under a header of metres
  EXPECT_NEAR(pelvis_height(kilometres), pelvis_height(good), 1e-6);
  EXPECT_TRUE(noted(kilometres, "units", "corrected by a factor of 0.001", true));
  const Recording tiny = import_recording(scaled(0.001));
  EXPECT_NEAR(pelvis_height(tiny), pelvis_height(good), 1e-6);
  EXPECT_TRUE(noted(tiny, "units", "corrected by a factor of 1000", true));
  const Recording dwarf = import_recording(scaled(0.35));
  EXPECT_TRUE(noted(dwarf, "units", "the pelvis is 0.3", true)) << pelvis_height(dwarf);
  EXPECT_FALSE(noted(good, "units", "the pelvis", true));
  ReadOptions insists;
  insists.unit = "m";
  const auto message =
      error_of<InvalidArgument>([&] { return import_recording(scaled(1000.0), insists); });
  EXPECT_NE(message.find("unit is 'm'"), std::string::npos) << message;
}

TEST(Import, ValuesNoLaboratoryCanHoldAreMissingAndSaid) {
  RUNMECH_NEEDS_DATA(kRun);
  RawRecording raw = raw_run();
  const Recording good = import_recording(raw);
  const double marks[]{3.4028234e38, -1e20, 1e308};  // FLT_MAX: how some programs write "no value"
  for (Eigen::Index i = 0; i < 3; ++i) raw.recording.positions_m(20 + i, 4) = marks[i];
  const Recording r = import_recording(raw);
  EXPECT_TRUE(noted(r, "missing", "3 points with coordinates beyond 1e7", true));
  EXPECT_TRUE(r.positions_m.block(20, 3, 3, 3).array().isNaN().all());
  EXPECT_FALSE((r.positions_m.array().abs() > 100.0).any());
  EXPECT_TRUE(r.file_to_world.isApprox(good.file_to_world, 1e-12));

  ForcePlate plate;
  plate.name = "belt";
  plate.time_s.resize(4);
  plate.force_n.setZero(4, 3);
  plate.force_n.col(1) << 800.0, 3.4028234e38, 900.0, 850.0;
  plate.cop_m.setZero(4, 3);
  Recording with = good;
  for (std::size_t i = 0; i < 4; ++i)
    plate.time_s[i] = with.time_s.front() + 0.001 * static_cast<double>(i);
  attach_forces(with, {plate});
  EXPECT_TRUE(noted(with, "forces", "1 samples of plate 'belt' beyond 1e6 N", true));
  EXPECT_TRUE(with.plates.back().force_n.row(1).array().isNaN().all());
}

TEST(Import, AMissingUnitIsJudgedByTheBody) {
  RUNMECH_NEEDS_DATA(kRun);
  for (const double factor : {1.0, 100.0, 1000.0}) {
    RawRecording raw = raw_run();
    raw.recording.positions_m *= factor;
    raw.unit_stated = false;
    raw.recording.notes.clear();
    const Recording r = import_recording(std::move(raw));
    EXPECT_NEAR(pelvis_height(r), 1.11, 0.02) << factor;
    EXPECT_TRUE(noted(r, "units", "by the size of the body", true));
  }
  RawRecording odd = raw_run();
  odd.recording.positions_m *= 1e7;
  odd.unit_stated = false;
  EXPECT_NE(error_of<InvalidArgument>([&] {
              return import_recording(std::move(odd));
            }).find("give unit="),
            std::string::npos);
}

TEST(Import, AnyTurnAboutAnyAxisComesBackToTheWorld) {
  RUNMECH_NEEDS_DATA(kRun);
  const Recording straight = import_recording(raw_run());
  using Eigen::AngleAxisd;
  using Eigen::Vector3d;
  const auto about = [](double deg, const Vector3d& axis) {
    return AngleAxisd(radians(deg), axis.normalized()).toRotationMatrix();
  };
  struct Case {
    Eigen::Matrix3d turn;
    double within_m;
  };
  const Case cases[] = {
      // 37 degrees is no laboratory axis: there the heading is measured, to a degree or two.
      {about(37, Vector3d::UnitY()), 0.1},
      {about(180, Vector3d::UnitY()), 1e-9},
      {about(90, Vector3d::UnitX()), 1e-9},  // Z up
      {about(90, Vector3d::UnitX()) * about(-90, Vector3d::UnitY()), 1e-9},
      {about(120, Vector3d(1, 1, 1)), 1e-9},
  };
  for (const Case& c : cases) {
    RawRecording raw = raw_run();
    turn(raw, c.turn);
    const Recording r = import_recording(std::move(raw));
    EXPECT_EQ(r.surface, Surface::treadmill);
    const FrameMatrix off = r.positions_m - straight.positions_m;
    EXPECT_LT(off.array().isNaN().select(0.0, off).cwiseAbs().maxCoeff(), c.within_m);
  }
}

TEST(Import, SlopesKeepUpAndHeading_C13) {
  RUNMECH_NEEDS_DATA(kRun);
  for (const double slope : {0.10, -0.10}) {
    for (const bool turned : {false, true}) {
      RawRecording raw = raw_run();
      Recording& r = raw.recording;
      for (Eigen::Index p = 0; p < r.n_points(); ++p) {
        r.positions_m.col(3 * p + 1) += slope * r.positions_m.col(3 * p);
      }
      if (turned) turn(raw, Eigen::AngleAxisd(M_PI, Eigen::Vector3d::UnitY()).toRotationMatrix());
      const Recording out = import_recording(std::move(raw));
      EXPECT_NEAR(out.file_to_world(0, 0), turned ? -1.0 : 1.0, 1e-9);
      EXPECT_NEAR(out.file_to_world(1, 1), 1.0, 1e-9);
      EXPECT_EQ(out.surface, Surface::treadmill);
    }
  }
}

TEST(Import, KeepsTheFilesClockAndBothEndsOfACut_C10) {
  RUNMECH_NEEDS_DATA(kRun);
  const auto path = test::data_folder() / kRun;
  const Recording whole = read(path);
  EXPECT_NEAR(whole.time_s.front(), 0.23, 1e-9);
  EXPECT_NEAR(whole.time_s.back(), 5.32, 1e-9);
  ReadOptions options;
  options.start_s = 1.50;
  options.end_s = 2.50;
  const Recording cut = read(path, options);
  EXPECT_EQ(cut.n_frames(), 101);
  EXPECT_NEAR(cut.time_s.front(), 1.50, 1e-9);
  std::vector<double> time;
  for (int i = 0; i < 100; ++i) time.push_back(i / 100.0);
  ReadOptions short_cut;
  short_cut.up = "+y";
  short_cut.forward = "+x";
  short_cut.unit = "m";
  short_cut.start_s = 0.10;
  short_cut.end_s = 0.15;
  const Recording r = from_arrays(time, {"a", "b"}, FrameMatrix::Random(100, 6), short_cut);
  EXPECT_EQ(r.n_frames(), 6);
}

TEST(Import, AWeakHeadingIsRefusedByNamingTheArgument) {
  std::vector<double> time{0.0, 0.01, 0.02};
  ReadOptions options;
  options.unit = "m";
  const auto message = error_of<InvalidArgument>([&] {
    return from_arrays(time, {"a", "b"}, FrameMatrix::Random(3, 6), options);
  });
  EXPECT_NE(message.find("give up="), std::string::npos) << message;
  options.up = "+z";
  const auto forward = error_of<InvalidArgument>([&] {
    return from_arrays(time, {"a", "b"}, FrameMatrix::Random(3, 6), options);
  });
  EXPECT_NE(forward.find("give forward="), std::string::npos) << forward;
  options.forward = "-y";
  FrameMatrix points = FrameMatrix::Random(3, 6);
  const Recording r = from_arrays(time, {"a", "b"}, points, options);
  EXPECT_DOUBLE_EQ(r.positions_m(1, 3), -points(1, 4));  // X = -y
  EXPECT_DOUBLE_EQ(r.positions_m(1, 4), points(1, 5));   // Y = z
  EXPECT_DOUBLE_EQ(r.positions_m(1, 5), -points(1, 3));  // Z = X x Y
}

TEST(Import, PlatesTurnWithThePointsAndWrongSignsAreTurned) {
  ReadOptions options;
  options.unit = "m";
  options.up = "+z";
  options.forward = "+y";
  Recording r = from_arrays({0.0, 0.01, 0.02}, {"a", "b"}, FrameMatrix::Random(3, 6), options);
  ForcePlate plate;
  plate.name = "belt";
  plate.time_s = {0.0, 0.01, 0.02};
  plate.force_n.resize(3, 3);
  plate.force_n << 1, 20, -800, 1, 20, -800, 1, 20, -800;
  plate.cop_m.setConstant(3, 3, 0.5);
  attach_forces(r, {plate});
  ASSERT_EQ(r.plates.size(), 1u);
  EXPECT_DOUBLE_EQ(r.plates[0].force_n(0, 1), 800.0);
  EXPECT_DOUBLE_EQ(r.plates[0].force_n(0, 0), -20.0);
  EXPECT_TRUE(noted(r, "forces", "its sign was turned", true));
  plate.time_s = {5.0, 5.01, 5.02};
  EXPECT_NE(error_of<InvalidArgument>([&] { attach_forces(r, {plate}); }).find("share no time"),
            std::string::npos);
}

TEST(Import, PrefixesUnlabelledAndRepeatedNames) {
  ReadOptions options;
  options.unit = "m";
  options.up = "+y";
  options.forward = "+x";
  RawRecording raw;
  Recording& r = raw.recording;
  r.source = "memory";
  r.time_s = {0.0, 0.01};
  r.labels = {"Anna:LASI", "Anna:RASI", "*60", "Anna:LASI", "box:corner"};
  r.positions_m = FrameMatrix::Random(2, 15);
  const double corner = r.positions_m(0, 12);
  const Recording out = import_recording(std::move(raw), options);
  EXPECT_EQ(out.labels, (std::vector<std::string>{"LASI", "RASI", "Anna:LASI", "box:corner"}));
  EXPECT_EQ(out.subject, "Anna");
  EXPECT_DOUBLE_EQ(out.positions_m(0, 9), corner);
  EXPECT_TRUE(noted(out, "labels", "1 unlabelled", false));
}

TEST(Import, SurfaceFromThePelvisAgainstTheFoot) {
  RUNMECH_NEEDS_DATA("dorn/run0350cms.trc");
  EXPECT_EQ(read(test::data_folder() / "dorn/run0350cms.trc").surface, Surface::overground);
  EXPECT_EQ(read(test::data_folder() / kRun).surface, Surface::treadmill);
  ReadOptions options;
  options.surface = Surface::overground;
  EXPECT_EQ(read(test::data_folder() / kRun, options).surface, Surface::overground);
}

TEST(Import, FrozenAndJumpingPointsAreSaidNotDeleted) {
  RUNMECH_NEEDS_DATA(kRun);
  RawRecording raw = raw_run();
  Recording& r = raw.recording;
  const auto heel = 3 * *r.index_of("RCAL");
  for (Eigen::Index f = 100; f < 170; ++f)
    r.positions_m.middleCols(heel, 3).row(f) = r.positions_m.middleCols(heel, 3).row(100);
  r.positions_m(300, 3 * *r.index_of("C7")) += 2.0;
  const FrameMatrix before = r.positions_m;
  const Recording out = import_recording(std::move(raw));
  EXPECT_TRUE(noted(out, "frozen", "RCAL", true));
  EXPECT_TRUE(noted(out, "jumps", "C7", true));
  const auto same = (out.positions_m.array() == before.array()) || before.array().isNaN();
  EXPECT_TRUE(same.all());
}

}  // namespace runmech
