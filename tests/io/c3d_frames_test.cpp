// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>

#include "io/c3d_builder.hpp"
#include "io/c3d_notes.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"

namespace runmech {
namespace {

using test::C3dBuilder;
using test::has_note;
using test::has_warning;

C3dBuilder counting(int frames, int points = 40) {
  C3dBuilder made;
  made.frames = frames;
  made.labels.clear();
  for (int i = 0; i < points; ++i) made.labels.push_back("M" + std::to_string(i));
  made.point = [](int f, int p) { return std::array<double, 4>{1.0 + f, 2.0 + p, 3.0, 0}; };
  return made;
}

void expect_all_rows(const Recording& recording, int frames) {
  ASSERT_EQ(recording.n_frames(), frames);
  EXPECT_NEAR(recording.positions_m(frames - 1, 0), 1e-3 * frames, 1e-5);
  EXPECT_NEAR(recording.time_s.back(), (frames - 1) / 100.0, 1e-9);
}

// C37: the 16-bit counts are full; the true end is in the TRIAL group.
TEST(C3dFrames, SeventyThousandByTrialGroup) {
  auto made = counting(70000);
  made.integers("TRIAL", "ACTUAL_START_FIELD", {1, 0});
  made.integers("TRIAL", "ACTUAL_END_FIELD", {70000 - 65536, 1});
  const FileBytes file = made.build();
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const auto recording = read_c3d(file).recording;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  expect_all_rows(recording, 70000);
  EXPECT_LT(took.count(), 3.0);
  const double grown_mb = static_cast<double>(after.ru_maxrss - before.ru_maxrss) / 1024.0;
  EXPECT_LT(grown_mb, 4.0 * static_cast<double>(file.bytes.size()) / 1e6 + 200.0);
  const Recording excerpt = trimmed(recording, 600.0, 610.0);
  EXPECT_EQ(excerpt.n_frames(), 1001);
  EXPECT_NEAR(excerpt.positions_m(0, 0), 60.001, 1e-4);
}

// C37, second copy: only the size of the file tells.
TEST(C3dFrames, SeventyThousandByFileSize) {
  const auto recording = read_c3d(counting(70000).build()).recording;
  expect_all_rows(recording, 70000);
  EXPECT_TRUE(has_warning(recording, "frames", "70000 frames read"));
}

TEST(C3dFrames, SeventyThousandByLongFrames) {
  auto made = counting(70000, 2);
  made.floats("POINT", "LONG_FRAMES", {70000});
  expect_all_rows(read_c3d(made.build()).recording, 70000);
}

TEST(C3dFrames, FullCountIsJustFullWithoutMoreData) {
  const auto recording = read_c3d(counting(65535, 1).build()).recording;
  EXPECT_EQ(recording.n_frames(), 65535);
}

// One point: 16 bytes a frame, so the last block may hold up to 31 frames of padding.
TEST(C3dFrames, PaddingIsNotData) {
  const auto recording = read_c3d(counting(70001, 1).build()).recording;
  EXPECT_EQ(recording.n_frames(), 70001);
}

TEST(C3dFrames, FramesAsFloat) {
  auto made = counting(70000, 1);
  made.floats("POINT", "FRAMES", {70000});
  expect_all_rows(read_c3d(made.build()).recording, 70000);
}

TEST(C3dFrames, FramesMinusOneMeansFull) {
  auto made = counting(300, 4);
  made.integers("POINT", "FRAMES", {-1});
  made.last_frame = 300;
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.n_frames(), 300);
}

TEST(C3dFrames, LateStartBeyondSixteenBits) {
  auto made = counting(5, 2);
  made.first_frame = 65535;
  made.last_frame = 65535;
  made.integers("TRIAL", "ACTUAL_START_FIELD", {100000 - 65536, 1});
  made.integers("TRIAL", "ACTUAL_END_FIELD", {100004 - 65536, 1});
  const auto recording = read_c3d(made.build()).recording;
  ASSERT_EQ(recording.n_frames(), 5);
  EXPECT_NEAR(recording.time_s[0], 999.99, 1e-9);
}

TEST(C3dFrames, FirstFrameZeroStartsAtZero) {
  auto made = counting(5, 2);
  made.first_frame = 0;
  made.last_frame = 4;
  EXPECT_EQ(read_c3d(made.build()).recording.time_s[0], 0.0);
}

// 1149 frames stated, 29 there: read and warned of, as the Optotrak sample needs it.
TEST(C3dFrames, TruncatedKeepsWholeFrames) {
  auto made = counting(29, 54);
  made.last_frame = 1149;
  made.integers("POINT", "FRAMES", {1149});
  FileBytes file = made.build();
  auto recording = read_c3d(file).recording;
  EXPECT_EQ(recording.n_frames(), 29);
  EXPECT_TRUE(has_warning(recording, "frames", "cut short"));
  EXPECT_TRUE(has_warning(recording, "frames", "1149"));

  file.bytes.resize(file.bytes.size() - 1000);
  recording = read_c3d(file).recording;
  EXPECT_EQ(recording.n_frames(), 27);  // 24 088 of 27 x 864 and a rest
}

TEST(C3dFrames, HeaderAndParameterDisagree) {
  auto made = counting(50, 10);
  made.last_frame = 40;
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.n_frames(), 50);
  EXPECT_TRUE(has_warning(recording, "frames", "the header says 40"));
}

// Theia's pose matrices follow the points at a new block: never read as points.
TEST(C3dFrames, RotationDataAreNotPoints) {
  auto made = counting(8, 4);  // 8 x 64 bytes: one block
  made.last_frame = 16;
  made.integers("POINT", "FRAMES", {16});
  made.integers("ROTATION", "USED", {3});
  made.integers("ROTATION", "DATA_START", {0});
  FileBytes file = made.build();
  const auto data_block = static_cast<double>(file.bytes[16] + 256 * file.bytes[17]);
  made.items.back().values = {data_block + 1};
  file = made.build();
  file.bytes.insert(file.bytes.end(), 2048, 0x3f);
  const auto recording = read_c3d(file).recording;
  EXPECT_EQ(recording.n_frames(), 8);
  EXPECT_NEAR(recording.positions_m.maxCoeff(), 0.008, 1e-6);
  EXPECT_TRUE(has_note(recording, "people", "3 pose matrices"));
}

// The header describes the bytes; ANALOG:RATE is only a label (EvaRT writes a wrong one).
TEST(C3dFrames, HeaderSamplesWinOverAnalogRate) {
  auto made = counting(10, 2);
  made.rate_hz = 60.0;
  made.channels = 4;
  made.samples = 17;
  made.floats("ANALOG", "RATE", {1000});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.n_frames(), 10);
  EXPECT_NEAR(recording.positions_m(9, 0), 0.010, 1e-8);
  EXPECT_TRUE(has_warning(recording, "forces", "1020 Hz"));
}

TEST(C3dFrames, DataStartInHeaderAndParameter) {
  auto made = counting(10, 2);
  made.integers("POINT", "DATA_START", {99});
  EXPECT_TRUE(has_warning(read_c3d(made.build()).recording, "frames", "DATA_START is block 99"));
  FileBytes file = made.build();
  made.items.back().values = {static_cast<double>(file.bytes[16])};
  file = made.build();
  file.bytes[16] = 0;
  expect_all_rows(read_c3d(file).recording, 10);
}

TEST(C3dFrames, RateFromTheHeaderWhereTheParameterIsMissingOrAbsurd) {
  for (const double stated : {0.0, -5.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
    auto made = counting(10, 2);
    made.floats("POINT", "RATE", {stated});
    EXPECT_NEAR(read_c3d(made.build()).recording.rate_hz(), 100.0, 1e-9) << stated;
  }
}

}  // namespace
}  // namespace runmech
