// SPDX-License-Identifier: BSD-3-Clause
// A marker that goes takes its pull on the pose with it: the pose must not step.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "runmech/core/units.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/fit/fit_report.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

constexpr int kFrames = 480;
constexpr double kRate_hz = 150.0;
constexpr double kNoise_m = 0.001;
constexpr double kStride_s = 0.72;

/// The pelvis with its four spines and two more markers, as in RBDS.
Skeleton skeleton_with_pelvis() {
  Skeleton skeleton = test::marked_skeleton(0.008);
  const int pelvis = skeleton.segment("pelvis");
  skeleton.markers.push_back({{"crest_r", pelvis, {-0.05, 0.09, 0.13}}, 0.016, false});
  skeleton.markers.push_back({{"crest_l", pelvis, {-0.05, 0.09, -0.13}}, 0.016, false});
  return skeleton;
}

/// Every marker slides on its segment: 4 mm for good, 10 mm with the stride, 3 mm on its own time.
Recording on_skin(const Skeleton& skeleton) {
  Recording out = test::record(skeleton, kFrames, kRate_hz, kNoise_m, 5);
  SkeletonState<double> state;
  for (int i = 0; i < kFrames; ++i) {
    const double t = out.time_s[i];
    const Eigen::VectorXd q = test::running_pose(skeleton, t);
    forward_kinematics(skeleton, q.data(), state);
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      const auto axis = [&](double way) {
        const double own = 1.7 * static_cast<double>(k) + way;
        const double w = 2.0 * std::numbers::pi * t;
        return 0.004 * std::sin(3.0 * own) + 0.010 * std::sin(w / kStride_s + own) +
               0.003 * std::sin(0.9 * w + 5.0 * own);
      };
      const Eigen::Vector3d slide(axis(0.3), axis(1.1), axis(2.4));
      out.positions_m.row(i).segment<3>(3 * static_cast<Eigen::Index>(k)) +=
          (state.rotation[skeleton.markers[k].at.segment] * slide).transpose();
    }
  }
  return out;
}

Recording without(Recording recording, const std::vector<std::string>& labels, double start_s,
                  double end_s) {
  for (const std::string& label : labels) {
    const Eigen::Index column = 3 * *recording.index_of(label);
    for (Eigen::Index i = 0; i < recording.n_frames(); ++i) {
      if (recording.time_s[i] < start_s || recording.time_s[i] >= end_s) continue;
      recording.positions_m.row(i).segment<3>(column).setConstant(std::nan(""));
    }
  }
  return recording;
}

struct Loss {
  std::vector<std::string> labels;
  double start_s;
  double end_s;
  std::vector<std::string> watched;  ///< coordinates
  double limit_deg;
};

class LostMarkersOf : public testing::TestWithParam<const char*> {};

TEST_P(LostMarkersOf, LeaveThePoseWhereItIs) {
  const Skeleton skeleton = skeleton_with_pelvis();
  const Recording recording = on_skin(skeleton);
  FitOptions options;
  options.method = GetParam();
  const Motion whole = fit(recording, skeleton, options);
  const std::vector<std::string> pelvis{"pelvis_list", "pelvis_tilt"};
  for (const Loss& loss : {
           Loss{{"asis_r"}, 1.5, 1.6, pelvis, 0.5},
           Loss{{"asis_r"}, 1.4, 1.9, pelvis, 0.7},
           Loss{{"asis_l"}, 0.0, 0.3, pelvis, 0.7},
           Loss{{"psis_r"}, 2.9, 9.9, pelvis, 0.7},
           Loss{{"asis_r", "asis_l"}, 1.5, 1.8, pelvis, 1.5},
           Loss{{"thigh_a_r"}, 1.5, 1.8, {"hip_flexion_r", "knee_angle_r"}, 0.7},
           Loss{{"shank_a_l"}, 1.5, 1.8, {"knee_angle_l", "ankle_angle_l"}, 0.7},
           Loss{{"heel_r"}, 1.5, 1.8, {"ankle_angle_r"}, 1.0},
       }) {
    const Motion motion =
        fit(without(recording, loss.labels, loss.start_s, loss.end_s), skeleton, options);
    for (const std::string& name : loss.watched) {
      const int j = skeleton.coordinate(name);
      double most = 0.0;
      for (double t = std::max(0.0, loss.start_s - 0.1);
           t < std::min(loss.end_s + 0.1, motion.end_s()); t += 0.004) {
        most = std::max(most, std::abs(motion.coordinate(j, t) - whole.coordinate(j, t)));
      }
      EXPECT_LT(degrees(most), loss.limit_deg) << loss.labels[0] << " " << name;
    }
    // What is lost stays lost: in the report, and in what is known of the pose.
    for (const auto& line : motion.report->markers) {
      if (line.label != loss.labels[0]) continue;
      EXPECT_GT(line.longest_gap, 10);
      EXPECT_LT(line.n_seen, kFrames - 10);
    }
    const int j = skeleton.coordinate(loss.watched[0]);
    const double middle = 0.5 * (loss.start_s + std::min(loss.end_s, motion.end_s()));
    EXPECT_GT(motion.sd(j, middle), whole.sd(j, middle)) << loss.labels[0];
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, LostMarkersOf, testing::Values("frame", "trajectory"),
                         [](const auto& c) { return std::string(c.param); });

// What is noise cannot be predicted, and is not: as if nothing were expected.
TEST(LostMarkers, NoiseIsNotExpectedToReturn) {
  const Skeleton skeleton = skeleton_with_pelvis();
  const Recording recording = test::record(skeleton, 300, kRate_hz, 0.005, 7);
  const Motion whole = fit(recording, skeleton);
  const Motion motion = fit(without(recording, {"asis_r"}, 0.8, 1.1), skeleton);
  const int j = skeleton.coordinate("pelvis_list");
  double squares = 0.0;
  double variance = 0.0;
  for (double t = 0.85; t < 1.05; t += 0.01) {
    const double truth = test::running_pose(skeleton, t)[j];
    squares += std::pow(motion.coordinate(j, t) - truth, 2);
    variance += std::pow(motion.sd(j, t), 2);
  }
  EXPECT_LT(squares, 4.0 * variance);
}

}  // namespace
}  // namespace runmech
