// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <clocale>
#include <cmath>
#include <limits>

#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/io/biomac.hpp"
#include "runmech/io/forces.hpp"
#include "runmech/io/rbds.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/strength_csv.hpp"
#include "runmech/io/table.hpp"
#include "runmech/io/trc.hpp"
#include "support/data.hpp"

namespace runmech {

static_assert(lists_all_fields<MotOptions>());
static_assert(lists_all_fields<TrcOptions>());

namespace {

using test::error_of;
using test::TemporaryFolder;

FileBytes memory(const std::string& text) {
  return {"memory", {text.begin(), text.end()}};
}

bool noted(const std::vector<Note>& notes, std::string_view code, std::string_view part) {
  return std::any_of(notes.begin(), notes.end(), [&](const Note& note) {
    return note.code == code && note.text.find(part) != std::string::npos;
  });
}

const std::string kMot =
    "Coordinates\nversion=1\nnRows=2\nnColumns=3\ninDegrees=yes\n\nendheader\n";

}  // namespace

TEST(Mot, HeadersAsPeopleWriteThem) {
  const std::string body = "time\tknee_angle_r\thip_flexion_r\n0\t1.5\t-2\n0.01\t1.6\t\n";
  for (const std::string& head :
       {kMot,
        std::string(
            "C:\\data\\run.mot\nversion = 1\nnRows= 2\nnColumns= 3\ninDegrees = yes\nendheader \n"),
        std::string(
            "nColumns=2\nnRows=2\ninDegrees=yes\nendheader\n"),  // Sports2D, AddBiomechanics
        std::string("name x\t\t\ndatacolumns 3\t\ndatarows 2\t\ninDegrees=yes\nendheader\t\t\n")}) {
    const Table t = read_table(memory(head + body));
    ASSERT_EQ(t.names, (std::vector<std::string>{"knee_angle_r", "hip_flexion_r"})) << head;
    EXPECT_EQ(t.in_degrees, true);
    EXPECT_DOUBLE_EQ(t.column("knee_angle_r")(1), 1.6);
    EXPECT_TRUE(std::isnan(t.values(1, 1)));
  }
  EXPECT_FALSE(read_table(memory("version=1\nendheader\n" + body)).in_degrees.has_value());
  EXPECT_TRUE(noted(read_table(memory("nRows=7\nendheader\n" + body)).notes, "frames", "7 rows"));
  EXPECT_TRUE(
      noted(read_table(memory("nColumns=9\nendheader\n" + body)).notes, "labels", "9 columns"));
  const Table twice = read_table(memory("endheader\ntime\ta\ta\n0\t1\t2\n0.1\t1\t2\n"));
  EXPECT_EQ(twice.names, (std::vector<std::string>{"a", "a_2"}));
}

TEST(Mot, MalformedFilesNameTheirPlace) {
  const auto expect = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] { return read_table(memory(text)); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect("nRows=2\nnColumns=3\n", "no line \"endheader\"");
  expect(kMot, "no line of column names");
  expect(kMot + "time\ta\n", "no rows");
  expect(kMot + "time\ta\n\n\n", "no rows");
  expect(kMot + "frame\ta\n1\t2\n", "not time");
  expect("endheader\n\f,\n1,2\n", "no column has a name");
  expect(kMot + "time\ta\n0\tx\n", "line 9, column 2 (a)");
  expect(kMot + "time\ta\n0\t1e\n", "line 9, column 2 (a)");
  expect(kMot + "time\ta\n0.0\t1,5\n", "decimal");
  expect(kMot + "time\ta\n0\t1\n0\t1\n0\t1\n-1\t2\n5\t1\n", "do not advance");
  expect(std::string("nRows=2\n\0endheader", 18), "cut file");
}

TEST(Mot, RoundTripAndHeaderForOpenSim) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "Läufer é" / "angles.mot";
  std::filesystem::create_directories(path.parent_path());
  FrameMatrix values(3, 2);
  values << 1.0 / 3.0, -2e-17, 1e300, NAN, 0.1, 123456.789012345;
  write_mot(path, {0.23, 0.24, 0.25}, {"pelvis_tilt", "knee_angle_r"}, values);
  const auto text = std::string(load_file(path).text());
  EXPECT_EQ(text.substr(0, text.find("time")),
            "Coordinates\nversion=1\nnRows=3\nnColumns=3\ninDegrees=yes\nendheader\n");
  const Table back = read_table(path);
  for (Eigen::Index i = 0; i < 3; ++i) {
    for (Eigen::Index c = 0; c < 2; ++c) {
      if (std::isnan(values(i, c))) {
        EXPECT_TRUE(std::isnan(back.values(i, c)));
      } else {
        EXPECT_EQ(back.values(i, c), values(i, c));
      }
    }
  }
  EXPECT_EQ(back.time_s, (std::vector<double>{0.23, 0.24, 0.25}));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

TEST(Writers, RefuseWhatWouldNotReadBack) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.mot";
  const FrameMatrix two = FrameMatrix::Zero(2, 1);
  EXPECT_THROW(write_mot(path, {0.0}, {"a"}, two), InvalidArgument);
  EXPECT_THROW(write_mot(path, {0.0, 0.0}, {"a"}, two), InvalidArgument);
  EXPECT_THROW(write_mot(path, {0.0, 0.1}, {"a b"}, two), InvalidArgument);
  EXPECT_THROW(write_mot(path, {0.0, 0.1}, {"a", "a"}, FrameMatrix::Zero(2, 2)), InvalidArgument);
  EXPECT_THROW(write_csv(path, {"a", "b"}, two), InvalidArgument);
  EXPECT_THROW(write_csv(folder.path() / "no" / "x.csv", {"a"}, two), IoError);
  EXPECT_THROW(write_csv(folder.path(), {"a"}, two), IoError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Trc, RoundTripInMetresAndMillimetres_C11) {
  const TemporaryFolder folder;
  Recording r;
  r.time_s = {1.0, 1.01, 1.02};
  r.labels = {"R.ASIS", "L ASIS"};
  r.positions_m = FrameMatrix::Random(3, 6);
  r.positions_m.block<1, 3>(1, 3).setConstant(NAN);
  for (const std::string unit : {"m", "mm"}) {
    const auto path = folder.path() / (unit + ".trc");
    write_trc(path, r, {unit});
    const Recording back = read_raw(path).recording;
    EXPECT_EQ(back.labels, r.labels);
    EXPECT_EQ(back.time_s, r.time_s);
    for (Eigen::Index i = 0; i < r.positions_m.size(); ++i) {
      const double a = r.positions_m.data()[i];
      const double b = back.positions_m.data()[i];
      EXPECT_TRUE(std::isnan(a) ? std::isnan(b) : std::abs(a - b) < (unit == "m" ? 1e-300 : 1e-15));
    }
  }
}

// Anything that asks the C library for its decimal sign would fail here.
TEST(Locale, CommasOfTheHostChangeNothing_C08) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  const char* german = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"}) {
    if (german == nullptr) german = std::setlocale(LC_ALL, name);
  }
  if (german == nullptr) GTEST_SKIP() << "no locale with decimal commas on this machine";
  const std::string in_force = std::setlocale(LC_ALL, nullptr);
  const TemporaryFolder folder;
  FrameMatrix values(1, 1);
  values << 1012.345;
  write_csv(folder.path() / "a.csv", {"x"}, values);
  EXPECT_EQ(load_file(folder.path() / "a.csv").text(), "x\n1012.345\n");
  write_mot(folder.path() / "a.mot", {0.5}, {"x"}, values);
  EXPECT_DOUBLE_EQ(read_table(folder.path() / "a.mot").values(0, 0), 1012.345);
  ReadOptions options;
  options.rate_hz = 30;
  folder.write(
      "k/f_0.json", "{\"people\":[{\"pose_keypoints_2d\":[" + [] {
        std::string p = "1012.345,20.5,0.9";
        for (int i = 1; i < 33; ++i)
          p += "," + std::to_string(i) + "," + std::to_string(2 * i) + ",1";
        return p;
      }() + "]}]}");
  EXPECT_DOUBLE_EQ(read_raw(folder.path() / "k", options).recording.positions_m(0, 0), 1012.345);
  EXPECT_EQ(std::setlocale(LC_ALL, nullptr), in_force);
  std::setlocale(LC_ALL, before.c_str());
}

TEST(Forces, EveryNamingOfOpenSimFiles) {
  const auto plates = [](const std::string& names) {
    return plates_of(read_table(
        memory("endheader\ntime\t" + names +
               "\n0\t1\t700\t3\t0.1\t0\t0.2\t0\t5\t0\n0.01\t0\t0\t0\t9\t0\t9\t0\t0\t0\n")));
  };
  for (const std::string start : {"ground_force_", "1_ground_force_", "R_ground_force_",
                                  "ground_force1_", "ground_force_r_", "ground_force_1_"}) {
    std::string names;
    for (const char* part : {"vx", "vy", "vz", "px", "py", "pz"}) names += start + part + "\t";
    std::string torque = start;
    torque.replace(torque.find("force"), 5, "torque");
    names += torque + "x\t" + torque + "y\t" + torque + "z";
    const auto found = plates(names);
    ASSERT_EQ(found.size(), 1u) << start;
    EXPECT_DOUBLE_EQ(found[0].force_n(0, 1), 700.0);
    EXPECT_DOUBLE_EQ(found[0].cop_m(0, 2), 0.2);
    EXPECT_TRUE(std::isnan(found[0].cop_m(1, 0)));  // unloaded
    EXPECT_DOUBLE_EQ(found[0].free_moment_nm(0), 5.0);
  }
  EXPECT_TRUE(plates("a\tb\tc\td\te\tf\tg\th\ti").empty());
}

TEST(Forces, RealFiles) {
  RUNMECH_NEEDS_DATA("rajagopal/grf_run.mot");
  const auto run = read_forces(test::data_folder() / "rajagopal/grf_run.mot");
  ASSERT_EQ(run.size(), 2u);
  EXPECT_NEAR(run[0].time_s.front(), 0.23, 1e-9);
  EXPECT_NEAR(run[0].force_n(0, 1), 1194.667969, 1e-9);
  EXPECT_GT(run[0].dead_band_n, 1.0);
  const auto walk = read_forces(test::data_folder() / "walking/grf_walk.mot");
  ASSERT_EQ(walk.size(), 2u);
  EXPECT_LT(walk[0].cop_m.array().isNaN().select(0.0, walk[0].cop_m).maxCoeff(),
            5.0);  // mm in the file
  const auto standard =
      read_forces(test::data_folder() / "userfiles/force/schb998__MOT_standard.mot");
  ASSERT_EQ(standard.size(), 2u);
  EXPECT_DOUBLE_EQ(standard[0].force_n(0, 1), 694.675049);
  const auto rbds = read_forces(test::data_folder() / "rbds/RBDS001runT25forces.txt.gz");
  ASSERT_EQ(rbds.size(), 1u);
  EXPECT_EQ(rbds[0].n_samples(), 9000);
  EXPECT_DOUBLE_EQ(rbds[0].time_s[1], 1.0 / 300.0);
  EXPECT_DOUBLE_EQ(rbds[0].force_n(0, 1), 328.67);
  EXPECT_DOUBLE_EQ(rbds[0].cop_m(0, 0), 2.59173);
  EXPECT_GT(rbds[0].dead_band_n, 10.0);
  EXPECT_LT(rbds[0].dead_band_n, 35.0);
}

TEST(Rbds, MarkersInMetresOnAnEvenClock) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001runT35markers.txt.gz");
  const Recording r = read(test::data_folder() / "rbds/RBDS001runT35markers.txt.gz");
  EXPECT_EQ(r.n_frames(), 4500);
  EXPECT_EQ(r.n_points(), 32);
  EXPECT_NEAR(r.time_s.back(), 4499.0 / 150.0, 1e-9);
  EXPECT_TRUE(r.file_to_world.isIdentity());
  EXPECT_GT(r.track("R.ASIS").col(1).mean(), 0.8);
}

TEST(Rbds, MalformedFilesNameTheirPlace) {
  const auto markers = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] { return read_rbds(memory(text)); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  markers("Time\tAX\tAY\tAZ\n", "no rows");
  markers("Time\tAX\tAY\n0\t1\t2\n", "not X, Y, Z triples");
  markers("Time\tAX\tAY\tBZ\n0\t1\t2\t3\n", "line 1, column 2");
  markers("Time\tAX\tAY\tAZ\n0\t1\t2\t3mm\n", "line 2, column 4 (AZ)");
  markers("\n\n", "no text");
  markers("Time\tAX\tAY\tAZ\n0.1\t1\t2\t3\n0.0\t1\t2\t3\n0.2\t1\t2\t3\n", "line 3: 1 of 3 times");
  EXPECT_TRUE(is_rbds("\n\r\nTime\tAX\tAY\tAZ\n"));
  const auto forces = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] { return read_rbds_forces(memory(text)); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  const std::string head = "Time\tFx\tFy\tFz\tCOPx\tCOPy\tCOPz\tTy\n";
  forces(head, "no rows");
  forces(head + "0.5\t1\t2\t3\t4\t5\t6\t7\n", "line 2, column 1 (Time)");
  forces(head + "1\t1\t2\t3\t4\t5\t6\t7\n1\t1\t2\t3\t4\t5\t6\t7\n", "line 3, column 1 (Time)");
  forces(head + "1\t1\tF\t3\t4\t5\t6\t7\n", "line 2, column 3 (Fy)");
}

TEST(Biomac, UnitsPerColumnAndForcesByMass) {
  RUNMECH_NEEDS_DATA("biomac/P02_N-Pose_trial0002_DataStructMeasured.csv");
  const auto path = test::data_folder() / "biomac/P02_N-Pose_trial0002_DataStructMeasured.csv";
  EXPECT_TRUE(read(path).plates.empty());
  ReadOptions options;
  options.mass_kg = 70.0;
  const Recording r = read(path, options);
  ASSERT_EQ(r.plates.size(), 2u);
  EXPECT_NEAR(r.plates[0].force_n.col(1).mean() + r.plates[1].force_n.col(1).mean(), 70.0 * 9.81,
              20.0);
  EXPECT_NEAR(r.rate_hz(), 175.0, 1e-6);
}

TEST(Biomac, MalformedFilesNameTheirPlace) {
  const auto expect = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] { return read_biomac(memory(text)); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect("time:time[s],angle:a[deg]\n0,1\n", "no columns marker");
  expect("time:time[s],marker:A_x[mm],marker:A_y[mm]\n0,1,2\n", "lacks one of x, y, z");
  expect("time:time[s],marker:A_x[mm],marker:A_x[mm]\n0,1,2\n", "occurs twice");
  expect("time:time[s],marker:A_x[mm],marker:A_y[m],marker:A_z[mm]\n0,1,2,3\n", "another unit");
  expect("time:time[s],marker:A_x[ell],marker:A_y[ell],marker:A_z[ell]\n0,1,2,3\n",
         "'ell' is not known");
  expect("time:time[s],marker:A_x[mm],marker:A_y[mm],marker:A_z[mm]\n0,1,b,3\n",
         "line 2, column 3");
  expect("time:time[s],marker:A_x[mm],marker:A_y[mm],marker:A_z[mm]\n", "no rows");
}

TEST(Strength, SeparatorsCommasAndSides) {
  for (const std::string text :
       {"test,side,trial,value,unit\nhip_abduction,left,1,35.5,kgf\nhip_abduction,R,2,,kgf\n",
        "test;side;trial;value;unit\r\nhip_abduction;links;1;35,5;kgf\r\nhip_abduction;rechts;2;"
        "nan;kgf\r\n",
        "\xEF\xBB\xBFside\ttest\tunit\tvalue\ttrial\nleft\tHip_Abduction\tkgf\t35.5\t1\nright\thip_"
        "abduction\tkgf\tNA\t2\n"}) {
    const StrengthTrials trials = read_strength(memory(text));
    ASSERT_EQ(trials.size(), 2u) << text;
    EXPECT_EQ(trials[0].test, "hip_abduction");
    EXPECT_EQ(trials[0].side, Side::left);
    EXPECT_DOUBLE_EQ(trials[0].value, 35.5);
    EXPECT_EQ(trials[1].side, Side::right);
    EXPECT_EQ(trials[1].trial, 2);
    EXPECT_TRUE(std::isnan(trials[1].value));
  }
}

TEST(Strength, MalformedFilesNameTheLine) {
  const std::string head = "test,side,trial,value,unit\n";
  const auto expect = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] { return read_strength(memory(text)); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect(head, "no trials");
  expect("test,side,value\nx,left,1\n", "needs the columns");
  expect(head + "hip,middle,1,2,N\n", "line 2 (side)");
  expect(head + "hip,left,1,2x,N\n", "line 2 (value)");
  expect(head + "hip,left,1,inf,N\n", "line 2 (value)");
  expect(head + "hip,left,1.5,2,N\n", "line 2 (trial)");
  expect(head + "hip,left,1,35,5,N\n", "decimal commas use ';'");
  expect(head + ",left,1,2,N\n", "line 2 (test)");
  expect(head + "hip,left,1\n", "line 2: has 3 columns");
  expect(head + "hip,left,1,2,N\nhip,right,1", "line 3: the file ends inside this row");
  expect("\n" + head + "\nhip,left,1,2x,N\n", "line 4 (value)");
}

TEST(Read, UnknownAndForeignKindsAreRefusedByName) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::string& content, const std::string& part) {
    const auto path = folder.write("file", content);
    const auto message = error_of<IoError>([&] { return read(path); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_NE(message.find("file"), std::string::npos) << message;
  };
  expect("\nhello\nworld\n", "line 2: 'hello' is not the beginning of a file of any known kind");
  expect(std::string("\0\0\0\0\0\0", 6), "byte 0: binary data, not a file of any known kind");
  expect(" \n \n", "line 1: blank, not a file of any known kind");
  expect("\v", "line 1: blank, not a file of any known kind");
  expect("scorer,a,a\nbodyparts,b,b\n", "DeepLabCut CSV is not read yet");
  expect(std::string("\x89HDF\r\n\x1A\n") + "...", "HDF5 is not read yet");
  expect("HIERARCHY\nROOT Hips\n", "BVH is not read yet");
  expect("<?xml version=\"1.0\"?>\n<mvnx version=\"4\">\n", "Xsens MVNX is not read yet");
  expect("[{\"image_id\":\"0.jpg\",\"keypoints\":[1]}]", "AlphaPose JSON is not read yet");
  expect("{\"a\":1}", "JSON of another layout is not read yet");
  expect(std::string("\0\0\0\x20", 4) + "ftypmp42", "video");
  expect(std::string("\xFF\xFE") + std::string("a\0b\0", 4), "UTF-16");
  expect("Time,Fz\n0,1\n", "force plate CSV is not read yet");
  expect("endheader\ntime\ta\n0\t1\n", "read it with read_table");
  expect("test,side,trial,value,unit\n", "read_strength");
}

TEST(Read, PathsWithAccentsAndBlanks_C07) {
  RUNMECH_NEEDS_DATA("dorn/static.trc");
  const TemporaryFolder folder;
  const auto plain = test::data_folder() / "dorn/static.trc";
  const auto odd = folder.write("Läufer Müller é/Test 1 - été.trc", load_file(plain).text());
  const Recording a = read(plain);
  const Recording b = read(odd);
  EXPECT_TRUE(
      (a.positions_m.array() == b.positions_m.array() || a.positions_m.array().isNaN()).all());
  EXPECT_NE(b.source.find("Läufer Müller é/Test 1 - été.trc"), std::string::npos);
}

}  // namespace runmech
