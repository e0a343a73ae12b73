// SPDX-License-Identifier: BSD-3-Clause
// What no number of strides averages out: is it propagated as it acts, and drawn as it is stated?
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>

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

/// A table in which only the thighs' markers move, along or about the bone's own axes.
class OnlyThighsMove {
 public:
  OnlyThighsMove(const std::string& millimetres, const std::string& degrees)
      : path_(std::filesystem::temp_directory_path() / ("skin_errors_" + degrees + ".json")) {
    std::ofstream(path_) << R"({"body_m": 0.85925, "speed_m_s": 3.5, "per_m_s": 0, "rate_rad_s": 20,
      "skin": {"femur": {"slides_mm": )"
                         << millimetres << R"(, "turns_deg": )" << degrees
                         << R"(}}, "joints": {}, "landmarks": {}})";
  }
  ~OnlyThighsMove() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const std::vector<std::string> kThigh{"knee_lateral", "thigh_a", "thigh_b"};

/// Thighs' markers as one piece turned about their middle and slid, in the bone's own axes.
Recording with_thighs_moved(const Skeleton& skeleton, const Recording& still,
                            const std::vector<std::string>& sides, const Eigen::Vector3d& slide_m,
                            const Eigen::Vector3d& axis, double angle) {
  Recording out = still;
  for (const std::string& side : sides) {
    const int thigh = skeleton.segment("femur" + side);
    for (Eigen::Index i = 0; i < still.n_frames(); ++i) {
      const Eigen::VectorXd pose = test::running_pose(skeleton, still.time_s[i]);
      SkeletonState<double> state;
      forward_kinematics(skeleton, pose.data(), state);
      const Eigen::Matrix3d turn =
          Eigen::AngleAxisd(angle, state.rotation[thigh] * axis).toRotationMatrix();
      Eigen::Vector3d middle = Eigen::Vector3d::Zero();
      const auto place = [&](const std::string& label) {
        return still.positions_m.row(i).segment<3>(3 * *still.index_of(label + side));
      };
      for (const auto& label : kThigh) middle += place(label).transpose() / 3.0;
      for (const auto& label : kThigh) {
        out.positions_m.row(i).segment<3>(3 * *out.index_of(label + side)) =
            (middle + turn * (place(label).transpose() - middle) + state.rotation[thigh] * slide_m)
                .transpose();
      }
    }
  }
  return out;
}

double rms_between(const Motion& a, const Motion& b, int coordinate) {
  double squares = 0.0;
  for (const double t : a.time_s) {
    squares += std::pow(a.coordinate(coordinate, t) - b.coordinate(coordinate, t), 2);
  }
  return std::sqrt(squares / static_cast<double>(a.time_s.size()));
}

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
  const Recording turned = with_thighs_moved(skeleton, still, {"_r", "_l"}, Eigen::Vector3d::Zero(),
                                             Eigen::Vector3d::UnitY(), radians(6.0));
  const OnlyThighsMove table("[0, 0, 0]", "[0, 6, 0]");
  FitOptions options = by_frames(table.path());
  options.frame.loss = RobustLoss::none;
  const Motion before = fit(still, skeleton, options);
  const Motion after = fit(turned, skeleton, options);
  for (const char* name : {"hip_rotation_r", "hip_rotation_l"}) {
    const int j = skeleton.coordinate(name);
    const double moved = rms_between(after, before, j);
    EXPECT_GT(degrees(moved), 0.3) << name;
    EXPECT_NEAR(before.systematic->shape(j) / moved, 1.0, 0.15) << name;
    EXPECT_EQ(before.offset_sd(j), 0.0);
  }
}

// The same for plates whose markers err together: the fit follows less of a slide and more of a
// turn than it would without, and the table goes through those weights. Both methods.
TEST(Systematic, IsWhatAPlateDoesWhoseMarkersErrTogether) {
  Skeleton skeleton = on_skin();
  const Skeleton plain = skeleton;
  for (const char* name : {"femur_r", "femur_l"}) {
    skeleton.segments[skeleton.segment(name)].common_error_m = 3.0 * kNoise_m;
  }
  for (Marker& marker : skeleton.markers) {
    if (skeleton.segments[marker.at.segment].common_error_m > 0.0) marker.sigma_m = 0.3 * kNoise_m;
  }
  const Recording still = test::record(skeleton, 288, 200.0, 0.0);  // too short to seat markers
  struct Case {
    Eigen::Vector3d slide_m;
    Eigen::Vector3d axis;
    double angle_deg;
    std::string millimetres;
    std::string degrees;
    std::string coordinate;
  };
  const std::vector<Case> cases{
      {{0.03, 0, 0}, Eigen::Vector3d::UnitX(), 0.0, "[30, 0, 0]", "[0, 0, 0]", "hip_flexion"},
      {{0, 0, 0.02}, Eigen::Vector3d::UnitX(), 0.0, "[0, 0, 20]", "[0, 0, 0]", "hip_adduction"},
      {{0, 0, 0}, Eigen::Vector3d::UnitY(), 2.0, "[0, 0, 0]", "[0, 2, 0]", "hip_rotation"},
      {{0, 0, 0}, Eigen::Vector3d::UnitZ(), 2.0, "[0, 0, 0]", "[0, 0, 2]", "hip_flexion"}};
  for (const Case& c : cases) {
    const OnlyThighsMove table(c.millimetres, c.degrees);
    for (const char* method : {"frame", "trajectory"}) {
      FitOptions options = by_frames(table.path());
      options.method = method;
      options.frame.loss = RobustLoss::none;
      options.trajectory.loss = RobustLoss::none;
      const Motion before = fit(still, skeleton, options);
      const Motion without = fit(still, plain, options);
      const int j = skeleton.coordinate(c.coordinate + "_r");
      // Each thigh errs for itself.
      double squares = 0.0;
      for (const char* side : {"_r", "_l"}) {
        const Recording moved =
            with_thighs_moved(skeleton, still, {side}, c.slide_m, c.axis, radians(c.angle_deg));
        squares += std::pow(rms_between(fit(moved, skeleton, options), before, j), 2);
      }
      const double off = std::sqrt(squares);
      EXPECT_GT(degrees(off), 0.1) << c.coordinate << " " << method;
      EXPECT_NEAR(before.systematic->shape(j) / off, 1.0, 0.05) << c.coordinate << " " << method;
      // That it goes by the weights of this skeleton is seen, too.
      EXPECT_GT(std::abs(std::log(without.systematic->shape(j) / off)), 0.2)
          << c.coordinate << " " << method;
    }
  }
}

/// Errors that last: each marker's own and what a segment's are off together, as large as stated,
/// the same in every stride.
Recording with_lasting_errors(const Skeleton& skeleton, const Recording& clean, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> phase(0.0, 6.283);
  const auto wave = [&](double sd) {
    Eigen::VectorXd out(clean.n_frames());
    const double a = phase(random);
    const double b = phase(random);
    for (Eigen::Index i = 0; i < out.size(); ++i) {
      const double turn = 6.283185 * clean.time_s[i] / kStride_s;
      out[i] = sd * (1.2 * std::sin(turn + a) + 0.75 * std::sin(2.0 * turn + b));
    }
    return out;
  };
  Recording out = clean;
  std::vector<std::array<Eigen::VectorXd, 3>> together(skeleton.segments.size());
  for (std::size_t s = 0; s < together.size(); ++s) {
    for (auto& axis : together[s]) axis = wave(skeleton.segments[s].common_error_m);
  }
  for (const Marker& marker : skeleton.markers) {
    const auto column = static_cast<Eigen::Index>(3 * *clean.index_of(marker.at.name));
    for (Eigen::Index x = 0; x < 3; ++x) {
      out.positions_m.col(column + x) += wave(marker.sigma_m) + together[marker.at.segment][x];
    }
  }
  return out;
}

// Nothing is known but the residuals. Feet that err by more than stated, plates that err together:
// the stated error is that of the angles, neither from a neighbour's residuals nor from those of a
// segment that the pose follows.
TEST(Systematic, OfResidualsIsTheErrorOfTheAngles) {
  Skeleton skeleton = test::marked_skeleton(kNoise_m);
  for (const char* name : {"femur_r", "femur_l"}) {
    skeleton.segments[skeleton.segment(name)].common_error_m = 0.008;
  }
  Skeleton actual = skeleton;
  for (Marker& marker : actual.markers) {
    const std::string& on = actual.segments[marker.at.segment].name;
    if (on.starts_with("calcn")) marker.sigma_m *= 2.0;
    if (on.starts_with("tibia")) marker.sigma_m *= 0.5;
  }
  const Recording clean = test::record(skeleton, 400, 200.0, 0.0);
  const Motion truth = fit(clean, skeleton, by_frames());
  std::map<std::string, double> squares;
  std::map<std::string, double> stated;
  constexpr int kTrials = 12;
  for (unsigned seed = 1; seed <= kTrials; ++seed) {
    const Motion motion = fit(with_lasting_errors(actual, clean, seed), skeleton, by_frames());
    for (const std::string name : {"hip_flexion", "hip_adduction", "knee_angle", "ankle_angle"}) {
      for (const char* side : {"_r", "_l"}) {
        const int j = skeleton.coordinate(name + side);
        squares[name] += std::pow(rms_between(motion, truth, j), 2);
        stated[name] += std::pow(motion.systematic->shape(j), 2);
      }
    }
  }
  for (const auto& [name, sum] : squares) {
    EXPECT_NEAR(std::sqrt(stated[name] / sum), 1.0, 0.25) << name;
  }
}

// A marker that sits elsewhere than calibrated, all the time, is no movement.
TEST(Systematic, AConstantIsNotShape) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording clean = test::record(skeleton, 400, 200.0, 0.001, 7);
  Recording shifted = clean;
  Recording moving = clean;
  const int shank = skeleton.segment("tibia_r");
  const auto column = static_cast<Eigen::Index>(3 * *clean.index_of("shank_a_r"));
  for (Eigen::Index i = 0; i < clean.n_frames(); ++i) {
    const Eigen::VectorXd pose = test::running_pose(skeleton, clean.time_s[i]);
    SkeletonState<double> state;
    forward_kinematics(skeleton, pose.data(), state);
    const Eigen::Vector3d off = state.rotation[shank] * Eigen::Vector3d(0.007, 0.0, 0.007);
    shifted.positions_m.row(i).segment<3>(column) += off.transpose();
    moving.positions_m.row(i).segment<3>(column) +=
        1.414 * std::sin(6.283185 * clean.time_s[i] / kStride_s) * off.transpose();
  }
  const int knee = skeleton.coordinate("knee_angle_r");
  const double of_shift = fit(shifted, skeleton, by_frames()).systematic->shape(knee);
  const double of_movement = fit(moving, skeleton, by_frames()).systematic->shape(knee);
  EXPECT_LT(of_shift, 0.4 * of_movement);
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
