// SPDX-License-Identifier: BSD-3-Clause
// Fitting trees that are not the running one: knees whose one coordinate drives several elements,
// a root with another order of angles, joints locked away from zero.
#include <gtest/gtest.h>

#include <algorithm>

#include "runmech/fit/fit.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

/// The marked runner with knees that glide and turn as they bend, the pelvis turned about Y, X, Z
/// in that order, and the toes locked 0.2 rad down.
Skeleton unusual_runner() {
  Skeleton skeleton = test::marked_skeleton();
  std::swap(skeleton.coordinates[3], skeleton.coordinates[5]);  // tilt, list, rotation
  for (const char* side : {"_r", "_l"}) {
    const int j = skeleton.coordinate(std::string("knee_angle") + side);
    Coordinate& knee = skeleton.coordinates[j];
    Segment& shank = skeleton.segments[knee.segment];
    knee.coupled = true;
    shank.first_element = static_cast<int>(skeleton.elements.size());
    shank.n_elements = 4;
    const auto x = Eigen::Vector3d::UnitX();
    skeleton.elements.push_back(
        {j, false, x, simm_spline({0, 0.7, 1.4, 2.1}, {0, 4e-3, 7e-3, 5e-3})});
    skeleton.elements.push_back({-1, false, Eigen::Vector3d::UnitY(), polynomial({-5e-3})});
    skeleton.elements.push_back({j, true, knee.axis, {}});
    skeleton.elements.push_back({j, true, x, polynomial({0.0, 0.1, -0.03})});
    Coordinate& toes = skeleton.coordinates[skeleton.coordinate(std::string("mtp_angle") + side)];
    toes.locked = true;
    toes.neutral = 0.2;
  }
  return skeleton;
}

Recording recorded(const Skeleton& skeleton, int n_frames, double heading) {
  Recording out = test::record(skeleton, n_frames, 200.0);
  SkeletonState<double> state;
  for (int i = 0; i < n_frames; ++i) {
    Eigen::VectorXd q = test::running_pose(skeleton, out.time_s[i]);
    q[skeleton.coordinate("pelvis_rotation")] += heading;
    for (const char* toes : {"mtp_angle_r", "mtp_angle_l"}) q[skeleton.coordinate(toes)] = 0.2;
    forward_kinematics(skeleton, q.data(), state);
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      out.positions_m.row(i).segment<3>(3 * static_cast<Eigen::Index>(k)) =
          point_position(state, skeleton.markers[k].at).transpose();
    }
  }
  return out;
}

TEST(CoupledFit, FindsThePoseFromNothingWhereverTheRunnerFaces) {
  const Skeleton skeleton = unusual_runner();
  for (const double heading : {0.0, 1.3, -2.6}) {
    const Recording recording = recorded(skeleton, 60, heading);
    const Motion motion = fit(recording, skeleton);
    for (int j = 0; j < skeleton.n_coordinates(); ++j) {
      const Coordinate& c = skeleton.coordinates[j];
      if (c.locked) {
        EXPECT_EQ(motion.coordinate_status[j], CoordinateStatus::locked);
        continue;
      }
      for (int i = 0; i < 60; ++i) {
        double truth = test::running_pose(skeleton, recording.time_s[i])[j];
        if (c.name == "pelvis_rotation") truth += heading;
        const double off = motion.frame_coordinates(i, j) - truth;
        EXPECT_LT(std::abs(c.rotation ? std::remainder(off, 2.0 * M_PI) : off), 1e-3)
            << c.name << " in frame " << i << ", heading " << heading;
      }
    }
  }
}

TEST(CoupledFit, PointsOfTheMotionMoveAsTheirDerivativesSay) {
  const Skeleton skeleton = unusual_runner();
  const Motion motion = fit(recorded(skeleton, 120, 0.0), skeleton);
  const BodyPoint& toe = skeleton.landmark("toe_r");
  constexpr double kStep_s = 1e-4;
  for (double t = 0.1; t < 0.5; t += 0.037) {
    const Eigen::Vector3d before = motion.point(toe, t - kStep_s);
    const Eigen::Vector3d now = motion.point(toe, t);
    const Eigen::Vector3d after = motion.point(toe, t + kStep_s);
    EXPECT_LT((motion.point(toe, t, 1) - (after - before) / (2 * kStep_s)).norm(), 1e-4);
    EXPECT_LT((motion.point(toe, t, 2) - (after - 2 * now + before) / (kStep_s * kStep_s)).norm(),
              1e-2);
    SkeletonState<double> state;
    Eigen::VectorXd q = motion.coordinates(t);
    for (int j = 0; j < q.size(); ++j) {
      if (skeleton.coordinates[j].locked) q[j] = skeleton.coordinates[j].neutral;
    }
    forward_kinematics(skeleton, q.data(), state);
    EXPECT_LT((point_position(state, toe) - now).norm(), 1e-12);
  }
}

}  // namespace
}  // namespace runmech
