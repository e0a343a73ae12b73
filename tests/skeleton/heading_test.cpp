// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/heading.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include "runmech/core/units.hpp"
#include "runmech/skeleton/nominal.hpp"
#include "support/running_body.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

Recording turned(Recording recording, const Eigen::Matrix3d& r) {
  for (Eigen::Index i = 0; i < recording.n_points(); ++i) {
    recording.positions_m.middleCols(3 * i, 3) =
        (recording.positions_m.middleCols(3 * i, 3) * r.transpose()).eval();
  }
  return recording;
}

Recording runner(const std::string& set_name, bool standing = false) {
  Skeleton skeleton = running_skeleton();
  attach_markers(skeleton, marker_set(set_name));
  return test::record(skeleton, standing ? 20 : 140, 100.0, 0.002, 3, standing);
}

double degrees_between(const Vector3d& a, const Vector3d& b) {
  return degrees(std::acos(std::clamp(a.dot(b), -1.0, 1.0)));
}

TEST(Heading, EveryMarkerSetRunningAndStanding) {
  for (const std::string& name : marker_set_names()) {
    for (const bool standing : {false, true}) {
      const Heading heading = infer_heading(runner(name, standing), marker_set(name));
      EXPECT_EQ(heading.up, Vector3d::UnitY()) << name << heading.how;
      EXPECT_EQ(heading.forward, Vector3d::UnitX()) << name << " " << heading.how;
      EXPECT_GE(heading.confidence, kUsableHeading) << name << " " << standing << heading.how;
      EXPECT_FALSE(heading.mirrored) << name << heading.how;
    }
  }
}

TEST(Heading, AnyFileAxesAndAnyTurnAboutTheVertical) {
  for (const char* name : {"rbds", "dorn", "ric_clusters", "blazepose_33"}) {
    const Recording base = runner(name);
    // Z up, Y forward (X right), as many laboratories have it.
    Eigen::Matrix3d z_up;
    z_up.col(0) = Vector3d::UnitY();
    z_up.col(1) = Vector3d::UnitZ();
    z_up.col(2) = Vector3d::UnitX();
    const Heading lab = infer_heading(turned(base, z_up), marker_set(name));
    EXPECT_EQ(lab.up, Vector3d::UnitZ()) << name;
    EXPECT_EQ(lab.forward, Vector3d::UnitY()) << name << lab.how;
    // Y up, X right, Z backward.
    Eigen::Matrix3d clinic;
    clinic.col(0) = -Vector3d::UnitZ();
    clinic.col(1) = Vector3d::UnitY();
    clinic.col(2) = Vector3d::UnitX();
    EXPECT_EQ(infer_heading(turned(base, clinic), marker_set(name)).forward, -Vector3d::UnitZ());
    for (const double turn : {30.0, 115.0, 180.0, 250.0}) {
      const Eigen::Matrix3d r = Eigen::AngleAxisd(radians(turn), Vector3d::UnitY()).matrix();
      const Heading heading = infer_heading(turned(base, r), marker_set(name));
      EXPECT_EQ(heading.up, Vector3d::UnitY());
      EXPECT_LT(degrees_between(heading.forward, r * Vector3d::UnitX()), 5.0) << name << turn;
      EXPECT_GE(heading.confidence, 0.8) << name << heading.how;
    }
  }
}

TEST(Heading, SlopesAndOvergroundTravelDoNotChangeIt) {
  const Recording base = runner("rajagopal");
  for (const double grade : {0.10, -0.10}) {
    for (const double direction : {1.0, -1.0}) {
      Recording slope = base;
      for (Eigen::Index f = 0; f < slope.n_frames(); ++f) {
        for (Eigen::Index i = 0; i < slope.n_points(); ++i) {
          auto p = slope.positions_m.block<1, 3>(f, 3 * i);
          p(0) = direction * (p(0) + 3.0 * slope.time_s[static_cast<std::size_t>(f)]);
          p(2) *= direction;
          p(1) += grade * p(0);
        }
      }
      const Heading heading = infer_heading(slope, marker_set("rajagopal"));
      EXPECT_EQ(heading.up, Vector3d::UnitY()) << heading.how;
      EXPECT_EQ(heading.forward, Vector3d(direction, 0, 0)) << heading.how;
      EXPECT_GT(heading.confidence, 0.9);
    }
  }
}

TEST(Heading, MirroredLabelsOrAxesAreNoticed) {
  Recording mirrored = runner("rajagopal");
  for (Eigen::Index i = 0; i < mirrored.n_points(); ++i)
    mirrored.positions_m.col(3 * i + 2) *= -1.0;
  const Heading heading = infer_heading(mirrored, marker_set("rajagopal"));
  EXPECT_TRUE(heading.mirrored) << heading.how;
  EXPECT_LT(heading.confidence, kUsableHeading);
}

TEST(Heading, GoingBackwardsIsNotBelieved) {
  Recording back = runner("rajagopal");
  back.positions_m = back.positions_m.colwise().reverse().eval();
  const Heading heading = infer_heading(back, marker_set("rajagopal"));
  EXPECT_LT(heading.confidence, kUsableHeading) << heading.how;
}

TEST(Heading, SideViewFindsForwardWithinThePicture) {
  for (const double direction : {1.0, -1.0}) {
    Recording flat = runner("blazepose_33");
    flat.view = View::side;
    for (Eigen::Index i = 0; i < flat.n_points(); ++i) {
      flat.positions_m.col(3 * i) *= direction;
      flat.positions_m.col(3 * i + 2).setZero();
    }
    const Heading heading = infer_heading(flat, marker_set("blazepose_33"));
    EXPECT_EQ(heading.up, Vector3d::UnitY());
    EXPECT_EQ(heading.forward, Vector3d(direction, 0, 0)) << heading.how;
    EXPECT_GE(heading.confidence, kUsableHeading);
  }
}

TEST(Heading, NothingSeenHasNoConfidence) {
  Recording empty = runner("rbds");
  empty.positions_m.setConstant(NAN);
  EXPECT_EQ(infer_heading(empty, marker_set("rbds")).confidence, 0.0);
  Recording none;
  EXPECT_EQ(infer_heading(none, marker_set("rbds")).confidence, 0.0);
}

TEST(Heading, WithoutFeetThePelvisTellsUp) {
  Skeleton skeleton = running_skeleton();
  attach_markers(skeleton, marker_set("rbds"));
  std::erase_if(skeleton.markers, [&](const Marker& m) { return m.at.segment != 0; });
  const Recording pelvis = test::record(skeleton, 50, 100.0);
  Eigen::Matrix3d z_up;
  z_up.col(0) = Vector3d::UnitY();
  z_up.col(1) = Vector3d::UnitZ();
  z_up.col(2) = Vector3d::UnitX();
  const Heading seen = infer_heading(turned(pelvis, z_up), marker_set("rbds"));
  EXPECT_EQ(seen.up, Vector3d::UnitZ()) << seen.how;
  EXPECT_EQ(seen.forward, Vector3d::UnitY()) << seen.how;
  EXPECT_GE(seen.confidence, kUsableHeading);
  EXPECT_LT(seen.confidence, 0.65);
  // Half way between two axes of the file nothing says what the pelvis' own tilt is.
  const Eigen::Matrix3d askew =
      Eigen::AngleAxisd(radians(45.0), Vector3d::UnitZ()).toRotationMatrix();
  EXPECT_EQ(infer_heading(turned(pelvis, askew), marker_set("rbds")).confidence, 0.0);
  const Heading told = infer_heading(pelvis, marker_set("rbds"), Vector3d::UnitY());
  EXPECT_EQ(told.forward, Vector3d::UnitX()) << told.how;
  EXPECT_GE(told.confidence, kUsableHeading);
}

}  // namespace
}  // namespace runmech
