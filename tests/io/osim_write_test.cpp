// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <random>

#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "support/marked_runner.hpp"
#include "support/osim_models.hpp"

namespace runmech {
namespace {

/// Written, read again, both put into the same random poses: every marker at the same place.
void expect_round_trip(const Skeleton& skeleton, unsigned seed) {
  const test::TemporaryFolder folder;
  write_osim(folder.path() / "model.osim", skeleton);
  const Skeleton back = read_osim(folder.path() / "model.osim");
  ASSERT_EQ(back.n_coordinates(), skeleton.n_coordinates());
  ASSERT_EQ(back.markers.size(), skeleton.markers.size());
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 10; ++round) {
    std::map<std::string, double> q;
    for (const auto& c : skeleton.coordinates) q[c.name] = 0.7 * normal(random);
    const auto here = test::pose_of(skeleton, q);
    const auto there = test::pose_of(back, q);
    for (const Marker& marker : skeleton.markers) {
      EXPECT_LT((test::marker_at(skeleton, here, marker.at.name) -
                 test::marker_at(back, there, marker.at.name))
                    .norm(),
                1e-12)
          << marker.at.name;
    }
  }
  for (const Coordinate& c : skeleton.coordinates) {
    const Coordinate& d = back.coordinates[back.coordinate(c.name)];
    EXPECT_EQ(c.neutral, d.neutral);
    EXPECT_EQ(c.locked, d.locked) << c.name;
    EXPECT_EQ(c.lower, d.lower) << c.name;
    EXPECT_EQ(c.upper, d.upper) << c.name;
    EXPECT_EQ(c.rotation, d.rotation) << c.name;
  }
  for (const Segment& s : skeleton.segments) {
    const Segment& t = back.segments[back.segment(s.name)];
    EXPECT_EQ(s.mass_kg, t.mass_kg);
    EXPECT_EQ(s.centre_of_mass_m, t.centre_of_mass_m);
    EXPECT_EQ(s.inertia_kg_m2, t.inertia_kg_m2);
  }
}

TEST(OsimWrite, WhatIsReadBackMovesTheSame) {
  expect_round_trip(test::marked_skeleton(), 1);
  for (const char* name : {"joints", "custom", "three"}) {
    SCOPED_TRACE(name);
    expect_round_trip(read_osim(test::osim_model(name)), 2);
  }
}

TEST(OsimWrite, AJointTakenAsRigidIsLocked) {
  const test::TemporaryFolder folder;
  Skeleton skeleton = test::marked_skeleton();
  const Coordinate& toes = skeleton.coordinates[skeleton.coordinate("mtp_angle_r")];
  ASSERT_GT(toes.rigid_below, 0);
  std::erase_if(skeleton.markers,
                [&](const Marker& marker) { return marker.at.segment == toes.segment; });
  write_osim(folder.path() / "model.osim", skeleton);
  const Skeleton back = read_osim(folder.path() / "model.osim");
  EXPECT_TRUE(back.coordinates[back.coordinate("mtp_angle_r")].locked);
  EXPECT_FALSE(back.coordinates[back.coordinate("mtp_angle_l")].locked);
}

TEST(OsimWrite, AJointThatOpenSimCannotHaveIsRefused) {
  const test::TemporaryFolder folder;
  Skeleton skeleton = test::marked_skeleton();
  const int hip = skeleton.coordinate("hip_flexion_r");
  const auto refused = [&](const Skeleton& s, const char* said) {
    try {
      write_osim(folder.path() / "model.osim", s);
      ADD_FAILURE() << "written";
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find(said), std::string::npos) << error.what();
    }
  };
  Skeleton late = skeleton;
  late.coordinates[hip + 1].rotation = false;
  refused(late, "femur_r");
  Skeleton line = skeleton;
  line.coordinates[hip + 1].axis = -line.coordinates[hip].axis;
  refused(line, "along one line");
  Skeleton blank = skeleton;
  blank.markers[0].at.name = "R Heel";
  refused(blank, "'R Heel'");
  Skeleton twice = skeleton;
  twice.markers[0].at.name = twice.markers[1].at.name;
  refused(twice, "two markers");
  Skeleton four = skeleton;
  Segment& femur = four.segments[four.segment("femur_r")];
  femur.n_elements = 4;
  for (int k = 0; k < 4; ++k) {
    four.elements.push_back({hip + k % 3, true, Eigen::Vector3d(k, 1.0, k * k).normalized(), {}});
  }
  refused(four, "4 rotation axes");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "model.osim"));
}

}  // namespace
}  // namespace runmech
