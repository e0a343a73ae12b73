// SPDX-License-Identifier: BSD-3-Clause
// A smaller or larger copy of a runner is the same runner: angles stay, lengths scale.
#include "runmech/skeleton/body_size.hpp"

#include <gtest/gtest.h>

#include <string>

#include "runmech/core/units.hpp"
#include "runmech/fit/calibrate.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/skeleton/nominal.hpp"
#include "support/running_body.hpp"

namespace runmech {
namespace {

struct Fitted {
  Calibration calibration;
  Motion motion;
};

Recording scaled(Recording recording, double factor) {
  recording.positions_m *= factor;
  return recording;
}

Skeleton dressed(const std::string& set, bool static_too) {
  Skeleton skeleton = running_skeleton();
  attach_markers(skeleton, marker_set(set), static_too);
  return skeleton;
}

// With `standing`: calibrated on the stand, markers that only the run has are added.
Fitted analyse(const std::string& set, double factor, bool standing, double stature_m) {
  const Recording run = scaled(test::record(dressed(set, false), 120, 100.0, 0.003, 7), factor);
  CalibrationOptions options;
  options.frames = 30;
  options.subject.stature_m = stature_m;
  Fitted out;
  if (standing) {
    Recording stand = scaled(test::record(dressed(set, true), 30, 100.0, 0.001, 5, true), factor);
    // One marker that the stand lacks.
    const std::string lost = set == "rbds" ? "R.Shank.Top.Medial" : "RTB2";
    stand.positions_m.middleCols(3 * *stand.index_of(lost), 3).setConstant(NAN);
    out.calibration = with_moving_markers(calibrate(stand, options), run, options);
    EXPECT_TRUE(out.calibration.skeleton.find_marker(lost));
    EXPECT_TRUE(check_labels(run, out.calibration).notes.empty());
  } else {
    out.calibration = calibrate(run, options);
  }
  out.motion = fit(run, out.calibration.skeleton);
  for (const Note& note : out.motion.notes) EXPECT_NE(note.code, "missing") << note.text;
  return out;
}

void expect_copy(const Fitted& one, const Fitted& other, double factor) {
  ASSERT_EQ(one.calibration.report.lengths.size(), other.calibration.report.lengths.size());
  for (std::size_t k = 0; k < one.calibration.report.lengths.size(); ++k) {
    const LengthRow& a = one.calibration.report.lengths[k];
    const LengthRow& b = other.calibration.report.lengths[k];
    EXPECT_NEAR(b.value_m, factor * a.value_m, 2e-6) << a.name;
    EXPECT_NEAR(b.sd_m, factor * a.sd_m, 2e-6) << a.name;
    EXPECT_NEAR(b.prior_m, factor * a.prior_m, 2e-6) << a.name;
  }
  const Skeleton& p = one.calibration.skeleton;
  const Skeleton& q = other.calibration.skeleton;
  ASSERT_EQ(p.markers.size(), q.markers.size());
  for (std::size_t m = 0; m < p.markers.size(); ++m) {
    EXPECT_LT((q.markers[m].at.local_m - factor * p.markers[m].at.local_m).norm(), 5e-6);
    EXPECT_NEAR(q.markers[m].sigma_m, factor * p.markers[m].sigma_m, 1e-9);
  }
  for (std::size_t s = 0; s < p.segments.size(); ++s) {
    EXPECT_NEAR(q.segments[s].mass_kg, factor * factor * p.segments[s].mass_kg, 1e-6);
  }
  ASSERT_EQ(one.motion.coordinate_status, other.motion.coordinate_status);
  for (int j = 0; j < p.n_coordinates(); ++j) {
    const bool turn = p.coordinates[static_cast<std::size_t>(j)].rotation;
    const double unit = turn ? 1.0 : factor;
    const double tolerance = turn ? radians(1e-3) : 1e-5;
    for (const double t : {0.1, 0.47, 0.8, 1.1}) {
      const double a = one.motion.coordinate(j, t);
      const double b = other.motion.coordinate(j, t);
      if (std::isnan(a) && std::isnan(b)) continue;
      EXPECT_NEAR(b, unit * a, tolerance)
          << p.coordinates[static_cast<std::size_t>(j)].name << " at " << t;
    }
  }
}

TEST(BodySize, ACopyOfAnotherSizeIsTheSameRunner) {
  for (const char* set : {"rajagopal", "rbds"}) {
    for (const bool standing : {false, true}) {
      const Fitted adult = analyse(set, 1.0, standing, 0.0);
      for (const double factor : {0.62, 1.15}) {
        SCOPED_TRACE(std::string(set) + (standing ? " standing " : " moving ") +
                     std::to_string(factor));
        expect_copy(adult, analyse(set, factor, standing, 0.0), factor);
      }
    }
  }
}

TEST(BodySize, TheStatureScalesWithIt) {
  for (const bool standing : {false, true}) {
    expect_copy(analyse("rajagopal", 1.0, standing, 1.75),
                analyse("rajagopal", 0.62, standing, 0.62 * 1.75), 0.62);
  }
}

// Somebody else's stature is said to be that, and does not stretch the legs.
TEST(BodySize, AnotherPersonsStatureIsNotUsed) {
  const Recording stand =
      scaled(test::record(dressed("rbds", true), 30, 100.0, 0.0, 5, true), 0.62);
  CalibrationOptions options;
  const Calibration alone = calibrate(stand, options);
  options.subject.stature_m = 1.75;
  const Calibration stated = calibrate(stand, options);
  ASSERT_FALSE(stated.report.notes.empty());
  EXPECT_EQ(stated.report.notes.back().code, "stature");
  EXPECT_TRUE(stated.report.notes.back().warning);
  for (std::size_t k = 0; k < alone.report.lengths.size(); ++k) {
    EXPECT_NEAR(stated.report.lengths[k].value_m, alone.report.lengths[k].value_m, 1e-9);
  }
}

TEST(BodySize, IsReadFromLegsWhicheverWayTheyStand) {
  const MarkerSet& set = marker_set("rajagopal");
  const Recording stand = test::record(dressed("rajagopal", true), 10, 100.0, 0.0, 1, true);
  EXPECT_NEAR(stature_from_legs(stand, set, true), 1.75, 0.05);
  const Recording run = test::record(dressed("rajagopal", false), 200, 100.0);
  const double level = stature_from_legs(run, set);
  EXPECT_NEAR(level, 1.75, 0.25);  // this body's knees bend more than a runner's
  for (const double grade : {0.1, -0.1}) {
    Recording slope = run;
    for (Eigen::Index i = 0; i < slope.n_points(); ++i) {
      slope.positions_m.col(3 * i + 1) += grade * slope.positions_m.col(3 * i);
    }
    EXPECT_NEAR(stature_from_legs(slope, set), level, 0.05);
  }
  EXPECT_DOUBLE_EQ(stature_from_legs(scaled(run, 0.62), set), 0.62 * level);
  EXPECT_NEAR(body_size(running_skeleton()), 1.0, 1e-12);
}

}  // namespace
}  // namespace runmech
