// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/trc.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

using test::error_of;

RawRecording parse(std::string_view text, const ReadOptions& options = {}) {
  return read_trc({"memory.trc", {text.begin(), text.end()}}, options);
}

RawRecording load(const std::string& name) {
  return read_trc(load_file(test::data_folder() / name));
}

const std::string kHeader =
    "PathFileType\t4\t(X/Y/Z)\tx.trc\n"
    "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
    "OrigNumFrames\n"
    "100\t100\t2\t2\tmm\t100\t1\t2\n"
    "Frame#\tTime\tA\t\t\tB\t\t\n"
    "\t\tX1\tY1\tZ1\tX2\tY2\tZ2\n";
const std::string kRows = "1\t0.00\t1\t2\t3\t4\t5\t6\n2\t0.01\t7\t8\t9\t10\t11\t12\n";

bool noted(const Recording& r, std::string_view code, std::string_view part) {
  return std::any_of(r.notes.begin(), r.notes.end(), [&](const Note& note) {
    return note.code == code && note.text.find(part) != std::string::npos;
  });
}

std::size_t missing(const Recording& r, std::string_view label) {
  return static_cast<std::size_t>(r.track(label).col(0).array().isNaN().count());
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
  return text;
}

void expect_plain(const RawRecording& raw) {
  const Recording& r = raw.recording;
  ASSERT_EQ(r.labels, (std::vector<std::string>{"A", "B"}));
  ASSERT_EQ(r.n_frames(), 2);
  EXPECT_NEAR(r.time_s[1] - r.time_s[0], 0.01, 1e-12);
  EXPECT_DOUBLE_EQ(r.positions_m(0, 0), 0.001);
  EXPECT_DOUBLE_EQ(r.positions_m(1, 5), 0.012);
}

}  // namespace

TEST(Trc, EveryWayPeopleWriteTheSameTable) {
  const std::string plain = kHeader + kRows;
  expect_plain(parse(plain));
  expect_plain(parse(replaced(plain, "\n", "\r\n")));
  expect_plain(parse(replaced(plain, "\n", "\r")));
  expect_plain(parse("\xEF\xBB\xBF" + plain));
  expect_plain(parse(replaced(plain, "\t", ",")));
  expect_plain(parse(replaced(plain, "\t", ";")));
  expect_plain(parse(replaced(plain, "\n1\t0", "\n\n1\t0")));          // blank line (Cortex)
  expect_plain(parse(replaced(plain, "\n1\t0", "\n\t\t\t\t\n1\t0")));  // blank line made of tabs
  expect_plain(parse(replaced(plain, "PathFileType\t4\t(X/Y/Z)\tx.trc\n", "")));   // scovitz
  expect_plain(parse(replaced(plain, "PathFileType\t4\t", "PathFileType  4\t")));  // OpenCap
  expect_plain(parse(replaced(plain, "\t12\n", "\t12\t\n")));                      // trailing tab
  expect_plain(parse(plain.substr(0, plain.size() - 1)));  // no final newline
  expect_plain(parse(replaced(plain, "100\t100\t2\t2\tmm", " 100\t\t 100\t\t2\t\t2\t\t mm")));
  expect_plain(parse(replaced(plain, "\tA\t\t\tB\t\t", "\tA\t\t\t\tB\t\t\t")));  // names 4 apart
  expect_plain(parse(replaced(plain, "\t\tX1\tY1\tZ1\tX2\tY2\tZ2", "X0\tY0\tZ0\tX1\tY1")));
}

TEST(Trc, SpacesForTabsReadTheSameOrNameTheLine_C04) {
  expect_plain(parse(replaced(kHeader + kRows, "\t", " ")));
  const std::string hole = replaced(kHeader + kRows, "\t7\t8\t9\t", "\t\t\t\t");
  const auto message = error_of<IoError>([&] { parse(replaced(hole, "\t", " ")); });
  EXPECT_NE(message.find("line 7"), std::string::npos) << message;
}

TEST(Trc, BlankCellsNeverShiftTheirNeighbours_C04) {
  RUNMECH_NEEDS_DATA("cases/blank_and_nan.trc");
  const Recording r = load("cases/blank_and_nan.trc").recording;
  ASSERT_EQ(r.n_frames(), 5);
  EXPECT_TRUE(r.track("marker1").row(0).array().isNaN().all());
  EXPECT_TRUE(r.track("marker2").row(0).isApprox(Eigen::RowVector3d(-0.152, 0.245, -1.71), 1e-15));
  EXPECT_TRUE(r.track("marker2").row(2).array().isNaN().all());
}

TEST(Trc, ZeroTriplesAreMissing_C04) {
  RUNMECH_NEEDS_DATA("cases/odd_tabs_metres.trc");
  const Recording r = load("cases/odd_tabs_metres.trc").recording;
  EXPECT_EQ(missing(r, "LWRA"), 29u);
  EXPECT_EQ(missing(r, "RBAK"), 23u);
  EXPECT_EQ(missing(r, "T10"), 14u);
  EXPECT_EQ(missing(r, "LPSI"), 3u);
  EXPECT_EQ(missing(r, "LLatFoot"), 2u);
  EXPECT_EQ(r.positions_m.array().isNaN().count(), 3 * 71);
  EXPECT_TRUE(noted(r, "missing", "71 points at 0,0,0"));
}

TEST(Trc, RowsAreCountedNotBelieved_C04) {
  RUNMECH_NEEDS_DATA("cases/wrong_count.trc");
  const Recording r = load("cases/wrong_count.trc").recording;
  EXPECT_EQ(r.n_frames(), 501);
  EXPECT_TRUE(noted(r, "frames", "27107 frames, the file has 501 rows"));
}

TEST(Trc, PaddedNanAndARowOfTabs) {
  RUNMECH_NEEDS_DATA("cases/padded_nan_running.trc");
  const Recording r = load("cases/padded_nan_running.trc").recording;
  EXPECT_EQ(r.n_frames(), 427);
  EXPECT_EQ(r.n_points(), 42);
  EXPECT_EQ(r.positions_m.array().isNaN().count(), 66);
}

TEST(Trc, SpellingsOfNan) {
  RUNMECH_NEEDS_DATA("trc_edge/dataWithNaNsOfDifferentCases.trc");
  EXPECT_GT(load("trc_edge/dataWithNaNsOfDifferentCases.trc")
                .recording.positions_m.array()
                .isNaN()
                .count(),
            0);
  const std::string row = "1\t0\t1\t2\t3\t4\t5\t6\n";
  for (const std::string word :
       {"nan", "NaN", "NAN", "-nan(ind)", "-1.#IND", "1.#QNAN", "NA", "null", ""}) {
    const auto r = parse(kHeader + replaced(row, "\t5\t", "\t " + word + " \t")).recording;
    EXPECT_EQ(missing(r, "B"), 1u) << word;
    EXPECT_EQ(missing(r, "A"), 0u) << word;
  }
}

TEST(Trc, EFormatAndPlusSigns) {
  const auto r = parse(kHeader + "1\t0\t+1E+0\t2.0e0\t3\t-4e-3\t5\t6\n").recording;
  EXPECT_DOUBLE_EQ(r.positions_m(0, 0), 0.001);
  EXPECT_DOUBLE_EQ(r.positions_m(0, 3), -4e-6);
}

TEST(Trc, ShortAndLongRows) {
  const auto r = parse(kHeader + "1\t0\t1\t2\t3\n2\t0.01\t1\t2\t3\t4\t5\t6\t7\t8\t9\n").recording;
  EXPECT_EQ(missing(r, "B"), 1u);
  EXPECT_DOUBLE_EQ(r.positions_m(1, 5), 0.006);
  EXPECT_TRUE(noted(r, "labels", "1 of 2 rows hold more values"));
  EXPECT_TRUE(noted(r, "missing", "1 of 2 rows end before"));
}

TEST(Trc, FileCutInItsLastRow) {
  const auto r = parse(kHeader + kRows + "3\t0.02\t1\t2\t3\t4\t5").recording;
  EXPECT_EQ(r.n_frames(), 2);
  EXPECT_TRUE(noted(r, "frames", "ends inside its last row"));
}

TEST(Trc, DecimalCommasAreReadOrRefusedNeverCut_C08) {
  const std::string text = replaced(kHeader, "\t", ";") + "1;0,00;1012,345;2,5;3;4;5;6\n";
  const auto r = parse(text).recording;
  EXPECT_DOUBLE_EQ(r.positions_m(0, 0), 1.012345);
  EXPECT_TRUE(noted(r, "numbers", "decimal commas"));
  const auto mixed =
      error_of<IoError>([&] { parse(kHeader + "1\t0.00\t1012,345\t2\t3\t4\t5\t6\n"); });
  EXPECT_NE(mixed.find("line 6, column 3 (A X)"), std::string::npos) << mixed;
  EXPECT_NE(mixed.find("decimal"), std::string::npos) << mixed;
}

TEST(Trc, TheClockComesFromTheTimesAndDisagreementIsSaid) {
  std::string rows;
  for (int i = 0; i < 20; ++i)
    rows += std::to_string(i) + "\t" + std::to_string(0.5 + i / 50.0) + "\t1\t2\t3\t4\t5\t6\n";
  const auto r = parse(kHeader + rows).recording;
  EXPECT_NEAR(r.rate_hz(), 50.0, 1e-9);
  EXPECT_NEAR(r.time_s[0], 0.5, 1e-6);
  EXPECT_TRUE(noted(r, "time", "the header states 100 Hz, the times say 50"));
}

TEST(Trc, TimesRoundedToMillisecondsAreSpacedEvenly) {
  RUNMECH_NEEDS_DATA("userfiles/lab_text/bmc__walk1.trc");
  const auto r = load("userfiles/lab_text/bmc__walk1.trc").recording;
  EXPECT_NEAR(r.time_s[1], 1.0 / 150.0, 1e-9);
  EXPECT_TRUE(noted(r, "time", "rounded to 1 ms"));
}

TEST(Trc, WithoutTimesOrRateTheArgumentIsNamed) {
  const std::string still = replaced(replaced(kHeader, "100\t100", "0\t0"), "x", "y") +
                            "1\t0\t1\t2\t3\t4\t5\t6\n2\t0\t1\t2\t3\t4\t5\t6\n";
  const auto message = error_of<InvalidArgument>([&] { parse(still); });
  EXPECT_NE(message.find("rate_hz"), std::string::npos) << message;
  EXPECT_NE(message.find("do not advance (line 7)"), std::string::npos) << message;
  ReadOptions options;
  options.rate_hz = 50.0;
  EXPECT_DOUBLE_EQ(parse(still, options).recording.time_s[1], 0.02);
}

TEST(Trc, UnitsStatedGivenMissingAndUnknown) {
  EXPECT_FALSE(parse(replaced(kHeader, "\tmm\t", "\t\t") + kRows).unit_stated);
  ReadOptions options;
  options.unit = "cm";
  EXPECT_DOUBLE_EQ(parse(kHeader + kRows, options).recording.positions_m(0, 0), 0.01);
  const auto message =
      error_of<IoError>([&] { parse(replaced(kHeader, "mm", "furlong") + kRows); });
  EXPECT_NE(message.find("'furlong' is not known"), std::string::npos) << message;
}

TEST(Trc, MalformedFilesNameTheirPlace) {
  const auto expect = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] { parse(text); });
    EXPECT_EQ(message.find("memory.trc"), 0u) << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect("PathFileType\t4\t(X/Y/Z)\tBTK\t\nDataRate\tCameraRate\n", "cut file");
  expect(kHeader, "no rows");  // OpenSim hangs on this one
  expect(kHeader + "\n\n", "no rows");
  expect(kHeader + "no\tnumbers\n\n\n\n\n\nat all\n", "no row of numbers");
  expect(kHeader + kRows + "3\t0.02\t1.2abc\t2\t3\t4\t5\t6\n", "line 8, column 3 (A X)");
  expect(kHeader + kRows + "3\t0.02\t1\t2\t3\t4\t1e999\t6\n", "line 8, column 7 (B Y)");
  expect(kHeader + kRows + "end of file\n", "line 8, column 1 (Frame#)");
  expect(std::string("\xFF\xFE") + "P\0a\0", "UTF-16");
  expect("Frame#\tTime\n\n1\t0.1\n", "hold no points");
  expect(kHeader + "1\t0.0\t1\t2\t3\t4\t5\t6\n2\t0.3\t1\t2\t3\t4\t5\t6\n3\t0.1\t1\t2\t3\t4\t5\t6\n",
         "do not advance");
  std::string bomb = "Frame#\tTime";
  for (int i = 0; i < 20000; ++i) bomb += "\tn\t\t";
  bomb += "\n";
  for (int i = 0; i < 20000; ++i) bomb += std::to_string(i) + "\t1\n";
  expect(bomb, "far shorter");
}

}  // namespace runmech
