// SPDX-License-Identifier: BSD-3-Clause
// What no number of strides averages out: is it propagated as it acts, and drawn as it is stated?
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <filesystem>
#include <fstream>

#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/fit/fit.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

constexpr double kNoise_m = 0.005;
constexpr double kStride_s = 0.72;

FitOptions by_frames(const std::string& skin_errors_path = "") {
  FitOptions options;
  options.method = "frame";
  options.skin_errors_path = skin_errors_path;
  return options;
}

Skeleton on_skin() {
  Skeleton skeleton = test::marked_skeleton(kNoise_m);
  skeleton.on_skin = true;
  return skeleton;
}

/// A table in which only the thighs' markers turn, about the bone's own axes.
class OnlyThighsTurn {
 public:
  explicit OnlyThighsTurn(const std::string& degrees)
      : path_(std::filesystem::temp_directory_path() / ("skin_errors_" + degrees + ".json")) {
    std::ofstream(path_) << R"({"body_m": 0.85925, "speed_m_s": 3.5, "per_m_s": 0, "rate_rad_s": 20,
      "skin": {"femur": {"slides_mm": [0, 0, 0], "turns_deg": )"
                         << degrees << R"(}}, "joints": {}, "landmarks": {}})";
  }
  ~OnlyThighsTurn() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(Systematic, ASkeletonThatIsNotOnSkinIsTakenAtItsWord) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Motion motion = fit(test::record(skeleton, 300, 200.0, kNoise_m, 1), skeleton, by_frames());
  const int knee = skeleton.coordinate("knee_angle_r");
  ASSERT_NE(motion.systematic, nullptr);
  EXPECT_FALSE(motion.systematic->skin);
  EXPECT_EQ(motion.offset_sd(knee), 0.0);
  EXPECT_LT(motion.systematic->shape(knee), 0.35 * motion.coordinate_sd[knee]);
  EXPECT_FALSE(motion.weakly_observed(knee));
}

// Turns both thighs' markers rigidly about their middle and fits again: the angles move as far as
// the table says that they would.
TEST(Systematic, IsWhatMarkersThatMoveAsOnePieceDo) {
  const Skeleton skeleton = on_skin();
  const Recording still = test::record(skeleton, 288, 200.0, 0.0);
  Recording turned = still;
  const double angle = radians(6.0);
  for (const std::string side : {"_r", "_l"}) {
    const std::vector<std::string> labels{"knee_lateral" + side, "thigh_a" + side,
                                          "thigh_b" + side};
    const int thigh = skeleton.segment("femur" + side);
    for (Eigen::Index i = 0; i < still.n_frames(); ++i) {
      const Eigen::VectorXd pose = test::running_pose(skeleton, still.time_s[i]);
      SkeletonState<double> state;
      forward_kinematics(skeleton, pose.data(), state);
      const Eigen::Matrix3d turn =
          Eigen::AngleAxisd(angle, state.rotation[thigh].col(1)).toRotationMatrix();
      Eigen::Vector3d middle = Eigen::Vector3d::Zero();
      const auto place = [&](const std::string& label) {
        return still.positions_m.row(i).segment<3>(3 * *still.index_of(label));
      };
      for (const auto& label : labels) middle += place(label).transpose() / 3.0;
      for (const auto& label : labels) {
        turned.positions_m.row(i).segment<3>(3 * *turned.index_of(label)) =
            (middle + turn * (place(label).transpose() - middle)).transpose();
      }
    }
  }
  const OnlyThighsTurn table("[0, 6, 0]");
  FitOptions options = by_frames(table.path());
  options.frame.loss = RobustLoss::none;
  const Motion before = fit(still, skeleton, options);
  const Motion after = fit(turned, skeleton, options);
  for (const char* name : {"hip_rotation_r", "hip_rotation_l"}) {
    const int j = skeleton.coordinate(name);
    double squares = 0.0;
    for (const double t : still.time_s) {
      squares += std::pow(after.coordinate(j, t) - before.coordinate(j, t), 2);
    }
    const double moved = std::sqrt(squares / static_cast<double>(still.n_frames()));
    EXPECT_GT(degrees(moved), 0.3) << name;
    EXPECT_NEAR(before.systematic->shape(j) / moved, 1.0, 0.15) << name;
    EXPECT_EQ(before.offset_sd(j), 0.0);
  }
}

// Where shank and foot were not recorded nothing but the skin of the thigh tells how it is turned.
TEST(Systematic, GrowsWhereMarkersAreMissing) {
  const Skeleton skeleton = on_skin();
  const Recording whole = test::record(skeleton, 300, 200.0, kNoise_m, 2);
  Recording less = whole;
  for (const char* label : {"shank_a_l", "shank_b_l", "ankle_lateral_l", "heel_l", "mt1_l", "mt5_l",
                            "toe_l", "small_toe_l"}) {
    less.positions_m.middleCols(3 * *less.index_of(label), 3).setConstant(std::nan(""));
  }
  const Motion a = fit(whole, skeleton, by_frames());
  const Motion b = fit(less, skeleton, by_frames());
  const int left = skeleton.coordinate("hip_rotation_l");
  const int right = skeleton.coordinate("hip_rotation_r");
  EXPECT_GT(b.systematic->shape(left), 1.3 * a.systematic->shape(left));
  EXPECT_NEAR(b.systematic->shape(right) / a.systematic->shape(right), 1.0, 0.1);
  EXPECT_TRUE(b.weakly_observed(left));
  EXPECT_TRUE(std::isnan(b.systematic_sd(skeleton.coordinate("knee_angle_l"), 0.7)));
}

TEST(Systematic, HasAConstantAndAPartThatRepeats) {
  const Skeleton skeleton = on_skin();
  const Motion motion = fit(test::record(skeleton, 400, 200.0, kNoise_m, 3), skeleton, by_frames());
  const std::vector<double> strikes{0.1, 0.1 + kStride_s, 0.1 + 2.0 * kStride_s};
  const auto drawn = motion.draw_systematic(300, 5, strikes);
  EXPECT_TRUE(drawn[0].control == motion.draw_systematic(1, 5, strikes)[0].control);
  for (const char* name : {"hip_flexion_r", "knee_angle_l", "pelvis_tilt"}) {
    const int j = skeleton.coordinate(name);
    double value = 0.0;
    double mean = 0.0;
    double velocity = 0.0;
    double repeat = 0.0;
    for (const Motion& m : drawn) {
      const auto off = [&](double t, int derivative = 0) {
        return m.coordinate(j, t, derivative) - motion.coordinate(j, t, derivative);
      };
      double over_stride = 0.0;
      for (int i = 0; i < 36; ++i) over_stride += off(0.4 + i * kStride_s / 36) / 36.0;
      value += std::pow(off(0.6), 2) / 300.0;
      velocity += std::pow(off(0.6, 1), 2) / 300.0;
      mean += over_stride * over_stride / 300.0;
      repeat = std::max(repeat, std::abs(off(0.6) - off(0.6 + kStride_s)));
    }
    EXPECT_NEAR(std::sqrt(mean) / motion.offset_sd(j), 1.0, 0.15) << name;
    EXPECT_NEAR(std::sqrt(value) / std::hypot(motion.systematic->shape(j), motion.offset_sd(j)),
                1.0, 0.15)
        << name;
    EXPECT_NEAR(std::sqrt(velocity) / (motion.systematic->shape(j) * motion.systematic->rate_rad_s),
                1.0, 0.2)
        << name;
    EXPECT_LT(degrees(repeat), 0.05) << name;
    EXPECT_NEAR(motion.total_sd(j, 0.6),
                std::hypot(motion.sd(j, 0.6), motion.systematic_sd(j, 0.6), motion.offset_sd(j)),
                1e-12);
  }
  EXPECT_THROW(static_cast<void>(motion.draw_systematic(1, 1, {0.1})), InvalidArgument);
}

TEST(Systematic, ABadTableIsNamed) {
  const Skeleton skeleton = on_skin();
  const Recording recording = test::record(skeleton, 50, 200.0, kNoise_m);
  EXPECT_THROW(static_cast<void>(fit(recording, skeleton, by_frames("/nowhere.json"))), IoError);
}

}  // namespace
}  // namespace runmech
