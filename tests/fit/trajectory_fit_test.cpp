// SPDX-License-Identifier: BSD-3-Clause
#include "../../src/fit/trajectory_fit.hpp"

#include <gtest/gtest.h>

#include <random>

#include "../../src/fit/systematic_errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/fit/fit.hpp"
#include "support/marked_runner.hpp"

namespace runmech {
namespace {

using Columns = std::vector<std::optional<Eigen::Index>>;

Columns columns_of(const Skeleton& skeleton) {
  Columns out;
  for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
    out.emplace_back(static_cast<Eigen::Index>(k));
  }
  return out;
}

/// A quarter of the joints, both sides: what the errors are pooled over.
std::vector<int> leg_angles(const Skeleton& skeleton) {
  std::vector<int> out;
  for (const char* side : {"_r", "_l"}) {
    for (const char* stem :
         {"hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle"}) {
      out.push_back(skeleton.coordinate(std::string(stem) + side));
    }
  }
  return out;
}

double error_deg(const Motion& motion) {
  double sum = 0.0;
  int n = 0;
  for (const double t : motion.time_s) {
    const Eigen::VectorXd truth = test::running_pose(motion.skeleton, t);
    for (const int j : leg_angles(motion.skeleton)) {
      sum += std::pow(degrees(motion.coordinate(j, t) - truth[j]), 2);
      ++n;
    }
  }
  return std::sqrt(sum / n);
}

constexpr double kNoise_m = 0.005;

FitOptions by_frames() {
  FitOptions options;
  options.method = "frame";
  return options;
}

struct Fitted {
  Motion motion;
  TrajectoryResult result;
};
Fitted fitted(const Recording& recording, const Skeleton& skeleton, TrajectoryOptions options = {},
              const std::vector<SegmentScale>& scales = {}) {
  Fitted out;
  out.motion = fit(recording, skeleton, by_frames());
  out.result = refine_trajectory(recording, columns_of(skeleton), options, scales, {}, out.motion);
  return out;
}

// The weights come from the data alone; no multiple of them, chosen knowing the truth, does much
// better. This truth has two harmonics and nothing else: of all movements the one that most rewards
// smoothing more than honest intervals allow.
TEST(TrajectoryFit, FindsTheSmoothingWeight) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(skeleton, 600, 200.0, kNoise_m, 4);
  Motion motion = fit(recording, skeleton, by_frames());
  const double of_frames = error_deg(motion);
  TrajectoryOptions options;
  auto start = trajectory_start(recording, columns_of(skeleton), motion, options, {});
  TrajectorySystem system(start.problem);
  ASSERT_TRUE(estimate_trajectory(options, {}, system, start).minimum.converged);
  const FrameMatrix found = start.problem.lambda;
  double best = 1e9;
  double ours = 0.0;
  for (const double factor : {0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0}) {
    start.problem.lambda = factor * found;
    ASSERT_TRUE(minimise(start.problem, options, system, start.point).converged);
    motion.knots = start.problem.basis.knots;
    motion.degree = start.problem.basis.degree;
    motion.control.resize(start.point.control.rows(), skeleton.n_coordinates());
    for (int i = 0; i < start.problem.n(); ++i) {
      motion.control.col(start.coordinate[i]) = start.point.control.col(i);
    }
    const double error = error_deg(motion);
    best = std::min(best, error);
    if (factor == 1.0) ours = error;
  }
  EXPECT_LT(ours, 1.08 * best);
  EXPECT_LT(ours, 0.9 * of_frames);
  EXPECT_NEAR(start.problem.noise, 1.0, 0.03);
}

TEST(TrajectoryFit, AGapMovesNothingFarAway) {
  constexpr double kQuiet_m = 0.002;  // the noisier, the farther a smoother has to look
  const Skeleton skeleton = test::marked_skeleton(kQuiet_m);
  const Recording whole = test::record(skeleton, 500, 200.0, kQuiet_m, 5);
  Recording gap = whole;
  constexpr int kFirst = 240;
  constexpr int kEnd = 258;  // 90 ms: bridged
  for (const char* label :
       {"shank_a_r", "shank_b_r", "ankle_lateral_r", "heel_r", "mt1_r", "mt5_r"}) {
    gap.positions_m.block(kFirst, 3 * *gap.index_of(label), kEnd - kFirst, 3)
        .setConstant(std::nan(""));
  }
  const Fitted a = fitted(whole, skeleton);
  const Fitted b = fitted(gap, skeleton);
  for (int i = 0; i < 500; ++i) {
    const double t = whole.time_s[i];
    if (i >= kFirst - 10 && i < kEnd + 10) continue;
    for (const int j : leg_angles(skeleton)) {
      EXPECT_LT(degrees(std::abs(a.motion.coordinate(j, t) - b.motion.coordinate(j, t))), 0.1)
          << i << " " << skeleton.coordinates[j].name;
    }
  }
  const int knee = skeleton.coordinate("knee_angle_r");
  const double middle = whole.time_s[(kFirst + kEnd) / 2];
  EXPECT_GT(b.result.posterior->sd(knee, middle), 1.3 * a.result.posterior->sd(knee, middle));
  EXPECT_EQ(b.result.report.markers[*skeleton.find_marker("shank_a_r")].longest_gap, kEnd - kFirst);
}

// Stated 95 % intervals, white noise: pooled over joints, time and trials.
TEST(TrajectoryFit, IntervalsCoverTheTruth) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  int inside = 0;
  int n = 0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const Fitted r = fitted(test::record(skeleton, 400, 200.0, kNoise_m, seed), skeleton);
    for (const double t : r.motion.time_s) {
      const Eigen::VectorXd truth = test::running_pose(skeleton, t);
      for (int j = 0; j < skeleton.n_coordinates(); ++j) {
        if (!skeleton.coordinates[j].rotation) continue;
        const double sd = r.result.posterior->sd(j, t);
        inside += std::abs(r.motion.coordinate(j, t) - truth[j]) < 1.96 * sd ? 1 : 0;
        ++n;
      }
    }
  }
  EXPECT_GT(static_cast<double>(inside) / n, 0.93);
  EXPECT_LT(static_cast<double>(inside) / n, 0.97);
}

// Residuals that last are no reason to smooth more: they go into an error bar of their own.
TEST(TrajectoryFit, SoftTissueIsNotNoise) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording white = test::record(skeleton, 500, 200.0, 0.002, 3);
  Recording soft = white;
  std::mt19937 random(4);
  std::uniform_real_distribution<double> phase(0.0, 6.28);
  for (Eigen::Index c = 0; c < soft.positions_m.cols(); ++c) {
    const double begin = phase(random);
    for (int i = 0; i < 500; ++i) {
      soft.positions_m(i, c) += 0.006 * std::sin(2.0 * 3.14159 * white.time_s[i] / 0.72 + begin);
    }
  }
  const Fitted a = fitted(white, skeleton);
  const Fitted b = fitted(soft, skeleton);
  EXPECT_GT(a.result.report.white_share, 0.95);
  EXPECT_LT(b.result.report.white_share, 0.35);
  const int knee = skeleton.coordinate("knee_angle_r");
  EXPECT_GT(b.motion.smoothing_hz, 0.75 * a.motion.smoothing_hz);
  const auto lasting = [&](const Fitted& f, const Recording& recording) {
    const PoseErrors poses(recording, columns_of(skeleton), f.motion);
    return systematic_errors(poses, f.motion, f.result.lasting, "");
  };
  const auto of_soft = lasting(b, soft);
  EXPECT_LT(lasting(a, white)->shape(knee), 0.2 * of_soft->shape(knee));
  int inside = 0;
  int n = 0;
  for (const double t : b.motion.time_s) {
    const Eigen::VectorXd truth = test::running_pose(skeleton, t);
    for (const int j : leg_angles(skeleton)) {
      const double sd = std::hypot(b.result.posterior->sd(j, t), of_soft->shape(j));
      inside += std::abs(b.motion.coordinate(j, t) - truth[j]) < 1.96 * sd ? 1 : 0;
      ++n;
    }
  }
  EXPECT_GT(static_cast<double>(inside) / n, 0.88);
}

TEST(TrajectoryFit, OutliersAreFoundAndDoLittle) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording clean = test::record(skeleton, 400, 200.0, kNoise_m, 6);
  Recording spoilt = clean;
  std::mt19937 random(2);
  std::vector<int> displaced(skeleton.markers.size(), 0);
  for (int i = 0; i < 400; ++i) {
    for (std::size_t k = 0; k < displaced.size(); ++k) {
      if (random() % 100 >= 3) continue;
      ++displaced[k];
      spoilt.positions_m(i, 3 * static_cast<Eigen::Index>(k) + random() % 3) += 0.2;
    }
  }
  const Fitted a = fitted(clean, skeleton);
  const Fitted b = fitted(spoilt, skeleton);
  EXPECT_LT(error_deg(b.motion), 1.1 * error_deg(a.motion));
  EXPECT_NEAR(b.result.report.noise, 1.05, 0.06);
  for (std::size_t k = 0; k < displaced.size(); ++k) {
    EXPECT_NEAR(b.result.report.markers[k].n_outliers, displaced[k], 6) << k;
    EXPECT_NEAR(b.result.report.markers[k].rms_m, std::sqrt(3.0) * kNoise_m, 0.002);
  }
}

TEST(TrajectoryFit, LengthsAreFoundWithTheirSd) {
  const Skeleton truth = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(truth, 400, 200.0, kNoise_m, 7);
  Skeleton wrong = truth;
  const int right = truth.segment("tibia_r");
  const int left = truth.segment("tibia_l");
  wrong.segments[right].origin_m *= 0.96;
  wrong.segments[left].origin_m *= 0.96;
  const std::vector<SegmentScale> scales{{{"tibia_r", "tibia_l"}}, {{"torso"}}};
  const Fitted r = fitted(recording, wrong, {}, scales);
  ASSERT_EQ(r.result.report.lengths.size(), 2U);
  const auto& thigh = r.result.report.lengths[0];
  EXPECT_NEAR(0.96 * (1.0 + thigh.change), 1.0, 4.0 * thigh.sd);
  EXPECT_LT(thigh.sd, 0.005);
  EXPECT_NEAR(r.result.report.lengths[1].change, 0.0, 4.0 * r.result.report.lengths[1].sd);
  // The motion's skeleton carries what was found.
  EXPECT_NEAR(r.motion.skeleton.segments[right].origin_m.norm(),
              truth.segments[right].origin_m.norm(), 0.003);
}

// A marker put on beside where the calibration has it, landmarks true, some of the clusters' worse
// than their kind: what is found is the truth within what the report says of itself, and what would
// be another frame of the segment is left alone.
TEST(TrajectoryFit, PlacesAndSigmasAreFoundWithTheirSd) {
  Skeleton truth = test::marked_skeleton(kNoise_m);
  for (Marker& marker : truth.markers) {
    const std::string& label = marker.at.name;
    marker.fixed = !label.starts_with("thigh") && !label.starts_with("shank") &&
                   !label.starts_with("arm") && !label.starts_with("psis_l");
  }
  const auto noisy = [](const Marker& marker) { return marker.at.name.ends_with("_a_r"); };
  double places = 0.0;
  double sigmas = 0.0;
  int n_places = 0;
  int n_sigmas = 0;
  double with = 0.0;
  double without = 0.0;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    Skeleton worn = truth;
    const int moved = *truth.find_marker("psis_l");
    worn.markers[moved].at.local_m += Eigen::Vector3d(0.008, -0.006, 0.01);
    Recording recording = test::record(worn, 400, 200.0, kNoise_m, seed);
    std::mt19937 random(seed + 50);
    std::normal_distribution<double> normal(0.0, 2.0 * kNoise_m);  // and so 2.24 times in all
    for (Eigen::Index k = 0; k < recording.n_points(); ++k) {
      if (!noisy(truth.markers[k])) continue;
      for (double& v : recording.positions_m.middleCols(3 * k, 3).reshaped()) v += normal(random);
    }
    TrajectoryOptions options;
    without += error_deg(fitted(recording, truth, options).motion) / 3.0;
    options.free_marker_places = true;
    options.free_marker_sigmas = true;
    const Fitted r = fitted(recording, truth, options);
    with += error_deg(r.motion) / 3.0;
    for (std::size_t k = 0; k < truth.markers.size(); ++k) {
      const auto& line = r.result.report.markers[k];
      const double sigma = (noisy(truth.markers[k]) ? std::sqrt(5.0) : 1.0) * kNoise_m;
      sigmas += std::pow((line.sigma_m - sigma) / line.sigma_sd_m, 2);
      ++n_sigmas;
      EXPECT_NEAR(line.sigma_m, sigma, 0.1 * sigma) << line.label;
      if (truth.markers[k].fixed) {
        EXPECT_EQ(line.place_change_m.norm(), 0.0);
        EXPECT_TRUE(line.place_sd_m.array().isNaN().all());
        continue;
      }
      const Eigen::Vector3d by = worn.markers[k].at.local_m - truth.markers[k].at.local_m;
      for (int axis = 0; axis < 3; ++axis) {
        if (!(line.place_sd_m[axis] > 1e-6)) continue;  // no freedom in that direction
        places += std::pow((line.place_change_m[axis] - by[axis]) / line.place_sd_m[axis], 2);
        ++n_places;
      }
    }
    EXPECT_LT(r.result.report.markers[moved].place_sd_m.maxCoeff(), 0.002);
    EXPECT_LT((r.motion.skeleton.markers[moved].at.local_m - worn.markers[moved].at.local_m).norm(),
              0.003);
  }
  EXPECT_GT(n_places, 20);
  EXPECT_GT(places / n_places, 0.4);
  EXPECT_LT(places / n_places, 1.8);
  EXPECT_GT(sigmas / n_sigmas, 0.5);
  EXPECT_LT(sigmas / n_sigmas, 1.6);
  EXPECT_LT(with, 0.97 * without);
}

// Moves of a segment's markers that would shift or turn its frame are not among the unknowns.
TEST(MarkerPlaces, KeepTheFramesOfTheSegments) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);  // no landmark is fixed
  const auto places =
      marker_places(skeleton, std::vector<bool>(skeleton.markers.size(), true), 0.01);
  std::vector<int> unknowns(skeleton.segments.size(), 0);
  for (const auto& place : places) {
    Eigen::Vector3d shift = Eigen::Vector3d::Zero();
    Eigen::Vector3d turn = Eigen::Vector3d::Zero();
    double length = 0.0;
    for (const auto& move : place.moves) {
      const BodyPoint& at = skeleton.markers[move.marker].at;
      shift += move.direction;
      turn += at.local_m.cross(move.direction);
      length += move.direction.squaredNorm();
      EXPECT_EQ(at.segment, skeleton.markers[place.moves[0].marker].at.segment);
    }
    EXPECT_LT(shift.norm(), 1e-12);
    EXPECT_LT(turn.norm(), 1e-12);
    EXPECT_NEAR(length, 1.0, 1e-12);
    ++unknowns[skeleton.markers[place.moves[0].marker].at.segment];
  }
  EXPECT_EQ(unknowns[skeleton.segment("pelvis")], 3 * 4 - 6);
  EXPECT_EQ(unknowns[skeleton.segment("femur_r")], 3 * 3 - 6);
  EXPECT_EQ(unknowns[skeleton.segment("humerus_r")], 1);  // two markers: how far apart
}

TEST(TrajectoryFit, SamplesSpreadAsThePosteriorSays) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Fitted r = fitted(test::record(skeleton, 100, 200.0, kNoise_m, 8), skeleton, {},
                          {{{"tibia_r", "tibia_l"}}});
  const MotionPosterior& p = *r.result.posterior;
  const auto samples = p.sample(400, 3);
  EXPECT_TRUE(samples[0] == p.sample(1, 3)[0]);
  EXPECT_FALSE(samples[0] == p.sample(1, 4)[0]);
  for (const char* name : {"knee_angle_r", "pelvis_tx", "ankle_angle_l"}) {
    const int j = skeleton.coordinate(name);
    const double t = 0.2;
    for (const int derivative : {0, 1}) {
      const SplineBasis b = spline_basis(p.knots, p.degree, t, derivative);
      double squares = 0.0;
      for (const auto& sample : samples) {
        double value = 0.0;
        for (int a = 0; a <= p.degree; ++a) value += b.value[a] * sample(b.first + a, p.column[j]);
        squares += value * value;
      }
      const double spread = std::sqrt(squares / static_cast<double>(samples.size()));
      // The stated one also holds what smoothing may have taken away.
      EXPECT_LT(spread, 1.1 * p.sd(j, t, derivative)) << name;
      EXPECT_GT(spread, 0.75 * p.sd(j, t, derivative)) << name;
    }
  }
  EXPECT_THROW(static_cast<void>(p.sd(-1, 0.1)), InvalidArgument);
  EXPECT_THROW(static_cast<void>(p.sd(0, 0.1, 2)), InvalidArgument);
}

// A factor that does not fit into memory, and threads: not a bit of the result differs.
TEST(TrajectoryFit, WindowsAndThreadsChangeNothing) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(skeleton, 1700, 200.0, kNoise_m, 9);  // two windows
  Motion motion = fit(recording, skeleton);
  const std::vector<SegmentScale> scales{{{"tibia_r", "tibia_l"}}};
  const auto refined = [&](double memory_mb, int num_threads) {
    TrajectoryOptions options;
    options.memory_mb = memory_mb;
    options.num_threads = num_threads;
    Fitted out{motion, {}};
    out.result =
        refine_trajectory(recording, columns_of(skeleton), options, scales, {}, out.motion);
    return out;
  };
  const Fitted whole = refined(1000.0, 1);
  const auto drawn = whole.result.posterior->sample(2, 1);
  for (const auto& [memory_mb, threads] : {std::pair{0.001, 1}, std::pair{25.0, 3}}) {
    const Fitted other = refined(memory_mb, threads);
    for (const int j : leg_angles(skeleton)) {
      EXPECT_TRUE(other.motion.control.col(j) == whole.motion.control.col(j)) << j;
    }
    EXPECT_TRUE(other.result.posterior->variance == whole.result.posterior->variance);
    EXPECT_EQ(other.result.report.lengths[0].change, whole.result.report.lengths[0].change);
    EXPECT_EQ(other.result.report.lengths[0].sd, whole.result.report.lengths[0].sd);
    const auto again = other.result.posterior->sample(2, 1);
    EXPECT_TRUE(again[0] == drawn[0]);
    EXPECT_TRUE(again[1] == drawn[1]);
  }
}

TEST(TrajectoryFit, BothSolversGiveTheSameMotion) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(skeleton, 120, 200.0, kNoise_m, 9);
  const Fitted ours = fitted(recording, skeleton);
  TrajectoryOptions options;
  options.solver = TrajectorySolver::ceres;
  options.max_iterations = 200;
  const Fitted theirs = fitted(recording, skeleton, options);
  EXPECT_NEAR(theirs.result.report.cost, ours.result.report.cost, 1e-8 * ours.result.report.cost);
}

// Markers of some segments are off together, as the skeleton says: their noise is found as it is,
// and the bars hold the truth.
TEST(TrajectoryFit, FindsTheNoiseOfMarkersThatErrTogether) {
  Skeleton skeleton = test::marked_skeleton(kNoise_m);
  for (const char* name : {"femur_r", "tibia_r", "calcn_r"}) {
    skeleton.segments[skeleton.segment(name)].common_error_m = 0.008;
  }
  Recording recording = test::record(skeleton, 500, 200.0, kNoise_m, 6);
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
    for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
      const double sd = skeleton.segments[s].common_error_m;
      if (sd == 0.0) continue;
      const Eigen::Vector3d together = Eigen::Vector3d::NullaryExpr([&] { return normal(random); });
      for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
        if (skeleton.markers[k].at.segment != static_cast<int>(s)) continue;
        recording.positions_m.row(f).segment<3>(3 * static_cast<Eigen::Index>(k)) +=
            sd * together.transpose();
      }
    }
  }
  const Fitted found = fitted(recording, skeleton);
  EXPECT_NEAR(found.result.report.noise, 1.0, 0.02);
  int inside = 0;
  int n = 0;
  for (const char* name : {"hip_flexion_r", "knee_angle_r", "ankle_angle_r", "hip_adduction_r"}) {
    const int j = skeleton.coordinate(name);
    for (const double t : recording.time_s) {
      const double error = found.motion.coordinate(j, t) - test::running_pose(skeleton, t)[j];
      inside += std::abs(error) < 1.96 * found.result.posterior->sd(j, t) ? 1 : 0;
      ++n;
    }
  }
  EXPECT_GT(static_cast<double>(inside) / n, 0.92);
  EXPECT_LT(static_cast<double>(inside) / n, 0.99);
}

TEST(TrajectoryFit, CanBeCancelled) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(skeleton, 100, 200.0, kNoise_m);
  Motion motion = fit(recording, skeleton, by_frames());
  int calls = 0;
  const Progress stop = [&](double, std::string_view) { return ++calls < 3; };
  EXPECT_THROW(refine_trajectory(recording, columns_of(skeleton), {}, {}, stop, motion), Cancelled);
}

TEST(TrajectoryFit, IsTheMethodOfFit) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  const Recording recording = test::record(skeleton, 200, 200.0, kNoise_m, 3, 3.0);
  double last = -1.0;
  const Motion motion = fit(recording, skeleton, {}, [&](double fraction, std::string_view) {
    EXPECT_GE(fraction, last);
    last = fraction;
    return true;
  });
  EXPECT_EQ(last, 1.0);
  EXPECT_EQ(motion.method, "trajectory");
  ASSERT_NE(motion.report, nullptr);
  EXPECT_TRUE(motion.report->converged);
  EXPECT_EQ(motion.report->intervals.size(), 1U);
  EXPECT_EQ(motion.report->intervals[0].status, FrameStatus::ok);
  EXPECT_GT(motion.smoothing_hz, 2.0);
  EXPECT_LT(motion.smoothing_hz, 25.0);
  const int knee = skeleton.coordinate("knee_angle_r");
  EXPECT_GT(motion.sd(knee, 0.5), 0.0);
  EXPECT_TRUE(std::isnan(motion.sd(knee, 5.0)));
  const auto drawn = motion.draw(20, 1);
  double squares = 0.0;
  for (const Motion& m : drawn) {
    squares += std::pow(m.coordinate(knee, 0.5) - motion.coordinate(knee, 0.5), 2) / 20.0;
  }
  EXPECT_NEAR(std::sqrt(squares), motion.sd(knee, 0.5), 0.5 * motion.sd(knee, 0.5));
  EXPECT_TRUE(drawn[0].point(skeleton.landmark("knee_lateral_r"), 0.5).allFinite());
  FitOptions both;
  both.cutoff_hz = 6.0;
  EXPECT_THROW(static_cast<void>(fit(recording, skeleton, both)), InvalidArgument);
}

TEST(TrajectoryFit, WorksInOnePlane) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  Recording recording = test::record(skeleton, 200, 100.0, 0.002);
  recording.view = View::side;
  for (Eigen::Index k = 0; k < recording.n_points(); ++k) {
    recording.positions_m.col(3 * k + 2).setZero();
  }
  const Motion motion = fit(recording, skeleton);
  EXPECT_EQ(motion.method, "trajectory");
  const int hip = skeleton.coordinate("hip_flexion_r");
  EXPECT_TRUE(std::isfinite(motion.coordinate(hip, 1.0)));
  EXPECT_GT(motion.sd(hip, 1.0), 0.0);
  EXPECT_EQ(motion.coordinate_status[skeleton.coordinate("hip_adduction_r")],
            CoordinateStatus::locked);
}

// What the recording does not say stays unsaid; what is too short stays a frame fit.
TEST(TrajectoryFit, KeepsGapsAndSmallRecordings) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  Recording recording = test::record(skeleton, 300, 200.0, 0.002);
  recording.positions_m.middleRows(100, 60).setConstant(std::nan(""));
  const Motion motion = fit(recording, skeleton);
  const int knee = skeleton.coordinate("knee_angle_r");
  EXPECT_TRUE(std::isnan(motion.coordinate(knee, 0.65)));
  EXPECT_TRUE(std::isfinite(motion.coordinate(knee, 0.9)));
  ASSERT_EQ(motion.report->intervals.size(), 3U);
  EXPECT_EQ(motion.report->intervals[1].status, FrameStatus::no_data);
  EXPECT_FALSE(motion.report->intervals[1].reason.empty());
  EXPECT_EQ(fit(test::record(skeleton, 5, 100.0), skeleton).method, "frame");
  recording.positions_m.setConstant(std::nan(""));
  EXPECT_EQ(fit(recording, skeleton).method, "frame");
}

// A marker on the wrong place all the time, zeros for missing, one frozen marker, a far-off world:
// the result is finite and as good as without.
TEST(TrajectoryFit, BearsBadInput) {
  const Skeleton skeleton = test::marked_skeleton(kNoise_m);
  Recording recording = test::record(skeleton, 300, 200.0, kNoise_m, 12);
  const double clean = error_deg(fit(recording, skeleton));
  const Eigen::Index a = 3 * *recording.index_of("thigh_a_r");
  const Eigen::Index b = 3 * *recording.index_of("wrist_radial_l");
  recording.positions_m.middleCols(a, 3).topRows(40).setZero();
  recording.positions_m.middleCols(b, 3).rowwise() = recording.positions_m.row(0).segment<3>(b);
  Recording far = recording;
  for (Eigen::Index k = 0; k < far.n_points(); ++k) far.positions_m.col(3 * k).array() += 1e4;
  far.positions_m.middleCols(a, 3).topRows(40).setZero();
  const Motion near = fit(recording, skeleton);
  EXPECT_LT(error_deg(near), 1.15 * clean);
  EXPECT_GT(near.report->markers[*skeleton.find_marker("wrist_radial_l")].n_outliers, 250);
  EXPECT_NEAR(error_deg(fit(far, skeleton)), error_deg(near), 0.01);
}

TEST(TrajectoryOptions, AreChecked) {
  const auto refuses = [](auto&& change) {
    TrajectoryOptions options;
    change(options);
    EXPECT_THROW(options.validate(), InvalidArgument);
  };
  EXPECT_NO_THROW(TrajectoryOptions{}.validate());
  refuses([](auto& o) { o.degree = 2; });
  refuses([](auto& o) { o.knot_spacing_s = 0.0; });
  refuses([](auto& o) { o.limit_sd_deg = -1.0; });
  refuses([](auto& o) { o.num_threads = 0; });
  refuses([](auto& o) { o.memory_mb = 0.0; });
  refuses([](auto& o) { o.place_sd_m = 0.0; });
  refuses([](auto& o) { o.cost_tolerance = 1.0; });
  EXPECT_THROW(static_cast<void>(parse_trajectory_solver("dense")), InvalidArgument);
}

}  // namespace
}  // namespace runmech
