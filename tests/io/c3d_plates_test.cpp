// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <numbers>

#include "io/c3d_builder.hpp"
#include "io/c3d_notes.hpp"
#include "runmech/io/c3d.hpp"

namespace runmech {
namespace {

using test::C3dBuilder;
using test::has_note;
using test::has_warning;

// A plate of 0.6 x 0.4 m with its centre at (1.0, 2.0, 0): corner 1 at +x +y of the plate's own
// axes. Plate x is lab +X, plate y is lab -Y, so plate z is lab -Z (down), as plates are built. A
// load at plate (0.1, -0.05) is at lab (1.1, 2.05).
const std::vector<double> kCorners{1300, 1800, 0, 700, 1800, 0, 700, 2200, 0, 1300, 2200, 0};

C3dBuilder with_plate(int type, std::vector<double> channel_values) {
  C3dBuilder made;
  made.channels = static_cast<int>(channel_values.size());
  made.samples = 10;
  made.analog = [values = std::move(channel_values)](int, int, int c) {
    return values[static_cast<std::size_t>(c)];
  };
  std::vector<double> numbers;
  for (int i = 1; i <= made.channels; ++i) numbers.push_back(i);
  made.floats("ANALOG", "SCALE", std::vector<double>(numbers.size(), 1.0));
  made.integers("FORCE_PLATFORM", "USED", {1});
  made.integers("FORCE_PLATFORM", "TYPE", {double(type)});
  made.integers("FORCE_PLATFORM", "CHANNEL", numbers, {made.channels, 1});
  made.floats("FORCE_PLATFORM", "CORNERS", kCorners, {3, 4, 1});
  return made;
}

void replace(C3dBuilder& made, const std::string& name, std::vector<double> values) {
  for (auto& item : made.items) {
    if (item.name != name) continue;
    if (item.dims.size() == 1) item.dims = {static_cast<int>(values.size())};
    item.values = std::move(values);
    return;
  }
  FAIL() << "no " << name;
}

ForcePlate plate_of(const C3dBuilder& made) {
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.plates.size(), 1U);
  return recording.plates.at(0);
}

void expect_row(const ForcePlate::Series& series, double x, double y, double z, double tolerance) {
  EXPECT_NEAR(series(0, 0), x, tolerance);
  EXPECT_NEAR(series(0, 1), y, tolerance);
  EXPECT_NEAR(series(0, 2), z, tolerance);
}

// On the runner: 30 forward, 20 to lab +Y, 800 up. In plate axes (30, -20, -800).
// Free moment about lab up 4 Nm is -4 about plate z.

TEST(C3dPlates, Type1GivesCopDirectly) {
  auto made = with_plate(1, {30, -20, -800, 100, -50, -4000});
  const auto plate = plate_of(made);
  EXPECT_EQ(plate.c3d_type, 1);
  expect_row(plate.force_n, 30, 20, 800, 1e-4);
  expect_row(plate.cop_m, 1.1, 2.05, 0, 1e-7);
  EXPECT_NEAR(plate.free_moment_nm[0], 4.0, 1e-6);
}

// Moments at a sensor 45 mm below the surface and 2, -3 mm beside its middle. By hand:
// r = sensor to load = (0.1, -0.05, 0) + origin, origin = (0.002, -0.003, -0.045), F = (30, -20,
// -800): Mx = ry Fz - rz Fy = 42.4 - 0.9 = 41.5; My = rz Fx - rx Fz = -1.35 + 81.6 = 80.25; Mz = rx
// Fy - ry Fx + Tz = -2.04 + 1.59 - 4 = -4.45.
const std::vector<double> kSensor{30, -20, -800, 41500, 80250, -4450};

TEST(C3dPlates, Type2FromMoments) {
  auto made = with_plate(2, kSensor);
  made.floats("FORCE_PLATFORM", "ORIGIN", {2, -3, -45}, {3, 1});
  const auto plate = plate_of(made);
  expect_row(plate.force_n, 30, 20, 800, 1e-4);
  expect_row(plate.cop_m, 1.1, 2.05, 0, 1e-6);
  EXPECT_NEAR(plate.free_moment_nm[0], 4.0, 1e-4);
  EXPECT_EQ(plate.n_samples(), 30);
  EXPECT_NEAR(plate.rate_hz(), 1000.0, 1e-6);
  EXPECT_NEAR(plate.corners_m(2, 1), 2.2, 1e-6);
}

TEST(C3dPlates, OriginOfEitherSign) {
  auto made = with_plate(2, kSensor);
  made.floats("FORCE_PLATFORM", "ORIGIN", {-2, 3, 45}, {3, 1});
  expect_row(plate_of(made).cop_m, 1.1, 2.05, 0, 1e-6);
}

TEST(C3dPlates, MomentUnits) {
  auto made = with_plate(2, {30, -20, -800, 41.5, 80.25, -4.45});
  made.floats("FORCE_PLATFORM", "ORIGIN", {2, -3, -45}, {3, 1});
  made.strings("ANALOG", "UNITS", {"N", "N", "N", "Nm", "N.m", "Nm"});
  expect_row(plate_of(made).cop_m, 1.1, 2.05, 0, 1e-6);
  // Without a usable unit of its own a moment is in newton times the unit of the points.
  auto metres = with_plate(2, {30, -20, -800, 41.5, 80.25, -4.45});
  metres.units = "m";
  std::vector<double> corners = kCorners;
  for (double& value : corners) value /= 1000.0;
  replace(metres, "CORNERS", corners);
  metres.floats("FORCE_PLATFORM", "ORIGIN", {0.002, -0.003, -0.045}, {3, 1});
  metres.strings("ANALOG", "UNITS", {"V", "V", "V", "V", "V", "V"});
  metres.point = [](int, int) { return std::array<double, 4>{1, 2, 1, 0}; };
  expect_row(plate_of(metres).cop_m, 1.1, 2.05, 0, 1e-6);
}

// Kistler: four sensors at (+-0.2, +-0.12), 40 mm below the surface. The load of Type2FromMoments
// with the sensor in the middle: r = (0.1, -0.05, -0.04): Mx = 40 - 0.8 = 39.2, My = -1.2 + 80
// = 78.8, Mz = -2 + 1.5 - 4 = -4.5. Four vertical forces with that sum and those moments: Mx = b
// (z1 + z2 - z3 - z4), My = a (-z1 + z2 + z3 - z4), and z1 - z2 + z3 - z4 = 0.
TEST(C3dPlates, Type3FromEightChannels) {
  const double a = 0.2;
  const double b = 0.12;
  const double s = -800.0;
  const double p = 39.2 / b;
  const double q = 78.8 / a;
  const double z1 = (s + p - q) / 4;
  const double z2 = (s + p + q) / 4;
  const double z3 = (s - p + q) / 4;
  const double z4 = (s - p - q) / 4;
  // Mz = b (-x12 + x34) + a (y14 - y23), with x12 = x34 = 15: y14 - y23 = -4.5 / 0.2 = -22.5.
  auto made = with_plate(3, {15, 15, (-20 - 22.5) / 2, (-20 + 22.5) / 2, z1, z2, z3, z4});
  made.floats("FORCE_PLATFORM", "ORIGIN", {200, 120, -40}, {3, 1});
  const auto plate = plate_of(made);
  expect_row(plate.force_n, 30, 20, 800, 1e-3);
  expect_row(plate.cop_m, 1.1, 2.05, 0, 1e-6);
  EXPECT_NEAR(plate.free_moment_nm[0], 4.0, 1e-4);
}

TEST(C3dPlates, Type3WithSixChannelsIsLeftOut) {
  auto made = with_plate(3, {0, 0, 0, 0, 0, 0});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_TRUE(recording.plates.empty());
  EXPECT_TRUE(has_warning(recording, "forces", "type 3 needs 8 channels"));
}

// Channels in volts; force = matrix x volts, first index of CAL_MATRIX is the row.
TEST(C3dPlates, Type4AppliesItsCalibration) {
  auto made = with_plate(4, {0.03, -0.02, -0.8, 0.0415, 0.08025, -0.00445});
  made.floats("FORCE_PLATFORM", "ORIGIN", {2, -3, -45}, {3, 1});
  made.strings("ANALOG", "UNITS", {"V", "V", "V", "V", "V", "V"});
  std::vector<double> matrix(36, 0.0);
  for (std::size_t i = 0; i < 6; ++i) matrix[7 * i] = i < 3 ? 1000.0 : 1e6;
  matrix[0 + 6 * 2] = 5.0;  // row 1, column 3: Fx += 5 x (-0.8) = -4
  made.floats("FORCE_PLATFORM", "CAL_MATRIX", matrix, {6, 6, 1});
  auto plate = plate_of(made);
  expect_row(plate.force_n, 26, 20, 800, 1e-3);

  std::swap(matrix[12], matrix[2]);  // the same matrix stored by rows
  replace(made, "CAL_MATRIX", matrix);
  made.strings("FORCE_PLATFORM", "MATRIX_STORE", {"BYROW"});
  expect_row(plate_of(made).force_n, 26, 20, 800, 1e-3);

  replace(made, "CAL_MATRIX", std::vector<double>(36, 0.0));
  EXPECT_TRUE(has_warning(read_c3d(made.build()).recording, "forces", "CAL_MATRIX"));
}

TEST(C3dPlates, TurnedAndTiltedPlate) {
  // The whole laboratory turned about the vertical by 30 degrees and the plate tilted by 10.
  auto made = with_plate(2, kSensor);
  made.floats("FORCE_PLATFORM", "ORIGIN", {2, -3, -45}, {3, 1});
  const Eigen::Matrix3d turn = (Eigen::AngleAxisd(std::numbers::pi / 6, Eigen::Vector3d::UnitZ()) *
                                Eigen::AngleAxisd(std::numbers::pi / 18, Eigen::Vector3d::UnitX()))
                                   .toRotationMatrix();
  std::vector<double> corners = kCorners;
  for (std::size_t i = 0; i < 12; i += 3) {
    const Eigen::Vector3d at = turn * Eigen::Vector3d(corners[i], corners[i + 1], corners[i + 2]);
    for (std::size_t k = 0; k < 3; ++k) corners[i + k] = at[static_cast<Eigen::Index>(k)];
  }
  replace(made, "CORNERS", corners);
  const auto plate = plate_of(made);
  const Eigen::Vector3d force = turn * Eigen::Vector3d(30, 20, 800);
  const Eigen::Vector3d cop = turn * Eigen::Vector3d(1.1, 2.05, 0);
  expect_row(plate.force_n, force[0], force[1], force[2], 1e-3);
  expect_row(plate.cop_m, cop[0], cop[1], cop[2], 1e-5);
  EXPECT_NEAR(plate.free_moment_nm[0], 4.0, 1e-3);
}

TEST(C3dPlates, ScaleOffsetGeneralScaleAndShortLists) {
  auto made = with_plate(2, {3, -2, -100, 0, 0, 0});
  replace(made, "SCALE", {2.0, 2.0, 4.0});
  made.integers("ANALOG", "OFFSET", {1, 0, 100});
  made.floats("ANALOG", "GEN_SCALE", {-1.0});
  const auto recording = read_c3d(made.build()).recording;
  ASSERT_EQ(recording.plates.size(), 1U);
  // (3 - 1) x 2 x -1 = -4; (-2 - 0) x 2 x -1 = 4; (-100 - 100) x 4 x -1 = 800: down, hence turned.
  expect_row(recording.plates[0].force_n, 4, 4, 800, 1e-4);
  EXPECT_TRUE(has_warning(recording, "forces", "SCALE is too short"));
  EXPECT_TRUE(has_warning(recording, "forces", "sign turned"));
}

// 16-bit unsigned: raw 33568 with offset 32768 (stored as -32768) is 800.
TEST(C3dPlates, UnsignedFormat) {
  for (const bool is_float : {false, true}) {
    auto made = with_plate(2, {32768, 32768, 33568, 32768, 32768, 32768});
    made.is_float = is_float;
    replace(made, "SCALE", {1, 1, -1, 1, 1, 1});
    made.integers("ANALOG", "OFFSET", std::vector<double>(6, -32768));
    made.strings("ANALOG", "FORMAT", {"UNSIGNED"});
    expect_row(plate_of(made).force_n, 0, 0, 800, 1e-4);
  }
}

TEST(C3dPlates, UpsideDownIsTurnedAndNoted) {
  std::vector<double> action = kSensor;
  for (double& value : action) value = -value;
  auto made = with_plate(2, action);
  made.floats("FORCE_PLATFORM", "ORIGIN", {2, -3, -45}, {3, 1});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_TRUE(has_warning(recording, "forces", "sign turned"));
  expect_row(recording.plates[0].force_n, 30, 20, 800, 1e-4);
  expect_row(recording.plates[0].cop_m, 1.1, 2.05, 0, 1e-6);
  EXPECT_NEAR(recording.plates[0].free_moment_nm[0], 4.0, 1e-4);
}

// A plate in Y-up axes whose corner order makes plate z point up: markers and Y_SCREEN say where up
// is.
TEST(C3dPlates, UpFromTheScreenAxis) {
  auto made = with_plate(2, {0, 0, -800, 0, 0, 0});
  replace(made, "CORNERS", {300, 0, -200, -300, 0, -200, -300, 0, 200, 300, 0, 200});
  made.strings("POINT", "Y_SCREEN", {"+Y"});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_NEAR(recording.plates[0].force_n(0, 1), 800.0, 1e-4);
}

TEST(C3dPlates, CopIsMissingWhileUnloaded) {
  auto made = with_plate(2, {0, 0, 0, 0, 0, 0});
  made.frames = 100;
  made.analog = [](int f, int, int c) { return c == 2 ? (f < 50 ? 15.0 : -600.0) : 0.0; };
  const auto recording = read_c3d(made.build()).recording;
  const ForcePlate& plate = recording.plates.at(0);
  EXPECT_TRUE(std::isnan(plate.cop_m(0, 0)));
  EXPECT_TRUE(std::isnan(plate.free_moment_nm[0]));
  EXPECT_NEAR(plate.force_n(0, 2), -15.0, 1e-5);  // noted, not zeroed
  EXPECT_TRUE(has_note(recording, "forces", "reads -15 N while unloaded"));
  EXPECT_FALSE(std::isnan(plate.cop_m(999, 0)));
}

TEST(C3dPlates, DeadBandIsSeen) {
  auto made = with_plate(2, {0, 0, 0, 0, 0, 0});
  made.frames = 100;
  made.analog = [](int f, int, int c) { return c == 2 && f >= 50 ? -16.0 - 5.0 * f : 0.0; };
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_NEAR(recording.plates.at(0).dead_band_n, 266.0, 1e-4);
  EXPECT_TRUE(has_note(recording, "forces", "dead band"));
}

TEST(C3dPlates, DriftBesideALoadedPlateIsNotTurned) {
  auto made = with_plate(2, {0, 0, -1000, 0, 0, 0, 0, 0, 110, 0, 0, 0});
  replace(made, "USED", {2});
  replace(made, "TYPE", {2, 2});
  for (auto& item : made.items) {
    if (item.name == "CHANNEL") item.dims = {6, 2};
    if (item.name == "CORNERS") {
      item.dims = {3, 4, 2};
      const auto first = item.values;
      for (std::size_t i = 0; i < 12; ++i)
        item.values.push_back(first[i] + (i % 3 == 0 ? 2000 : 0));
    }
  }
  const auto recording = read_c3d(made.build()).recording;
  ASSERT_EQ(recording.plates.size(), 2U);
  EXPECT_NEAR(recording.plates[0].force_n(0, 2), 1000.0, 1e-4);
  EXPECT_NEAR(recording.plates[1].force_n(0, 2), -110.0, 1e-4);
  EXPECT_FALSE(has_warning(recording, "forces", "sign turned"));
}

// Corners of garbage occur: the vertical force is still of use, the rest is not.
TEST(C3dPlates, UnusableCorners) {
  for (const std::vector<double>& corners :
       {std::vector<double>(12, 0.0), std::vector<double>(12, -5.9e10),
        std::vector<double>(12, std::numeric_limits<double>::quiet_NaN())}) {
    auto made = with_plate(2, kSensor);
    replace(made, "CORNERS", corners);
    const auto recording = read_c3d(made.build()).recording;
    ASSERT_EQ(recording.plates.size(), 1U);
    EXPECT_NEAR(recording.plates[0].force_n(0, 2), 800.0, 1e-3);
    EXPECT_TRUE(recording.plates[0].cop_m.array().isNaN().all());
    EXPECT_TRUE(recording.plates[0].corners_m.isZero());
    EXPECT_TRUE(has_warning(recording, "forces", "corners are unusable"));
  }
}

TEST(C3dPlates, WhatCannotBeReadIsNamed) {
  auto made = with_plate(6, kSensor);
  EXPECT_TRUE(has_warning(read_c3d(made.build()).recording, "forces", "type 6 is not read"));
  made = with_plate(2, kSensor);
  replace(made, "CHANNEL", {1, 2, 3, 4, 5, 7});
  EXPECT_TRUE(has_warning(read_c3d(made.build()).recording, "forces", "not one of the 6 analog"));
  made = with_plate(2, kSensor);
  replace(made, "USED", {2});
  replace(made, "TYPE", {2, 2});
  for (auto& item : made.items) {
    if (item.name == "CHANNEL") {
      item.dims = {6, 2};
      item.values.insert(item.values.end(), {1, 2, 3, 4, 5, 6});
    }
  }
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.plates.size(), 1U);
  EXPECT_TRUE(has_warning(recording, "forces", "belong to another plate"));
  made = with_plate(2, kSensor);
  made.channels = 0;
  EXPECT_TRUE(has_warning(read_c3d(made.build()).recording, "forces", "no analog data"));
}

TEST(C3dPlates, OtherChannelsAreCounted) {
  auto made = with_plate(2, {30, -20, -800, 41500, 80250, -4450, 1, 2, 3});
  for (auto& item : made.items) {
    if (item.name == "CHANNEL")
      item = {"FORCE_PLATFORM", "CHANNEL", 2, {6, 1}, {1, 2, 3, 4, 5, 6}, ""};
  }
  EXPECT_TRUE(has_note(read_c3d(made.build()).recording, "forces", "3 analog channels"));
}

TEST(C3dPlates, SamplesThatAreNoNumberStayMissing) {
  auto made = with_plate(2, kSensor);
  made.analog = [](int f, int, int c) {
    return c == 2 && f == 1 ? std::numeric_limits<double>::quiet_NaN() : kSensor[std::size_t(c)];
  };
  const auto recording = read_c3d(made.build()).recording;
  const ForcePlate& plate = recording.plates.at(0);
  EXPECT_NEAR(plate.force_n(0, 2), 800.0, 1e-4);
  EXPECT_TRUE(std::isnan(plate.force_n(10, 0)));
  EXPECT_TRUE(std::isnan(plate.cop_m(10, 0)));
}

}  // namespace
}  // namespace runmech
