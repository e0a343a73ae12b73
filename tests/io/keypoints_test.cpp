// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/keypoints.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/read.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

using test::error_of;
using test::TemporaryFolder;

ReadOptions at_rate(double rate_hz) {
  ReadOptions options;
  options.rate_hz = rate_hz;
  return options;
}

bool noted(const Recording& r, std::string_view code, std::string_view part) {
  return std::any_of(r.notes.begin(), r.notes.end(), [&](const Note& note) {
    return note.code == code && note.text.find(part) != std::string::npos;
  });
}

// A person of BODY_25 who faces the picture's right, `x` at the hips.
std::string person(double x, double scale = 1.0, bool without_hips = false) {
  const double shape[25][2] = {{20, -150}, {0, -120},  {-5, -120}, {-10, -80}, {5, -50},
                               {5, -120},  {10, -80},  {20, -50},  {0, 0},     {-6, 0},
                               {14, 95},   {4, 190},   {6, 0},     {30, 90},   {10, 180},
                               {16, -154}, {22, -154}, {2, -150},  {8, -150},  {38, 198},
                               {32, 200},  {4, 198},   {32, 206},  {28, 208},  {-4, 206}};
  std::string out = R"({"person_id":[-1],"pose_keypoints_2d":[)";
  for (int i = 0; i < 25; ++i) {
    const bool hidden = without_hips && (i == 8 || i == 9 || i == 12);
    if (i > 0) out += ",";
    out += hidden ? "0,0,0"
                  : std::to_string(x + scale * shape[i][0]) + "," +
                        std::to_string(400 + scale * shape[i][1]) + ",0.9";
  }
  return out + "]}";
}

std::string frame(const std::vector<std::string>& people) {
  std::string out = R"({"version":1.3,"people":[)";
  for (std::size_t i = 0; i < people.size(); ++i) out += (i > 0 ? "," : "") + people[i];
  return out + "]}";
}

// Runner A moves 8 px a frame, B stands; in odd frames the list is the other way round.
void write_two_people(const TemporaryFolder& folder, bool padded) {
  for (int f = 0; f < 120; ++f) {
    std::vector<std::string> people{person(100.0 + 8.0 * f), person(1500.0)};
    if (f % 2 == 1) std::swap(people[0], people[1]);
    std::string number = std::to_string(f);
    if (padded) number = std::string(12 - number.size(), '0') + number;
    folder.write(number + "_keypoints.json", frame(people));
  }
}

}  // namespace

TEST(OpenPose, NumericOrderAndTheSameRunnerThroughout_C05) {
  const TemporaryFolder plain;
  const TemporaryFolder padded;
  write_two_people(plain, false);
  write_two_people(padded, true);
  const Recording a = read_openpose_folder(plain.path(), at_rate(30)).recording;
  const Recording b = read_openpose_folder(padded.path(), at_rate(30)).recording;
  ASSERT_EQ(a.n_frames(), 120);
  const Points hip = a.track("MidHip");
  for (Eigen::Index f = 1; f < 120; ++f) EXPECT_NEAR(hip(f, 0) - hip(f - 1, 0), 8.0, 1e-3);
  EXPECT_TRUE(a.positions_m == b.positions_m);
  EXPECT_EQ(a.time_s, b.time_s);
  EXPECT_TRUE(noted(a, "people", "2 people were followed; person 0"));
  ReadOptions other = at_rate(30);
  other.person = 1;
  const Recording standing = read_openpose_folder(plain.path(), other).recording;
  EXPECT_NEAR(standing.track("MidHip").col(0).maxCoeff(), 1500.0, 1e-3);
  EXPECT_NEAR(standing.track("MidHip").col(0).minCoeff(), 1500.0, 1e-3);
  other.person = 2;
  const auto message =
      error_of<InvalidArgument>([&] { return read_openpose_folder(plain.path(), other); });
  EXPECT_NE(message.find("person is 2, but people 0 to 1"), std::string::npos) << message;
}

TEST(OpenPose, TheRateMustBeGivenAndTheArgumentIsNamed) {
  const TemporaryFolder folder;
  write_two_people(folder, true);
  const auto message = error_of<InvalidArgument>([&] { return read(folder.path()); });
  EXPECT_NE(message.find("give rate_hz"), std::string::npos) << message;
}

TEST(OpenPose, ZerosEmptyFramesAndMissingNumbers) {
  const TemporaryFolder folder;
  folder.write("a_000.json", frame({person(100)}));
  folder.write("a_001.json", frame({}));
  folder.write("a_002.json", test::gzipped(frame({person(104, 1.0, true)})));
  folder.write("a_004.json", frame({person(108)}));
  folder.write("notes.txt", "not a frame");
  const Recording r = read_openpose_folder(folder.path(), at_rate(50)).recording;
  ASSERT_EQ(r.n_frames(), 5);
  EXPECT_DOUBLE_EQ(r.time_s[4], 0.08);
  const Points hip = r.track("MidHip");
  EXPECT_EQ(hip.col(0).array().isNaN().count(), 3);
  EXPECT_NEAR(hip(4, 0), 108.0, 1e-6);
  EXPECT_TRUE(noted(r, "missing", "3 keypoints at 0,0"));
  EXPECT_TRUE(noted(r, "frames", "1 frames lack in the numbering"));
  EXPECT_TRUE(noted(r, "people", "2 of 5 frames show no person"));
}

TEST(OpenPose, MalformedFramesNameTheFile) {
  const auto expect = [](const std::string& content, const std::string& part) {
    const TemporaryFolder folder;
    folder.write("x_0.json", frame({person(1)}));
    folder.write("x_1.json", content);
    const auto message =
        error_of<IoError>([&] { return read_openpose_folder(folder.path(), at_rate(30)); });
    EXPECT_NE(message.find("x_1.json"), std::string::npos) << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect("", "empty");
  expect("{\"people\":[", "cut file?");
  expect("[1,2,3]", "no list \"people\"");
  expect("{\"version\":1.3}", "no list \"people\"");
  expect("{\"people\":{}}", "no list \"people\"");
  expect("{\"people\":[{}]}", "pose_keypoints_2d");
  expect("{\"people\":[3]}", "pose_keypoints_2d");
  expect("{\"people\":[{\"pose_keypoints_2d\":[1,2]}]}", "not triples");
  expect("{\"people\":[{\"pose_keypoints_2d\":[1,2,\"x\"]}]}", "value 2: is not a number");
  expect("{\"people\":[{\"pose_keypoints_2d\":[1,2,3]}]}", "1 points, but other frames have 25");
  expect(std::string(40, '['), "cut file?");
  expect("\x01\x02\x03", "not valid JSON");
  expect("{\"people\":[{\"pose_keypoints_2d\":[1e400,2,1]}]}", "not valid JSON");
}

TEST(OpenPose, FoldersThatAreNoRecording) {
  const TemporaryFolder empty;
  EXPECT_NE(error_of<IoError>([&] {
              return read_openpose_folder(empty.path(), at_rate(30));
            }).find("no numbered .json"),
            std::string::npos);
  const TemporaryFolder mixed;
  mixed.write("left_0.json", frame({person(1)}));
  mixed.write("right_0.json", frame({person(1)}));
  EXPECT_NE(error_of<IoError>([&] {
              return read_openpose_folder(mixed.path(), at_rate(30));
            }).find("several recordings"),
            std::string::npos);
  const TemporaryFolder twice;
  twice.write("x_1.json", frame({person(1)}));
  twice.write("x_01.json", frame({person(1)}));
  EXPECT_NE(error_of<IoError>([&] {
              return read_openpose_folder(twice.path(), at_rate(30));
            }).find("two files of one frame"),
            std::string::npos);
  const TemporaryFolder nobody;
  nobody.write("x_1.json", frame({}));
  EXPECT_NE(error_of<IoError>([&] {
              return read_openpose_folder(nobody.path(), at_rate(30));
            }).find("no frame shows a person"),
            std::string::npos);
}

TEST(OpenPose, Body25bIsToldFromBody25AndHalpeMustBeDeclared) {
  RUNMECH_NEEDS_DATA("userfiles/keypoints2d/pose2sim__cam01.0030.json");
  const auto folder = test::data_folder() / "userfiles/keypoints2d";
  const Recording b = read_raw(folder / "pose2sim__cam01.0030.json").recording;
  EXPECT_EQ(b.labels[1], "LEye");
  const Recording a = read_raw(folder / "mobilegaitlab__keypoints", at_rate(30)).recording;
  EXPECT_EQ(a.labels[8], "MidHip");
  EXPECT_NEAR(a.track("MidHip")(0, 0), 163.273, 1e-9);
  EXPECT_NEAR(a.track("MidHip")(0, 1), 239.364, 1e-9);
  const TemporaryFolder halpe;
  std::string points = "1,2,0.5";
  for (int i = 1; i < 26; ++i)
    points += "," + std::to_string(10 + i) + "," + std::to_string(20 + 7 * i) + ",0.5";
  halpe.write("x_0.json", frame({"{\"pose_keypoints_2d\":[" + points + "]}"}));
  const auto message =
      error_of<InvalidArgument>([&] { return read_openpose_folder(halpe.path(), at_rate(30)); });
  EXPECT_NE(message.find("marker_set = halpe_26"), std::string::npos) << message;
  ReadOptions declared = at_rate(30);
  declared.marker_set = "halpe_26";
  EXPECT_EQ(read_openpose_folder(halpe.path(), declared).recording.labels[24], "left_heel");
}

namespace {

// A runner on the spot as a long csv, seen from the side, facing left or right.
std::string csv_runner(bool left, double fps = 30.0) {
  std::string out = "frame,time_s,point,x_px,y_px,confidence\n";
  for (int f = 0; f < 60; ++f) {
    const auto add = [&](const char* name, double x, double y) {
      out += std::to_string(f) + "," + std::to_string(f / fps) + "," + name + "," +
             std::to_string(500 + (left ? -x : x)) + "," + std::to_string(y) + ",0.9\n";
    };
    add("nose", 60, 100);
    for (const double s : {-1.0, 1.0}) {
      const std::string side = s > 0 ? "right_" : "left_";
      const double swing = s * std::sin(2 * M_PI * f / 20.0);
      const auto named = [&](const char* part) { return side + part; };
      add(named("ear").c_str(), 30, 100);
      add(named("shoulder").c_str(), 10 + 4 * s, 180);
      add(named("hip").c_str(), 3 * s, 400);
      add(named("knee").c_str(), 60 * swing + 30, 530);
      add(named("ankle").c_str(), 120 * swing, 650 - 60 * std::max(0.0, swing));
      add(named("heel").c_str(), 120 * swing - 15, 665 - 60 * std::max(0.0, swing));
      add(named("foot_index").c_str(), 120 * swing + 50, 668 - 60 * std::max(0.0, swing));
    }
  }
  return out;
}

}  // namespace

TEST(Keypoints, BothFacingsGiveTheSameRunner) {
  const TemporaryFolder folder;
  ReadOptions options;
  options.stature_m = 1.80;
  options.marker_set = "blazepose_33";
  options.surface = Surface::treadmill;
  const Recording right = read(folder.write("right.csv", csv_runner(false)), options);
  const Recording left = read(folder.write("left.csv", csv_runner(true)), options);
  EXPECT_EQ(right.view, View::side);
  EXPECT_FALSE(right.scale_assumed);
  const Points a = right.track("right_ankle");
  const Points b = left.track("right_ankle");
  EXPECT_NEAR(((a.col(0).array() - a(0, 0)) - (b.col(0).array() - b(0, 0))).abs().maxCoeff(), 0.0,
              1e-5);
  EXPECT_TRUE(noted(left, "heading", "faces the picture's left"));
  EXPECT_TRUE((a.col(2).array() == 0.0).all());
  // Height grows upward, from the lowest feet.
  EXPECT_GT(right.track("right_hip").col(1).minCoeff(),
            right.track("right_knee").col(1).maxCoeff());
  EXPECT_NEAR(right.track("right_heel").col(1).minCoeff(), 0.0, 0.02);
}

TEST(Keypoints, ScaleComesFromTheStatureOrIsSaidToBeAssumed) {
  const TemporaryFolder folder;
  const auto path = folder.write("run.csv", csv_runner(false));
  ReadOptions options;
  options.marker_set = "blazepose_33";
  const Recording assumed = read(path, options);
  EXPECT_TRUE(assumed.scale_assumed);
  EXPECT_TRUE(noted(assumed, "scale", "ASSUMED"));
  options.stature_m = 1.90;
  const Recording stated = read(path, options);
  EXPECT_NEAR(stated.metres_per_pixel / assumed.metres_per_pixel, 1.90 / 1.70, 1e-9);
  options.metres_per_pixel = 0.003;
  EXPECT_DOUBLE_EQ(read(path, options).metres_per_pixel, 0.003);
}

TEST(Keypoints, ViewsOfFilmedRunners) {
  RUNMECH_NEEDS_DATA("keypoints/side_treadmill_garage30");
  const auto view = [](const char* clip) {
    return read(test::data_folder() / "keypoints" / clip / "keypoints/mediapipe_full.csv").view;
  };
  EXPECT_EQ(view("side_treadmill_garage30"), View::side);
  EXPECT_EQ(view("side_street_pass50"), View::side);
  EXPECT_EQ(view("side_gif_lowres15"), View::side);
  EXPECT_EQ(view("rear_treadmill_gym"), View::rear);
  EXPECT_EQ(view("front_inplace_room"), View::front);
  EXPECT_EQ(view("side_walk_bothways"), View::side);
}

TEST(Keypoints, RepeatedPicturesAndPoorPicturesAreSaid) {
  RUNMECH_NEEDS_DATA("keypoints/side_street_pass50");
  const auto clip = [](const char* name) {
    return read(test::data_folder() / "keypoints" / name / "keypoints/mediapipe_full.csv");
  };
  EXPECT_TRUE(noted(clip("side_street_pass50"), "frames", "repeat the one before"));
  EXPECT_FALSE(noted(clip("side_treadmill_garage30"), "frames", "repeat the one before"));
  EXPECT_TRUE(noted(clip("side_gif_lowres15"), "resolution", "68 px"));
  EXPECT_TRUE(noted(clip("side_gif_lowres15"), "resolution", "14 pictures a second"));
}

TEST(KeypointCsv, ConfidenceGapsAndOrder) {
  const std::string text =
      "point,confidence,frame,y_px,x_px\n"
      "nose,0.9,10,20,1\nnose,0.05,12,22,3\nheel,1.2,12,5,6\nheel,0.5,11,,\n";
  const RawRecording raw = read_keypoint_csv({"m.csv", {text.begin(), text.end()}}, at_rate(10));
  const Recording& r = raw.recording;
  ASSERT_EQ(r.n_frames(), 3);
  EXPECT_EQ(r.labels, (std::vector<std::string>{"nose", "heel"}));
  EXPECT_DOUBLE_EQ(r.positions_m(0, 0), 1.0);
  EXPECT_DOUBLE_EQ(r.positions_m(0, 1), 20.0);
  EXPECT_TRUE(std::isnan(r.positions_m(2, 0)));
  EXPECT_DOUBLE_EQ(r.positions_m(2, 3), 6.0);
  EXPECT_DOUBLE_EQ(r.confidence(2, 1), 1.0);
  EXPECT_TRUE(noted(r, "missing", "below confidence 0.1"));
}

TEST(KeypointCsv, EveryWayPeopleWriteTheSameTable) {
  const std::string plain =
      "frame,time_s,point,x_px,y_px,confidence\n"
      "0,0.00,nose,1.5,2.5,0.9\n0,0.00,heel,3.5,4.5,0.8\n1,0.04,nose,1.6,2.6,0.7\n";
  std::string german = plain;  // ';' between columns, ',' in numbers
  for (char& c : german) c = c == ',' ? ';' : c == '.' ? ',' : c;
  std::string mac = plain;
  for (char& c : mac) c = c == '\n' ? '\r' : c;
  std::string padded = "\n\n";
  for (const char c : plain) padded += c == '\n' ? std::string(",,\r\n") : std::string(1, c);
  for (const std::string& text :
       {plain, german, mac, padded, "\xEF\xBB\xBF" + plain, plain.substr(0, plain.size() - 1)}) {
    const FileBytes file{"m.csv", {text.begin(), text.end()}};
    ASSERT_TRUE(is_keypoint_csv(file.text())) << text;
    const Recording r = read_keypoint_csv(file, {}).recording;
    EXPECT_EQ(r.labels, (std::vector<std::string>{"nose", "heel"})) << text;
    ASSERT_EQ(r.n_frames(), 2) << text;
    EXPECT_DOUBLE_EQ(r.time_s[1], 0.04);
    EXPECT_DOUBLE_EQ(r.positions_m(0, 4), 4.5);
    EXPECT_DOUBLE_EQ(r.confidence(1, 0), 0.7);
  }
  const std::string cut = plain + "1,0.04,heel,3.";
  const Recording r = read_keypoint_csv({"m.csv", {cut.begin(), cut.end()}}, {}).recording;
  EXPECT_TRUE(std::isnan(r.positions_m(1, 3)));
  EXPECT_TRUE(noted(r, "frames", "ends inside its last row"));
}

TEST(KeypointCsv, MalformedFilesNameTheLine) {
  const std::string head = "frame,time_s,point,x_px,y_px,confidence\n";
  const auto expect = [](const std::string& text, const std::string& part) {
    const auto message = error_of<IoError>([&] {
      return read_keypoint_csv({"m.csv", {text.begin(), text.end()}}, {});
    });
    EXPECT_EQ(message.find("m.csv"), 0u) << message;
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect(head, "no points");
  expect("frame,point,x,y\n1,a,2,3\n", "needs the columns");
  expect(head + "0,0.0,nose,1.0x,2,1\n", "line 2 (x_px)");
  expect(head + "0,0.0,nose,1,2,high\n", "line 2 (confidence)");
  expect(head + "0,0.0,nose,1\n0,0.0,heel,1,2,3\n", "line 2: has 4 columns, the header 6");
  expect(head + "0,0,0,nose,1,2,0,9\n", "has 8 columns, the header 6; with decimal commas");
  expect(head + "0,0.0,nose,1,2,1\n0,0.0,nose,1,2,1\n", "occurs twice");
  expect(head + "0,0.0,,1,2,1\n", "no name");
  expect(head + ",0.0,nose,1,2,1\n", "frame is blank");
  expect(head + "0,0.0,nose,inf,2,1\n", "is not a number");
  std::string mixed = head;
  for (int i = 0; i < 3000; ++i)
    mixed += std::to_string(i) + ",0," + std::to_string(i) + "p,1,2,1\n";
  expect(mixed, "columns are mixed up");
  const std::string no_time = "frame,point,x_px,y_px\n0,a,1,2\n1,a,1,2\n";
  const auto message = error_of<InvalidArgument>([&] {
    return read_keypoint_csv({"m.csv", {no_time.begin(), no_time.end()}}, {});
  });
  EXPECT_NE(message.find("rate_hz"), std::string::npos) << message;
}

}  // namespace runmech
