// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/c3d_notes.hpp"
#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Recording simple(Eigen::Index frames, Eigen::Index points, double rate_hz = 100.0,
                 double start_s = 0.0) {
  Recording out;
  for (Eigen::Index i = 0; i < frames; ++i)
    out.time_s.push_back(start_s + static_cast<double>(i) / rate_hz);
  for (Eigen::Index p = 0; p < points; ++p) out.labels.push_back("M" + std::to_string(p));
  out.positions_m.resize(frames, 3 * points);
  for (Eigen::Index i = 0; i < frames; ++i) {
    for (Eigen::Index k = 0; k < 3 * points; ++k) {
      out.positions_m(i, k) =
          0.5 + 0.001 * static_cast<double>(i % 977) + 0.01 * static_cast<double>(k);
    }
  }
  return out;
}

RawRecording written_and_read(const Recording& recording) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "made.c3d";
  write_c3d(path, recording);
  return read_c3d(load_file(path));
}

TEST(C3dWrite, ComesBack) {
  Recording made = simple(50, 300, 150.0, 0.2);
  made.subject = "Anna";
  made.positions_m.block<1, 3>(7, 6).setConstant(kNaN);
  const RawRecording raw = written_and_read(made);
  EXPECT_EQ(raw.axes.up, "+y");
  EXPECT_EQ(raw.recording.subject, "Anna");
  EXPECT_EQ(raw.recording.labels, made.labels);
  ASSERT_EQ(raw.recording.n_frames(), 50);
  for (std::size_t i = 0; i < 50; ++i) EXPECT_NEAR(raw.recording.time_s[i], made.time_s[i], 1e-9);
  for (Eigen::Index i = 0; i < made.positions_m.size(); ++i) {
    const double value = made.positions_m.data()[i];
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(raw.recording.positions_m.data()[i]));
    } else {
      EXPECT_NEAR(raw.recording.positions_m.data()[i], value, 2e-7 * std::abs(value));
    }
  }
  for (const auto& note : raw.recording.notes) EXPECT_FALSE(note.warning) << note.text;
}

// C01, after write and re-read.
TEST(C3dWrite, EventsOverAMinute) {
  Recording made = simple(13000, 1);
  made.events = {{57.10, "Foot Strike", "Left"},
                 {59.51, "Foot Strike", "Right"},
                 {60.63, "Foot Strike", "Left"},
                 {124.02, "Foot Strike", "Right"}};
  const auto events = written_and_read(made).recording.events;
  ASSERT_EQ(events.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(events[i].time_s, made.events[i].time_s, 1e-5);
    EXPECT_EQ(events[i].context, made.events[i].context);
    EXPECT_EQ(events[i].label, "Foot Strike");
  }
}

TEST(C3dWrite, ManyEventsContinueInNumberedLists) {
  Recording made = simple(13000, 1);
  for (int i = 0; i < 600; ++i)
    made.events.push_back({0.2 * i, "Foot Off", i % 2 == 0 ? "Left" : "Right"});
  const auto events = written_and_read(made).recording.events;
  ASSERT_EQ(events.size(), 600U);
  EXPECT_NEAR(events[599].time_s, 119.8, 1e-5);
  EXPECT_EQ(events[599].context, "Right");
}

// C37: all rows come back although the 16-bit counts are full.
TEST(C3dWrite, SeventyThousandFrames) {
  const Recording made = simple(70000, 4);
  const auto recording = written_and_read(made).recording;
  ASSERT_EQ(recording.n_frames(), 70000);
  EXPECT_NEAR(recording.time_s.back(), 699.99, 1e-9);
  EXPECT_NEAR(
      (recording.positions_m.row(69999) - made.positions_m.row(69999)).cwiseAbs().maxCoeff(), 0.0,
      1e-6);
}

TEST(C3dWrite, PlatesBecomeType2) {
  Recording made = simple(20, 2);
  ForcePlate plate;
  plate.name = "belt";
  plate.corners_m << 1.3, 0, 0.2, 0.7, 0, 0.2, 0.7, 0, -0.2, 1.3, 0, -0.2;
  plate.force_n.resize(100, 3);
  plate.cop_m.resize(100, 3);
  plate.free_moment_nm.resize(100);
  for (Eigen::Index i = 0; i < 100; ++i) {
    const bool loaded = i >= 50;
    plate.time_s.push_back(static_cast<double>(i) / 500.0);
    plate.force_n.row(i) =
        loaded ? Eigen::RowVector3d(30, 800, -20) : Eigen::RowVector3d(0.5, 3, 0.25);
    plate.cop_m.row(i) =
        loaded ? Eigen::RowVector3d(1.1, 0, 0.05) : Eigen::RowVector3d::Constant(kNaN);
    plate.free_moment_nm[i] = loaded ? 4.0 : kNaN;
  }
  made.plates = {plate};
  const auto recording = written_and_read(made).recording;
  ASSERT_EQ(recording.plates.size(), 1U);
  const ForcePlate& back = recording.plates[0];
  ASSERT_EQ(back.n_samples(), 100);
  EXPECT_NEAR((back.force_n - plate.force_n).cwiseAbs().maxCoeff(), 0.0, 1e-4);
  EXPECT_NEAR((back.cop_m.row(70) - plate.cop_m.row(70)).cwiseAbs().maxCoeff(), 0.0, 1e-6);
  EXPECT_NEAR(back.free_moment_nm[70], 4.0, 1e-4);
  EXPECT_TRUE(std::isnan(back.cop_m(10, 0)));

  const test::TemporaryFolder folder;
  made.plates[0].corners_m.setZero();
  const auto notes = write_c3d(folder.path() / "x.c3d", made);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].text.find("belt is not written"), std::string::npos);
}

TEST(C3dWrite, WhatItCannotHoldIsRefused) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "x.c3d";
  Recording made = simple(10, 2);
  made.time_s[5] += 0.004;
  EXPECT_THROW(write_c3d(path, made), InvalidArgument);
  EXPECT_THROW(write_c3d(path, simple(1, 2)), InvalidArgument);
  EXPECT_THROW(write_c3d(path, simple(10, 2, 100.0, 0.0033)), InvalidArgument);
  made = simple(10, 2);
  made.labels[0] = std::string(121, 'x');
  EXPECT_THROW(write_c3d(path, made), InvalidArgument);
  EXPECT_THROW(write_c3d(path, simple(10, 0)), InvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_THROW(write_c3d(folder.path() / "no" / "such" / "x.c3d", simple(10, 2)), IoError);
}

TEST(C3dWrite, RealTrialComesBack) {
  RUNMECH_NEEDS_DATA("dorn/JA1Gait21.c3d");
  // The file's own axes are written as they are: only numbers are compared here.
  const auto recording = read_c3d(load_file(test::data_folder() / "dorn/JA1Gait21.c3d")).recording;
  Recording points = recording;
  points.plates.clear();
  const auto back = written_and_read(points).recording;
  ASSERT_EQ(back.n_frames(), recording.n_frames());
  EXPECT_NEAR(back.time_s.front(), 1.196, 1e-9);
  EXPECT_EQ(back.labels, recording.labels);
  EXPECT_EQ(back.events.size(), recording.events.size());
  const auto difference = (back.positions_m - recording.positions_m).array();
  EXPECT_LT(difference.isNaN().select(0.0, difference.abs()).maxCoeff(), 2e-6);
  EXPECT_TRUE((back.positions_m.array().isNaN() == recording.positions_m.array().isNaN()).all());
}

}  // namespace
}  // namespace runmech
