// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/frame_fit.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <limits>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "support/allocations.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static_assert(lists_all_fields<FrameFitOptions>());

std::vector<CoordinateStatus> locks(const Skeleton& skeleton, View view = View::spatial) {
  return coordinate_locks(skeleton, std::vector<bool>(skeleton.markers.size(), true), view);
}

/// Largest angle error in degrees over the determined coordinates.
double worst_angle(const Skeleton& skeleton, const FramePose& pose, const Eigen::VectorXd& truth) {
  double worst = 0.0;
  for (int j = 0; j < truth.size(); ++j) {
    if (!pose.determined[j] || !skeleton.coordinates[j].rotation) continue;
    worst = std::max(worst, std::abs(std::remainder(pose.coordinates[j] - truth[j], 2 * M_PI)));
  }
  return degrees(worst);
}

std::vector<double> frame(const Recording& recording, int i) {
  return {recording.positions_m.row(i).begin(), recording.positions_m.row(i).end()};
}

TEST(FrameFitter, FindsThePoseWithoutAWarmStartWhicheverWayTheRunnerFaces) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 72, 100.0);
  for (int i = 0; i < 72; i += 6) {
    for (const double turned : {0.0, 60.0, 150.0, 180.0, -120.0}) {
      auto measured = frame(recording, i);
      const Eigen::Matrix3d r =
          Eigen::AngleAxisd(radians(turned), Eigen::Vector3d::UnitY()).toRotationMatrix();
      for (std::size_t k = 0; k < measured.size(); k += 3) {
        Eigen::Map<Eigen::Vector3d> p(&measured[k]);
        p = r * p + Eigen::Vector3d(50.0, 0.0, -3.0);
      }
      FrameFitter fitter(skeleton, locks(skeleton));
      const auto& pose = fitter.fit(measured.data(), 0.0);
      ASSERT_EQ(pose.quality.status, FrameStatus::ok) << i << " " << turned;
      EXPECT_LT(pose.quality.rms_m, 2e-5);
      Eigen::VectorXd truth = test::running_pose(skeleton, recording.time_s[i]);
      for (int j = 6; j < truth.size(); ++j) {
        EXPECT_NEAR(degrees(pose.coordinates[j]), degrees(truth[j]), 0.05)
            << skeleton.coordinates[j].name;
      }
    }
  }
}

TEST(FrameFitter, WarmFramesReachTheNoiseFloorOfLeastSquares) {
  // Per-frame least squares is the maximum-likelihood floor: the errors must be those the normal
  // equations predict (fitting.md 1.3), neither more nor less.
  const double noise = 0.005;
  const Skeleton skeleton = test::marked_skeleton(noise);
  const auto recording = test::record(skeleton, 600, 200.0, noise, 7);
  FrameFitOptions options;
  options.loss = RobustLoss::none;
  FrameFitter fitter(skeleton, locks(skeleton), options);
  Eigen::VectorXd squared = Eigen::VectorXd::Zero(skeleton.n_coordinates());
  Eigen::VectorXd predicted = squared;
  double squares = 0.0;
  long freedom = 0;
  for (int i = 0; i < 600; ++i) {
    const auto& pose = fitter.fit(recording.positions_m.row(i).data(), recording.time_s[i]);
    ASSERT_TRUE(pose.usable) << i << " " << to_string(pose.quality.status);
    const Eigen::VectorXd truth = test::running_pose(skeleton, recording.time_s[i]);
    squared += (pose.coordinates - truth).cwiseAbs2();
    predicted += fitter.variance();
    squares += fitter.weighted_squares();
    freedom += fitter.degrees_of_freedom();
  }
  EXPECT_NEAR(squares / static_cast<double>(freedom), 1.0, 0.02);
  double ratio = 0.0;
  for (int j = 0; j < skeleton.n_coordinates(); ++j) {
    EXPECT_NEAR(std::sqrt(squared[j] / predicted[j]), 1.0, 0.15) << skeleton.coordinates[j].name;
    ratio += squared[j] / predicted[j] / skeleton.n_coordinates();
  }
  EXPECT_NEAR(ratio, 1.0, 0.06);
}

TEST(FrameFitter, StaysWithTheBodyWhenThreePercentOfTheMarkersJump) {
  const Skeleton skeleton = test::marked_skeleton(0.005);
  auto recording = test::record(skeleton, 400, 200.0, 0.005, 3);
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (Eigen::Index i = 0; i < recording.positions_m.rows(); ++i) {
    for (Eigen::Index k = 0; k < recording.n_points(); ++k) {
      if (random() % 100 >= 3) continue;
      const Eigen::Vector3d away(normal(random), normal(random), normal(random));
      recording.positions_m.row(i).segment<3>(3 * k) += 0.2 * away.normalized().transpose();
    }
  }
  const auto error = [&](RobustLoss loss) {
    FrameFitOptions options;
    options.loss = loss;
    options.max_rms_sigmas = 1e3;  // every frame counts, however it fits
    options.max_turn_deg_s = 1e6;
    FrameFitter fitter(skeleton, locks(skeleton), options);
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < 400; ++i) {
      const auto& pose = fitter.fit(recording.positions_m.row(i).data(), recording.time_s[i]);
      const Eigen::VectorXd truth = test::running_pose(skeleton, recording.time_s[i]);
      for (int j = 6; j < truth.size(); ++j) {
        if (!pose.determined[j]) continue;
        sum += std::pow(degrees(pose.coordinates[j] - truth[j]), 2);
        ++n;
      }
    }
    EXPECT_GT(n, 25 * 390);
    return std::sqrt(sum / n);
  };
  const double cauchy = error(RobustLoss::cauchy);
  const double none = error(RobustLoss::none);
  EXPECT_LT(cauchy, 0.3 * none);
  EXPECT_LT(error(RobustLoss::tukey), 0.3 * none);
  EXPECT_LT(error(RobustLoss::huber), 0.5 * none);  // a far-off marker keeps pulling
}

// What makes general solvers report convergence on nonsense (fitting.md 2.4).
TEST(FrameFitter, NeverGivesASilentlyWrongPose) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 40, 100.0);
  const Eigen::VectorXd truth = test::running_pose(skeleton, recording.time_s[20]);
  for (const bool warm : {false, true}) {
    const auto run = [&](auto&& spoil) {
      FrameFitter fitter(skeleton, locks(skeleton));
      for (int i = 0; warm && i < 20; ++i) {
        static_cast<void>(fitter.fit(recording.positions_m.row(i).data(), recording.time_s[i]));
      }
      auto measured = frame(recording, 20);
      spoil(measured);
      return fitter.fit(measured.data(), recording.time_s[20]);
    };
    const auto all = [](double value) {
      return [value](std::vector<double>& m) { std::fill(m.begin(), m.end(), value); };
    };
    EXPECT_EQ(run(all(kNaN)).quality.status, FrameStatus::no_data);
    EXPECT_EQ(run(all(0.0)).quality.status, FrameStatus::no_data);
    EXPECT_EQ(run(all(1e300)).quality.status, FrameStatus::no_data);
    EXPECT_EQ(run(all(std::numeric_limits<double>::infinity())).quality.status,
              FrameStatus::no_data);
    EXPECT_FALSE(run(all(1.0)).usable);
    EXPECT_FALSE(run(all(1e-310)).usable);
    EXPECT_FALSE(run([](auto& m) {
                   for (auto& v : m) v *= 1000.0;
                 }).usable)
        << "mm as m";
    EXPECT_FALSE(run([](auto& m) {
                   for (auto& v : m) v *= 0.001;
                 }).usable)
        << "m as mm";
    EXPECT_FALSE(run([](auto& m) {
                   for (std::size_t k = 0; k < m.size(); k += 3) std::swap(m[k + 1], m[k + 2]);
                 }).usable)
        << "axes exchanged: a mirrored body";
    // One or a few markers gone or astray: the same pose, and the stray one is named.
    const auto gone = run([](auto& m) { m[15] = m[16] = m[17] = 0.0; });
    EXPECT_TRUE(gone.usable);
    EXPECT_LT(worst_angle(skeleton, gone, truth), 0.05);
    const auto near_zero = run([](auto& m) { m[15] = m[16] = m[17] = 1e-6; });
    EXPECT_TRUE(near_zero.usable);
    EXPECT_EQ(near_zero.quality.worst_marker, 5);
    EXPECT_EQ(near_zero.quality.n_used, static_cast<int>(skeleton.markers.size()) - 1);
    EXPECT_LT(worst_angle(skeleton, near_zero, truth), 0.5);
    const auto half_nan = run([](auto& m) { m[15] = kNaN; });
    EXPECT_TRUE(half_nan.usable);
    EXPECT_LT(worst_angle(skeleton, half_nan, truth), 0.05);
    // Too few to check one another.
    const auto few = run([](auto& m) { std::fill(m.begin() + 6, m.end(), kNaN); });
    EXPECT_EQ(few.quality.status, FrameStatus::few_markers);
    EXPECT_FALSE(few.usable);
  }
}

TEST(FrameFitter, RecoversAfterFramesWithoutData) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 100, 100.0);
  FrameFitter fitter(skeleton, locks(skeleton));
  const std::vector<double> nothing(3 * skeleton.markers.size(), kNaN);
  for (int i = 0; i < 100; ++i) {
    const bool hidden = i >= 10 && i < 60;
    const auto& pose = fitter.fit(hidden ? nothing.data() : recording.positions_m.row(i).data(),
                                  recording.time_s[i]);
    EXPECT_EQ(pose.quality.status, hidden ? FrameStatus::no_data : FrameStatus::ok) << i;
  }
}

TEST(FrameFitter, AJumpNoBodyCanMakeIsNotFollowed) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 60, 100.0);
  FrameFitter fitter(skeleton, locks(skeleton));
  for (int i = 0; i < 60; ++i) {
    auto measured = frame(recording, i);
    const bool other = i == 30;  // another runner, 2 m ahead, for one frame
    for (std::size_t k = 0; other && k < measured.size(); k += 3) measured[k] += 2.0;
    const auto& pose = fitter.fit(measured.data(), recording.time_s[i]);
    EXPECT_EQ(pose.quality.status, other ? FrameStatus::jump : FrameStatus::ok) << i;
    EXPECT_EQ(pose.usable, !other);
  }
}

TEST(FrameFitter, AKneeBentTheWrongWayIsFlagged) {
  const Skeleton skeleton = test::marked_skeleton();
  SkeletonState<double> state;
  Eigen::VectorXd q = test::running_pose(skeleton, 0.0);
  q[skeleton.coordinate("knee_angle_l")] = radians(-35.0);
  forward_kinematics(skeleton, q.data(), state);
  std::vector<double> measured;
  for (const auto& marker : skeleton.markers) {
    const Eigen::Vector3d p = point_position(state, marker.at);
    measured.insert(measured.end(), p.begin(), p.end());
  }
  FrameFitter fitter(skeleton, locks(skeleton));
  EXPECT_EQ(fitter.fit(measured.data(), 0.0).quality.status, FrameStatus::limit);
}

TEST(FrameFitter, WhatTheMarkersDoNotFixIsUndetermined) {
  // Joint centres only and a straight leg: nothing fixes the turn of the thigh about its own axis
  // (C22 c).
  Skeleton skeleton = running_skeleton();
  for (const char* name :
       {"hip_r", "hip_l", "knee_r", "knee_l", "ankle_r", "ankle_l", "shoulder_r", "shoulder_l",
        "c7", "heel_r", "toe_r", "heel_l", "toe_l", "elbow_r", "elbow_l", "wrist_r", "wrist_l"}) {
    skeleton.markers.push_back({skeleton.landmark(name), 0.005, false});
  }
  for (const double knee_deg : {0.0, 40.0}) {
    Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
    q[skeleton.coordinate("hip_flexion_r")] = radians(20.0);
    q[skeleton.coordinate("knee_angle_r")] = radians(knee_deg);
    q[skeleton.coordinate("knee_angle_l")] = radians(40.0);
    SkeletonState<double> state;
    forward_kinematics(skeleton, q.data(), state);
    std::vector<double> measured;
    for (const auto& marker : skeleton.markers) {
      const Eigen::Vector3d p = point_position(state, marker.at);
      measured.insert(measured.end(), p.begin(), p.end());
    }
    // Without feet, so that only the leg's own bend can show the turn.
    for (std::size_t k = 9; k < 13; ++k) measured[3 * k] = kNaN;
    std::vector<bool> recorded(skeleton.markers.size(), true);
    for (std::size_t k = 9; k < 13; ++k) recorded[k] = false;
    const auto status = coordinate_locks(skeleton, recorded, View::spatial);
    EXPECT_EQ(status[skeleton.coordinate("subtalar_angle_r")], CoordinateStatus::undetermined);
    EXPECT_EQ(status[skeleton.coordinate("mtp_angle_r")], CoordinateStatus::locked);
    FrameFitter fitter(skeleton, status);
    const auto& pose = fitter.fit(measured.data(), 0.0);
    EXPECT_TRUE(pose.usable);
    EXPECT_EQ(pose.determined[skeleton.coordinate("hip_rotation_r")], knee_deg > 0.0);
    EXPECT_TRUE(pose.determined[skeleton.coordinate("hip_rotation_l")]);
    EXPECT_TRUE(pose.determined[skeleton.coordinate("hip_flexion_r")]);
    EXPECT_TRUE(pose.determined[skeleton.coordinate("knee_angle_r")]);
    EXPECT_NEAR(degrees(pose.coordinates[skeleton.coordinate("hip_flexion_r")]), 20.0, 0.5);
  }
}

TEST(FrameFitter, PlanarViewsUseTheSameTree) {
  for (const View view : {View::side, View::rear}) {
    const Skeleton skeleton = test::marked_skeleton();
    const int unseen = view == View::side ? 2 : 0;
    const auto status = locks(skeleton, view);
    FrameFitter fitter(skeleton, status, {}, view);
    SkeletonState<double> state;
    for (int i = 0; i < 50; ++i) {
      Eigen::VectorXd q = test::running_pose(skeleton, 0.01 * i);
      for (int j = 0; j < q.size(); ++j) {
        if (status[j] != CoordinateStatus::observed) q[j] = 0.0;
      }
      forward_kinematics(skeleton, q.data(), state);
      std::vector<double> measured;
      for (const auto& marker : skeleton.markers) {
        Eigen::Vector3d p = point_position(state, marker.at);
        p[unseen] = 0.0;
        measured.insert(measured.end(), p.begin(), p.end());
      }
      const auto& pose = fitter.fit(measured.data(), 0.01 * i);
      ASSERT_EQ(pose.quality.status, FrameStatus::ok) << i << to_string(view);
      EXPECT_LT((pose.coordinates - q).cwiseAbs().maxCoeff(), 2e-3) << i << to_string(view);
      EXPECT_LT(pose.quality.rms_m, 1e-4);
    }
  }
}

TEST(FrameFitter, MirroredMarkersGiveTheMirroredPose) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 30, 100.0, 0.003, 9);
  FrameFitter plain(skeleton, locks(skeleton));
  FrameFitter mirror(skeleton, locks(skeleton));
  for (int i = 0; i < 30; ++i) {
    std::vector<double> reflected(3 * skeleton.markers.size());
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      std::string name = skeleton.markers[k].at.name;
      if (name.ends_with("_r") || name.ends_with("_l"))
        name.back() = name.back() == 'r' ? 'l' : 'r';
      const int other = *skeleton.find_marker(name);
      for (int x = 0; x < 3; ++x) {
        reflected[3 * k + x] = (x == 2 ? -1.0 : 1.0) * recording.positions_m(i, 3 * other + x);
      }
    }
    const Eigen::VectorXd a = plain.fit(recording.positions_m.row(i).data(), 0.01 * i).coordinates;
    const Eigen::VectorXd b = mirror.fit(reflected.data(), 0.01 * i).coordinates;
    for (const auto& c : skeleton.coordinates) {
      std::string name = c.name;
      double sign = 1.0;
      if (name.ends_with("_r") || name.ends_with("_l")) {
        name.back() = name.back() == 'r' ? 'l' : 'r';
      } else if (c.name == "pelvis_tz" || c.name == "pelvis_list" || c.name == "pelvis_rotation" ||
                 c.name == "lumbar_bending" || c.name == "lumbar_rotation") {
        sign = -1.0;
      }
      EXPECT_NEAR(b[skeleton.coordinate(c.name)], sign * a[skeleton.coordinate(name)], 1e-5)
          << c.name;
    }
  }
}

TEST(FrameFitter, AWarmFrameAllocatesNothing) {
  if (!test::counts_allocations()) GTEST_SKIP() << "the sanitizer has its own malloc";
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 20, 100.0, 0.003);
  FrameFitter fitter(skeleton, locks(skeleton));
  static_cast<void>(fitter.fit(recording.positions_m.row(0).data(), 0.0));
  static_cast<void>(fitter.fit(recording.positions_m.row(1).data(), 0.01));
  const long before = test::allocations();
  for (int i = 2; i < 20; ++i) {
    static_cast<void>(fitter.fit(recording.positions_m.row(i).data(), recording.time_s[i]));
  }
  EXPECT_EQ(test::allocations(), before);
}

TEST(FrameFitter, OptionsOutOfRangeAreRefused) {
  const Skeleton skeleton = test::marked_skeleton();
  FrameFitOptions options;
  options.max_iterations = 0;
  EXPECT_THROW(FrameFitter(skeleton, locks(skeleton), options), InvalidArgument);
  options = {};
  options.step_tolerance_sd = kNaN;
  EXPECT_THROW(FrameFitter(skeleton, locks(skeleton), options), InvalidArgument);
  Skeleton bad = skeleton;
  bad.markers[3].sigma_m = 0.0;
  EXPECT_THROW(FrameFitter(bad, locks(skeleton)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(parse_robust_loss("l2")), InvalidArgument);
}

TEST(RobustLoss, WeightIsTheDerivativeOfTheCost) {
  for (const auto loss :
       {RobustLoss::none, RobustLoss::huber, RobustLoss::cauchy, RobustLoss::tukey}) {
    for (const double s : {0.01, 1.0, 8.0, 10.0, 50.0}) {
      const double slope =
          (robust_cost(loss, s + 1e-5, 3.0) - robust_cost(loss, s - 1e-5, 3.0)) / 2e-5;
      EXPECT_NEAR(robust_weight(loss, s, 3.0), slope, 1e-6) << to_string(loss) << " " << s;
    }
  }
}

}  // namespace
}  // namespace runmech
