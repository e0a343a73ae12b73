// SPDX-License-Identifier: BSD-3-Clause
// Error bars of the frame fit: do they hold the truth, and do they know what is missing?
#include <gtest/gtest.h>

#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/fit/fit.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

constexpr double kNoise_m = 0.005;

Motion by_frames(const Recording& recording, const Skeleton& skeleton) {
  FitOptions options;
  options.method = "frame";
  return fit(recording, skeleton, options);
}

/// Share of times and rotations at which the truth lies within 1.96 SD, values or velocities.
double coverage(const Motion& motion, int derivative) {
  int inside = 0;
  int n = 0;
  const double step = 1e-4;
  for (const double t : motion.time_s) {
    const auto pose = [&](double at) { return test::running_pose(motion.skeleton, at); };
    const Eigen::VectorXd truth =
        derivative == 0 ? pose(t) : Eigen::VectorXd((pose(t + step) - pose(t - step)) / (2 * step));
    for (int j = 0; j < motion.skeleton.n_coordinates(); ++j) {
      if (!motion.skeleton.coordinates[j].rotation) continue;
      const double error = motion.coordinate(j, t, derivative) - truth[j];
      inside += std::abs(error) < 1.96 * motion.sd(j, t, derivative) ? 1 : 0;
      ++n;
    }
  }
  return static_cast<double>(inside) / n;
}

// This truth has two harmonics: smoothing costs it less than the bars allow for. On movements as
// sharp as real ones see benchmarks/accuracy.
TEST(FramePosterior, IntervalsCoverTheTruth) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  double value = 0.0;
  double velocity = 0.0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const Motion motion = by_frames(test::record(skeleton, 400, 200.0, kNoise_m, seed), skeleton);
    value += coverage(motion, 0) / 4.0;
    velocity += coverage(motion, 1) / 4.0;
  }
  EXPECT_GT(value, 0.93);
  EXPECT_LT(value, 0.98);
  EXPECT_GT(velocity, 0.93);
}

// The sigmas stated for the markers need not be true: the scale is that of the data.
TEST(FramePosterior, DoesNotDependOnTheStatedSigmas) {
  const Skeleton truth = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(truth, 300, 200.0, kNoise_m, 2);
  Skeleton careless = truth;
  for (Marker& marker : careless.markers) marker.sigma_m *= 3.0;
  const Motion a = by_frames(recording, truth);
  const Motion b = by_frames(recording, careless);
  const int knee = truth.coordinate("knee_angle_r");
  EXPECT_NEAR(b.sd(knee, 0.7) / a.sd(knee, 0.7), 1.0, 0.1);
}

TEST(FramePosterior, GrowsWhereMarkersAreMissing) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  Recording recording = test::record(skeleton, 400, 200.0, kNoise_m, 5);
  for (const char* label : {"shank_a_r", "shank_b_r", "ankle_lateral_r", "heel_r", "mt1_r", "mt5_r",
                            "toe_r", "small_toe_r"}) {
    recording.positions_m.block(192, 3 * *recording.index_of(label), 16, 3)
        .setConstant(std::nan(""));
  }
  const Motion motion = by_frames(recording, skeleton);
  const int knee = skeleton.coordinate("knee_angle_r");
  EXPECT_GT(motion.sd(knee, 1.0), 2.0 * motion.sd(knee, 0.5));
  EXPECT_NEAR(motion.sd(knee, 1.5) / motion.sd(knee, 0.5), 1.0, 0.25);
}

// At all times together, values and velocities, what smoothing may have taken away included.
TEST(FramePosterior, SamplesSpreadAsItSays) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Motion motion = by_frames(test::record(skeleton, 200, 200.0, kNoise_m, 8), skeleton);
  const auto drawn = motion.draw(800, 3);
  EXPECT_TRUE(drawn[0].control == motion.draw(1, 3)[0].control);
  EXPECT_FALSE(drawn[0].control == motion.draw(1, 4)[0].control);
  for (const char* name : {"knee_angle_r", "pelvis_tx", "ankle_angle_l", "subtalar_angle_r"}) {
    const int k = skeleton.coordinate(name);
    for (const int derivative : {0, 1}) {
      double ratio = 0.0;
      int n = 0;
      for (double t = 0.05; t < 0.95; t += 0.06) {
        double squares = 0.0;
        for (const Motion& m : drawn) {
          squares +=
              std::pow(m.coordinate(k, t, derivative) - motion.coordinate(k, t, derivative), 2);
        }
        ratio +=
            squares / static_cast<double>(drawn.size()) / std::pow(motion.sd(k, t, derivative), 2);
        ++n;
      }
      EXPECT_NEAR(std::sqrt(ratio / n), 1.0, 0.03) << name << derivative;
    }
  }
}

// Errors of pelvis and hip go against each other: points move less than angles say. Where the two
// are smoothed differently, samples give up some of that.
TEST(FramePosterior, SamplesMovePointsAsFarAsTheyErr) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const BodyPoint knee = skeleton.landmark("knee_r");
  double error = 0.0;
  double drawn = 0.0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Recording recording = test::record(skeleton, 200, 200.0, kNoise_m, seed);
    const Motion motion = by_frames(recording, skeleton);
    const auto samples = motion.draw(20, seed);
    for (double t = 0.2; t < 0.8; t += 0.03) {
      const Eigen::VectorXd pose = test::running_pose(skeleton, t);
      SkeletonState<double> state;
      forward_kinematics(skeleton, pose.data(), state);
      error += (motion.point(knee, t) - point_position(state, knee)).squaredNorm();
      for (const Motion& m : samples) {
        drawn += (m.point(knee, t) - motion.point(knee, t)).squaredNorm() / 20.0;
      }
    }
  }
  EXPECT_GT(std::sqrt(drawn / error), 0.9);
  EXPECT_LT(std::sqrt(drawn / error), 1.6);
}

TEST(FramePosterior, AHandfulOfFramesHasNone) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Motion motion = by_frames(test::record(skeleton, 4, 200.0, kNoise_m), skeleton);
  EXPECT_EQ(motion.posterior, nullptr);
  EXPECT_TRUE(std::isnan(motion.sd(0, 0.01)));
  EXPECT_THROW(static_cast<void>(motion.draw(1, 1)), InvalidArgument);
}

}  // namespace
}  // namespace runmech
