// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/fit.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <limits>
#include <set>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

static_assert(lists_all_fields<FitOptions>());

void hide(Recording& recording, const std::string& label, int from, int to) {
  const auto k = recording.index_of(label).value();
  recording.positions_m.block(from, 3 * k, to - from, 3).setConstant(kNaN);
}

/// Labels on a segment of the skeleton.
std::vector<std::string> labels_on(const Skeleton& skeleton,
                                   std::initializer_list<const char*> segments) {
  std::vector<std::string> labels;
  for (const auto& marker : skeleton.markers) {
    for (const char* s : segments) {
      if (marker.at.segment == skeleton.segment(s)) labels.push_back(marker.at.name);
    }
  }
  return labels;
}

bool mentions(const Motion& motion, const std::string& code, const std::string& word) {
  for (const auto& note : motion.notes) {
    if (note.code == code && note.text.find(word) != std::string::npos) return true;
  }
  return false;
}

TEST(Fit, MotionFollowsTheTruthInAngleVelocityAndPoints) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 800, 200.0, 0.005, 2, 3.5);
  const Motion motion = fit(recording, skeleton);
  double angle = 0.0, rate = 0.0, raw = 0.0;
  int n = 0;
  for (int i = 20; i < 780; ++i) {
    const double t = recording.time_s[i];
    const Eigen::VectorXd truth = test::running_pose(skeleton, t, 3.5);
    const Eigen::VectorXd speed = (test::running_pose(skeleton, t + 1e-5, 3.5) -
                                   test::running_pose(skeleton, t - 1e-5, 3.5)) /
                                  2e-5;
    angle += (motion.coordinates(t) - truth).tail(25).squaredNorm();
    rate += (motion.coordinates(t, 1) - speed).tail(25).squaredNorm();
    raw += (motion.frame_coordinates.row(i).transpose() - truth).tail(25).squaredNorm();
    n += 25;
  }
  // White noise at 200 Hz and motion below 3 Hz: smoothing must gain what fitting.md 1.3 reached.
  EXPECT_LT(degrees(std::sqrt(angle / n)), 0.40 * degrees(std::sqrt(raw / n)));
  EXPECT_LT(degrees(std::sqrt(rate / n)), 16.0);
  const BodyPoint& toe = skeleton.landmark("toe_l");
  const double t = 1.7321;
  SkeletonState<double> state;
  const Eigen::VectorXd truth = test::running_pose(skeleton, t, 3.5);
  forward_kinematics(skeleton, truth.data(), state);
  EXPECT_LT((motion.point(toe, t) - point_position(state, toe)).norm(), 0.008);
  EXPECT_TRUE(motion.coordinate(3, -0.01) != motion.coordinate(3, -0.01)) << "outside is NaN";
  EXPECT_TRUE(std::isnan(motion.point(toe, 5.0).x()));
}

TEST(Fit, PointVelocityAndAccelerationAreDerivativesOfThePosition) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 200, 200.0, 0.0, 2, 3.5);
  const Motion motion = fit(recording, skeleton);
  for (const char* name : {"toe_r", "wrist_l", "c7", "asis_r"}) {
    const BodyPoint& at = skeleton.landmark(name);
    for (const double t : {0.2013, 0.5, 0.7777}) {
      const double h = 1e-5;
      const Eigen::Vector3d v = (motion.point(at, t + h) - motion.point(at, t - h)) / (2 * h);
      const Eigen::Vector3d a = (motion.point(at, t + h, 1) - motion.point(at, t - h, 1)) / (2 * h);
      EXPECT_LT((motion.point(at, t, 1) - v).norm(), 1e-5 * (1.0 + v.norm())) << name;
      EXPECT_LT((motion.point(at, t, 2) - a).norm(), 1e-4 * (1.0 + a.norm())) << name;
    }
    const Points points = motion.points(at);
    EXPECT_LT((points.row(77).transpose() - motion.point(at, recording.time_s[77])).norm(), 1e-14);
  }
}

TEST(Fit, StatedUncertaintyIsThatOfOneFrame) {
  const Skeleton skeleton = test::marked_skeleton(0.010);  // sigma stated twice too large
  const auto recording = test::record(skeleton, 1000, 200.0, 0.005, 4);
  FitOptions options;
  options.frame.loss = RobustLoss::none;
  const Motion motion = fit(recording, skeleton, options);
  for (int j = 0; j < skeleton.n_coordinates(); ++j) {
    double squared = 0.0;
    for (int i = 0; i < 1000; ++i) {
      const double truth = test::running_pose(skeleton, recording.time_s[i])[j];
      squared += std::pow(motion.frame_coordinates(i, j) - truth, 2);
    }
    EXPECT_NEAR(motion.coordinate_sd[j] / std::sqrt(squared / 1000.0), 1.0, 0.25)
        << skeleton.coordinates[j].name;
  }
}

// C22: joints the data cannot determine.
TEST(Fit, MissingLimbIsUndeterminedAndTheRestIsAsBefore) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto whole = test::record(skeleton, 150, 100.0, 0.001, 3);
  const Motion before = fit(whole, skeleton);
  auto cut = whole;
  for (const auto& label : labels_on(skeleton, {"tibia_l", "talus_l", "calcn_l", "toes_l"})) {
    hide(cut, label, 0, 150);
  }
  const Motion after = fit(cut, skeleton);
  const std::set<std::string> lost{"knee_angle_l", "ankle_angle_l", "subtalar_angle_l"};
  for (int j = 0; j < skeleton.n_coordinates(); ++j) {
    const auto& name = skeleton.coordinates[j].name;
    if (name == "mtp_angle_l") continue;
    if (lost.contains(name)) {
      EXPECT_EQ(after.coordinate_status[j], CoordinateStatus::undetermined) << name;
      EXPECT_TRUE(std::isnan(after.coordinate(j, 0.7))) << name;
      EXPECT_TRUE(after.frame_coordinates.col(j).array().isNaN().all());
      EXPECT_TRUE(mentions(after, "undetermined", name));
      continue;
    }
    ASSERT_EQ(after.coordinate_status[j], CoordinateStatus::observed) << name;
    const double shift = after.coordinate(j, 0.7) - before.coordinate(j, 0.7);
    const bool thigh = name.starts_with("hip_") && name.ends_with("_l");
    // The thigh now rests on its own three markers, with the noise that brings.
    EXPECT_LT(std::abs(degrees(shift)), thigh ? 0.6 : 0.2) << name;
  }
  EXPECT_TRUE(std::isnan(after.point(skeleton.landmark("ankle_l"), 0.7).x()));
  EXPECT_TRUE(std::isnan(after.point(skeleton.landmark("toe_l"), 0.7).x()));
  EXPECT_FALSE(std::isnan(after.point(skeleton.landmark("knee_r"), 0.7).x()));
}

TEST(Fit, PelvisMarkersAloneGiveThePelvisAlone) {
  const Skeleton skeleton = test::marked_skeleton();
  auto recording = test::record(skeleton, 150, 100.0, 0.001, 3);
  const auto kept = labels_on(skeleton, {"pelvis"});
  for (const auto& label : recording.labels) {
    if (std::find(kept.begin(), kept.end(), label) == kept.end()) hide(recording, label, 0, 150);
  }
  const Motion motion = fit(recording, skeleton);
  const Eigen::VectorXd truth = test::running_pose(skeleton, 0.7);
  for (int j = 0; j < skeleton.n_coordinates(); ++j) {
    if (j < 6) {
      EXPECT_NEAR(motion.coordinate(j, 0.7), truth[j], 0.01);
    } else {
      EXPECT_NE(motion.coordinate_status[j], CoordinateStatus::observed);
      EXPECT_TRUE(std::isnan(motion.coordinate(j, 0.7)));
    }
  }
}

// C23: gaps stay local and visible.
TEST(Fit, ShortGapIsBridgedAndNotedLongOneIsMissing) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto whole = test::record(skeleton, 500, 100.0, 0.001, 5);
  const Motion before = fit(whole, skeleton);
  auto holed = whole;
  const auto shank_and_foot = labels_on(skeleton, {"tibia_l", "talus_l", "calcn_l", "toes_l"});
  for (const auto& label : shank_and_foot) {
    hide(holed, label, 200, 206);
    hide(holed, label, 300, 330);
  }
  hide(holed, "toe_r", 0, 25);
  hide(holed, "mt5_r", 0, 500);
  const Motion after = fit(holed, skeleton);
  const int knee = skeleton.coordinate("knee_angle_l");
  EXPECT_TRUE(mentions(after, "missing", "mt5_r"));
  EXPECT_TRUE(mentions(after, "gaps", "knee_angle_l"));
  EXPECT_EQ(after.quality[203].status, FrameStatus::few_markers);
  EXPECT_TRUE(std::isnan(after.frame_coordinates(203, knee)));
  EXPECT_FALSE(std::isnan(after.coordinate(knee, 2.03)));  // bridged ...
  EXPECT_NEAR(degrees(after.coordinate(knee, 2.03) - before.coordinate(knee, 2.03)), 0.0, 3.0);
  EXPECT_TRUE(std::isnan(after.coordinate(knee, 3.15)));  // ... missing
  EXPECT_TRUE(std::isnan(after.point(skeleton.landmark("ankle_l"), 3.15).x()));
  EXPECT_FALSE(std::isnan(after.coordinate(skeleton.coordinate("knee_angle_r"), 3.15)));
  for (int i = 0; i < 500; ++i) {
    if ((i > 189 && i < 217) || (i > 289 && i < 341)) continue;
    for (const char* name : {"knee_angle_l", "ankle_angle_l", "hip_flexion_l", "knee_angle_r"}) {
      const int j = skeleton.coordinate(name);
      EXPECT_LT(std::abs(degrees(after.coordinate(j, i / 100.0) - before.coordinate(j, i / 100.0))),
                0.1)
          << name << " " << i;
    }
    const double speed = after.point(skeleton.landmark("toe_r"), i / 100.0, 1).norm();
    EXPECT_LT(speed, 15.0);
  }
}

TEST(Fit, RigidMotionOfTheDataMovesOnlyTheBase) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 100, 100.0, 0.003, 6);
  auto moved = recording;
  const Eigen::Matrix3d r = Eigen::AngleAxisd(0.7, Eigen::Vector3d::UnitY()).toRotationMatrix();
  for (Eigen::Index i = 0; i < 100; ++i) {
    for (Eigen::Index k = 0; k < moved.n_points(); ++k) {
      const Eigen::Vector3d p = recording.positions_m.row(i).segment<3>(3 * k).transpose();
      moved.positions_m.row(i).segment<3>(3 * k) =
          (r * p + Eigen::Vector3d(100, 2, -40)).transpose();
    }
  }
  const Motion a = fit(recording, skeleton);
  const Motion b = fit(moved, skeleton);
  EXPECT_LT(
      degrees((a.frame_coordinates - b.frame_coordinates).rightCols(25).cwiseAbs().maxCoeff()),
      0.01);
}

TEST(Fit, ScaledBodyOnAScaledClockGivesTheSameAngles) {
  const Skeleton adult = test::marked_skeleton(0.005, {70.0, 1.75, Sex::female, ""});
  const double scale = 0.62;
  const Skeleton child =
      test::marked_skeleton(0.005 * scale, {30.0, 1.75 * scale, Sex::female, ""});
  const auto recording = test::record(adult, 100, 100.0, 0.003, 6);
  auto small = recording;
  small.positions_m *= scale;
  for (auto& t : small.time_s) t *= std::sqrt(scale);
  const Motion a = fit(recording, adult);
  const Motion b = fit(small, child);
  EXPECT_LT(
      degrees((a.frame_coordinates - b.frame_coordinates).rightCols(28).cwiseAbs().maxCoeff()),
      0.01);
}

TEST(Fit, OtherUnitsAreSaidNotFitted) {
  const Skeleton skeleton = test::marked_skeleton();
  auto recording = test::record(skeleton, 60, 100.0);
  recording.positions_m *= 1000.0;
  const Motion motion = fit(recording, skeleton);
  EXPECT_TRUE(motion.frame_coordinates.array().isNaN().all());
  EXPECT_TRUE(mentions(motion, "units", "metres"));
  EXPECT_TRUE(std::isnan(motion.coordinate(3, 0.3)));
}

TEST(Fit, DegenerateRecordings) {
  const Skeleton skeleton = test::marked_skeleton();
  for (const int n : {1, 2, 5}) {
    const auto recording = test::record(skeleton, n, 100.0);
    const Motion motion = fit(recording, skeleton);
    const double truth = test::running_pose(skeleton, 0.0)[3];
    EXPECT_NEAR(motion.coordinate(3, 0.0), truth, 1e-3) << n;
  }
  auto recording = test::record(skeleton, 10, 100.0);
  recording.positions_m.setConstant(kNaN);
  EXPECT_TRUE(fit(recording, skeleton).frame_coordinates.array().isNaN().all());
  recording = trimmed(test::record(skeleton, 10, 100.0), 0.0, 0.05);
  recording.labels.assign(recording.labels.size(), "");
  for (std::size_t k = 0; k < recording.labels.size(); ++k)
    recording.labels[k] = "*" + std::to_string(k);
  EXPECT_THROW(static_cast<void>(fit(recording, skeleton)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(fit(Recording{}, skeleton)), InvalidArgument);
  FitOptions options;
  options.method = "guess";
  EXPECT_THROW(static_cast<void>(fit(test::record(skeleton, 5, 100.0), skeleton, options)),
               InvalidArgument);
}

TEST(Fit, ReportsProgressAndStopsWhenAsked) {
  const Skeleton skeleton = test::marked_skeleton();
  const auto recording = test::record(skeleton, 400, 100.0, 0.003);
  double last = -1.0;
  static_cast<void>(fit(recording, skeleton, {}, [&](double fraction, std::string_view) {
    EXPECT_GE(fraction, last);
    last = fraction;
    return true;
  }));
  EXPECT_EQ(last, 1.0);
  int calls = 0;
  EXPECT_THROW(static_cast<void>(fit(recording, skeleton, {},
                                     [&](double, std::string_view) { return ++calls < 2; })),
               Cancelled);
}

}  // namespace
}  // namespace runmech
