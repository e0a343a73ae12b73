// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/calibrate.hpp"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <limits>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/io/c3d.hpp"
#include "runmech/io/read.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "runmech/skeleton/nominal.hpp"
#include "support/data.hpp"
#include "support/running_body.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

static_assert(lists_all_fields<CalibrationOptions>());

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A person of 1.75 m whose thigh, shank and arm are not what the stature says.
Skeleton unusual_person() {
  Skeleton skeleton = running_skeleton();
  for (const std::string s : {"_r", "_l"}) {
    skeleton.segments[static_cast<std::size_t>(skeleton.segment("tibia" + s))].origin_m *= 1.06;
    skeleton.segments[static_cast<std::size_t>(skeleton.segment("talus" + s))].origin_m *= 0.94;
    skeleton.segments[static_cast<std::size_t>(skeleton.segment("ulna" + s))].origin_m *= 1.05;
  }
  return skeleton;
}

// The marker set on that person. Pelvis landmarks where the pelvis frame has them.
Skeleton marked(const std::string& set_name, bool static_too,
                Skeleton skeleton = unusual_person()) {
  const MarkerSet& set = marker_set(set_name);
  attach_markers(skeleton, set, static_too);
  for (Marker& marker : skeleton.markers) {
    for (const MarkerDef& def : set.markers) {
      if (def.label != marker.at.name || def.segment != "pelvis" || def.landmark.empty()) continue;
      for (const BodyPoint& at : skeleton.landmarks) {
        if (at.name == def.landmark) marker.at.local_m = at.local_m;
      }
    }
  }
  return skeleton;
}

Recording standing(const std::string& set_name, double noise_m = 0.0) {
  return test::record(marked(set_name, true), 60, 100.0, noise_m, 5, true);
}

Recording running(const std::string& set_name, double noise_m = 0.0) {
  return test::record(marked(set_name, false), 200, 100.0, noise_m, 7);
}

const LengthRow& length(const Calibration& calibration, const std::string& name) {
  for (const LengthRow& row : calibration.report.lengths) {
    if (row.name == name) return row;
  }
  throw InvalidArgument("no length " + name);
}

int warnings(const std::vector<Note>& notes, const std::string& code,
             const std::string& word = "") {
  return static_cast<int>(std::count_if(notes.begin(), notes.end(), [&](const Note& note) {
    return note.warning && (code.empty() || note.code == code) &&
           note.text.find(word) != std::string::npos;
  }));
}

std::string all(const std::vector<Note>& notes) {
  std::string out;
  for (const Note& note : notes) out += note.code + ": " + note.text + "\n";
  return out;
}

void swap_labels(Recording& recording, const std::string& a, const std::string& b) {
  std::swap(recording.labels[static_cast<std::size_t>(*recording.index_of(a))],
            recording.labels[static_cast<std::size_t>(*recording.index_of(b))]);
}

void shift(Recording& recording, const std::string& label, const Vector3d& by) {
  const Eigen::Index i = *recording.index_of(label);
  recording.positions_m.middleCols(3 * i, 3).rowwise() += by.transpose();
}

TEST(CalibrateStanding, FindsLengthsAndMarkerPlaces) {
  const Skeleton truth = marked("rajagopal", true);
  for (const double noise_m : {0.0, 0.001}) {
    const Calibration found = calibrate(standing("rajagopal", noise_m));
    EXPECT_EQ(found.report.trial, CalibrationTrial::standing);
    EXPECT_EQ(found.report.marker_set, "rajagopal");
    EXPECT_EQ(found.report.frames_used, 60);
    EXPECT_EQ(warnings(found.report.notes, ""), 0) << all(found.report.notes);
    for (const std::string s : {"_r", "_l"}) {
      EXPECT_NEAR(length(found, "thigh" + s).value_m, 1.06 * 0.245 * 1.75, 0.003);
      EXPECT_NEAR(length(found, "shank" + s).value_m, 0.94 * 0.246 * 1.75, 0.003);
      EXPECT_NEAR(length(found, "upper_arm" + s).value_m, 1.05 * 0.186 * 1.75, 0.010);
    }
    for (const Marker& marker : truth.markers) {
      // Foot, trunk and arm markers carry their segment's own zero; the others must be found.
      const std::string& segment = truth.segments[static_cast<std::size_t>(marker.at.segment)].name;
      if (segment != "pelvis" && !segment.starts_with("femur") && !segment.starts_with("tibia")) {
        continue;
      }
      const auto index = found.skeleton.find_marker(marker.at.name);
      ASSERT_TRUE(index) << marker.at.name;
      const Marker& placed = found.skeleton.markers[static_cast<std::size_t>(*index)];
      EXPECT_LT((placed.at.local_m - marker.at.local_m).norm(), 0.006) << marker.at.name;
    }
  }
}

TEST(CalibrateStanding, TurnedAndMovedStandingGivesTheSameBody) {
  const Calibration base = calibrate(standing("rbds"));
  for (const double turn : {0.3, 1.7, 3.1, -1.4}) {
    Recording other = standing("rbds");
    const Eigen::Matrix3d r = Eigen::AngleAxisd(turn, Vector3d::UnitY()).matrix();
    for (Eigen::Index i = 0; i < other.n_points(); ++i) {
      other.positions_m.middleCols(3 * i, 3) =
          ((other.positions_m.middleCols(3 * i, 3) * r.transpose()).rowwise() +
           Eigen::RowVector3d(5.0, 0.0, -40.0))
              .eval();
    }
    const Calibration found = calibrate(other);
    for (std::size_t k = 0; k < base.report.lengths.size(); ++k) {
      EXPECT_NEAR(found.report.lengths[k].value_m, base.report.lengths[k].value_m, 1e-5);
    }
    for (std::size_t m = 0; m < base.skeleton.markers.size(); ++m) {
      EXPECT_LT((found.skeleton.markers[m].at.local_m - base.skeleton.markers[m].at.local_m).norm(),
                1e-4);
    }
  }
}

TEST(CalibrateStanding, OnlyStillFramesCount) {
  Recording trial = test::record(marked("rbds", true), 300, 100.0);
  const Recording still = standing("rbds");
  trial.positions_m.middleRows(100, 60) = still.positions_m;
  const Calibration found = calibrate(trial);
  EXPECT_EQ(found.report.trial, CalibrationTrial::standing);
  EXPECT_LE(found.report.frames_used, 60);
  EXPECT_NEAR(length(found, "thigh_r").value_m, length(calibrate(still), "thigh_r").value_m, 1e-3);
}

TEST(CalibrateStanding, OneFrameIsEnough) {
  const Calibration found =
      calibrate(test::record(marked("ric_clusters", true), 1, 100.0, 0, 1, true));
  EXPECT_EQ(found.report.trial, CalibrationTrial::standing);
  EXPECT_EQ(warnings(found.report.notes, ""), 0) << all(found.report.notes);
}

TEST(CalibrateStanding, HipCentreIsNamedAndCanBeChosen) {
  CalibrationOptions options;
  options.hip_centre = HipCentre::rbds;
  const Calibration harrington = calibrate(standing("rbds"));
  const Calibration rbds = calibrate(standing("rbds"), options);
  const auto how = [](const Calibration& c) {
    for (const LandmarkRow& row : c.report.landmarks) {
      if (row.landmark == "hip_r") return row.how;
    }
    return std::string();
  };
  EXPECT_NE(how(harrington).find("Harrington"), std::string::npos);
  EXPECT_NE(how(rbds).find("RBDS"), std::string::npos);
  // -0.30 of the ASIS distance (0.2415 m) against 10.9 mm more.
  EXPECT_NEAR(length(harrington, "hip_up").value_m - length(rbds, "hip_up").value_m, -0.0109,
              0.002);
}

TEST(CalibrateStanding, SaysWhatIsImplausible) {
  Recording high_knee = standing("rbds");
  for (const char* label : {"R.Knee", "R.Knee.Medial"}) shift(high_knee, label, {0.0, 0.11, 0.0});
  const Calibration asymmetric = calibrate(high_knee);
  EXPECT_GE(warnings(asymmetric.report.notes, "asymmetry", "thigh"), 1)
      << all(asymmetric.report.notes);
  EXPECT_GT(length(asymmetric, "thigh_l").value_m / length(asymmetric, "thigh_r").value_m, 1.2);

  Recording off = standing("rbds");
  shift(off, "L.MT5", {0.0, 0.06, 0.0});
  const Calibration misplaced = calibrate(off);
  EXPECT_EQ(warnings(misplaced.report.notes, "marker_off", "L.MT5 sits"), 1)
      << all(misplaced.report.notes);

  for (const auto& [a, b] :
       {std::pair{"R.Knee", "R.Knee.Medial"}, {"L.Ankle", "L.Ankle.Medial"}, {"R.MT1", "R.MT5"}}) {
    Recording exchanged = standing("rbds");
    swap_labels(exchanged, a, b);
    const Calibration found = calibrate(exchanged);
    EXPECT_GE(warnings(found.report.notes, "labels", a), 1) << a << "\n" << all(found.report.notes);
  }

  CalibrationOptions short_person;
  short_person.subject.stature_m = 1.40;
  EXPECT_GE(warnings(calibrate(standing("rbds"), short_person).report.notes, "lengths", "thigh"),
            1);
}

TEST(CalibrateStanding, LeftAndRightExchangedThroughout) {
  Recording mirrored = standing("rajagopal");
  for (Eigen::Index i = 0; i < mirrored.n_points(); ++i)
    mirrored.positions_m.col(3 * i + 2) *= -1.0;
  const Calibration found = calibrate(mirrored);
  EXPECT_GE(warnings(found.report.notes, "labels"), 1) << all(found.report.notes);
}

TEST(CalibrateMoving, FindsLengthsWithoutStanding) {
  CalibrationOptions options;
  options.subject.stature_m = 1.75;
  for (const char* set : {"rajagopal", "dorn"}) {
    const Calibration found = calibrate(running(set, 0.003), options);
    EXPECT_EQ(found.report.trial, CalibrationTrial::moving);
    EXPECT_EQ(warnings(found.report.notes, ""), 0) << all(found.report.notes);
    EXPECT_LT(found.report.rms_m, 0.008);
    for (const std::string s : {"_r", "_l"}) {
      EXPECT_NEAR(length(found, "thigh" + s).value_m, 1.06 * 0.245 * 1.75, 0.02) << set;
      EXPECT_NEAR(length(found, "shank" + s).value_m, 0.94 * 0.246 * 1.75, 0.02) << set;
      EXPECT_LT(length(found, "thigh" + s).sd_m, length(found, "thigh" + s).prior_sd_m);
    }
  }
}

TEST(CalibrateMoving, SideViewOfKeypointsFindsThighAndShank) {
  Recording flat = running("blazepose_33", 0.004);
  flat.view = View::side;
  flat.metres_per_pixel = 0.003;
  for (Eigen::Index i = 0; i < flat.n_points(); ++i) flat.positions_m.col(3 * i + 2).setZero();
  // The body of this test turns and tilts its pelvis; in the picture that is noise of a few
  // percent.
  const Calibration found = calibrate(flat);
  EXPECT_EQ(found.report.trial, CalibrationTrial::moving);
  EXPECT_NEAR(length(found, "thigh_r").value_m, 1.06 * 0.245 * 1.75, 0.02);
  EXPECT_NEAR(length(found, "shank_r").value_m, 0.94 * 0.246 * 1.75, 0.02);
  EXPECT_NEAR(length(found, "shank_r").value_m, length(found, "shank_l").value_m, 0.005);
}

TEST(Calibrate, RefusesWhatItCannotUse) {
  Recording none;
  EXPECT_THROW((void)calibrate(none), NotAnalysable);
  Recording unknown = standing("rbds");
  for (std::size_t i = 0; i < unknown.labels.size(); ++i)
    unknown.labels[i] = "M" + std::to_string(i);
  EXPECT_THROW((void)calibrate(unknown), InvalidArgument);
  Recording missing = standing("rbds");
  missing.positions_m.setConstant(kNaN);
  EXPECT_THROW((void)calibrate(missing), NotAnalysable);
  for (const double scale : {1000.0, 0.001}) {
    Recording unit = standing("rbds");
    unit.positions_m *= scale;
    try {
      (void)calibrate(unit);
      ADD_FAILURE() << scale;
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("unit"), std::string::npos) << error.what();
    }
  }
  CalibrationOptions options;
  options.frames = 3;
  EXPECT_THROW((void)calibrate(standing("rbds"), options), InvalidArgument);
  options = {};
  options.marker_set = "no_such_set";
  EXPECT_THROW((void)calibrate(standing("rbds"), options), InvalidArgument);
  options = {};
  options.trial = CalibrationTrial::standing;
  EXPECT_THROW((void)calibrate(running("rbds"), options), NotAnalysable);
}

TEST(Calibrate, AMissingMarkerDoesNotStopIt) {
  for (const char* label : {"R.ASIS", "R.Knee.Medial", "L.Ankle", "R.Heel.Bottom", "L.PSIS"}) {
    Recording trial = standing("rbds");
    trial.positions_m.middleCols(3 * *trial.index_of(label), 3).setConstant(kNaN);
    const Calibration found = calibrate(trial);
    EXPECT_FALSE(found.skeleton.find_marker(label)) << label;
    EXPECT_NEAR(length(found, "shank_r").value_m, 0.94 * 0.246 * 1.75, 0.02) << label;
    EXPECT_NEAR(length(found, "thigh_l").value_m, 1.06 * 0.245 * 1.75, 0.03) << label;
  }
}

TEST(Calibrate, CanBeCancelled) {
  EXPECT_THROW((void)calibrate(running("rbds"), {}, [](double, std::string_view) { return false; }),
               Cancelled);
}

TEST(LabelCheck, ExchangedLabelsAreFoundAndPutRight) {
  const Calibration calibration = calibrate(standing("rbds"));
  const Recording clean = running("rbds", 0.001);
  EXPECT_TRUE(check_labels(clean, calibration).notes.empty())
      << all(check_labels(clean, calibration).notes);
  for (const auto& [a, b] : {std::pair{"R.MT1", "R.MT5"},
                             {"L.Thigh.Top.Lateral", "L.Shank.Top.Lateral"},
                             {"R.Heel.Top", "L.Heel.Top"},
                             {"R.ASIS", "L.ASIS"}}) {
    Recording wrong = clean;
    swap_labels(wrong, a, b);
    const LabelCheck check = check_labels(wrong, calibration);
    ASSERT_EQ(check.exchanges.size(), 1U) << a << all(check.notes);
    EXPECT_TRUE(check.exchanges[0].certain) << a << all(check.notes);
    EXPECT_EQ(std::minmax(check.exchanges[0].first, check.exchanges[0].second),
              std::minmax(std::string(a), std::string(b)));
    const Recording right = with_labels_corrected(wrong, check);
    EXPECT_EQ(right.labels, clean.labels);
    EXPECT_EQ(warnings(right.notes, "labels"), 1);
    EXPECT_TRUE(check_labels(right, calibration).exchanges.empty());
  }
}

TEST(LabelCheck, MissingAndWanderingMarkersAreListed) {
  const Calibration calibration = calibrate(standing("rbds"));
  Recording trial = running("rbds", 0.001);
  trial.positions_m.middleCols(3 * *trial.index_of("R.MT1"), 3).setConstant(kNaN);
  shift(trial, "L.Heel.Top", {0.0, 0.0, 0.15});
  const LabelCheck check = check_labels(trial, calibration);
  EXPECT_EQ(check.missing, std::vector<std::string>{"R.MT1"});
  ASSERT_FALSE(check.off.empty());
  EXPECT_NE(std::find(check.off.begin(), check.off.end(), "L.Heel.Top"), check.off.end())
      << all(check.notes);
}

TEST(LabelCheck, ATrackUnderAStrangeNameIsRecognised) {
  const Calibration calibration = calibrate(standing("rbds"));
  Recording trial = running("rbds", 0.001);
  trial.labels[static_cast<std::size_t>(*trial.index_of("R.MT5"))] = "X1";
  trial.labels[static_cast<std::size_t>(*trial.index_of("R.MT1"))] = "R.MT5";
  const LabelCheck check = check_labels(trial, calibration);
  ASSERT_EQ(check.moves.size(), 2U) << all(check.notes);
  EXPECT_EQ(with_labels_corrected(trial, check).labels, running("rbds").labels);
}

TEST(MovingMarkers, GetTheirPlaceFromTheMovingTrial) {
  Recording incomplete = standing("rajagopal");
  Skeleton without = marked("rajagopal", true);
  std::erase_if(without.markers, [](const Marker& m) { return m.at.name == "RTB2"; });
  const Calibration calibration = calibrate(test::record(without, 30, 100.0, 0.0, 1, true));
  ASSERT_FALSE(calibration.skeleton.find_marker("RTB2"));
  const Calibration complete = with_moving_markers(calibration, running("rajagopal", 0.001));
  const auto index = complete.skeleton.find_marker("RTB2");
  ASSERT_TRUE(index);
  const Skeleton truth = marked("rajagopal", true);
  EXPECT_LT((complete.skeleton.markers[static_cast<std::size_t>(*index)].at.local_m -
             truth.markers[static_cast<std::size_t>(*truth.find_marker("RTB2"))].at.local_m)
                .norm(),
            0.01);
}

// --- real recordings ---------------------------------------------------------------------------

Recording c3d(const std::string& name) {
  return read_c3d(load_file(test::data_folder() / name)).recording;
}

TEST(CalibrateReal, RbdsStandingTrialsRaiseNoWarnings) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001static.c3d.gz");
  for (const char* runner : {"001", "002", "003", "004", "005", "007", "008", "009", "011", "012",
                             "014", "016", "017", "027"}) {
    const Calibration found = calibrate(c3d("rbds/RBDS" + std::string(runner) + "static.c3d.gz"));
    EXPECT_EQ(found.report.trial, CalibrationTrial::standing);
    EXPECT_EQ(warnings(found.report.notes, ""), 0) << runner << "\n" << all(found.report.notes);
    EXPECT_LT(found.report.rms_m, 0.003) << runner;
    for (const char* name : {"thigh_r", "shank_l"}) {
      EXPECT_GT(length(found, name).value_m, 0.33) << runner;
      EXPECT_LT(length(found, name).value_m, 0.52) << runner;
    }
  }
}

// Shoulder and elbow centres that a program wrote once pulled the feet to the elbows.
TEST(CalibrateStanding, ComputedJointCentresAreTakenForTheirOwnJoint) {
  Skeleton body = marked("rajagopal", true);
  for (const MarkerDef& def : marker_set("rajagopal").markers) {
    if (!def.computed) continue;
    body.markers.push_back(
        {{def.label, body.segment(def.segment), Vector3d::Zero()}, def.sigma_m, false});
  }
  const Calibration found = calibrate(test::record(body, 30, 100.0, 0.0, 1, true));
  EXPECT_LT(found.report.rms_m, 0.004);
  EXPECT_NEAR(length(found, "shank_r").value_m, 0.94 * 0.246 * 1.75, 0.003);
  for (const Marker& marker : found.skeleton.markers) EXPECT_NE(marker.at.name, "REJC");
}

TEST(CalibrateReal, OtherLaboratoriesStandingTrialsRaiseNoWarnings) {
  RUNMECH_NEEDS_DATA("rajagopal/static_run.trc");
  struct Trial {
    const char* path;
    const char* forward;
  };
  for (const auto& [path, forward] :
       {Trial{"rajagopal/static_run.trc", "+z"},
        {"dorn/static.trc", "+x"},
        {"dorn/JA1Static05.c3d", "+y"},
        {"biomac/P02_N-Pose_trial0002_DataStructMeasured.csv", "+z"}}) {
    ReadOptions options;
    options.forward = forward;
    const Calibration found = calibrate(read(test::data_folder() / path, options));
    EXPECT_EQ(found.report.trial, CalibrationTrial::standing) << path;
    EXPECT_EQ(warnings(found.report.notes, ""), 0) << path << "\n" << all(found.report.notes);
    EXPECT_LT(found.report.rms_m, 0.005) << path;
    EXPECT_NEAR(length(found, "thigh_r").value_m, length(found, "thigh_l").value_m, 0.025) << path;
  }
}

// Joint centres found from the running alone are those of the standing trial, within what the
// report says of their error.
TEST(CalibrateReal, MovingTrialsFindTheBodyOfTheStandingTrial) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001static.c3d.gz");
  for (const char* runner : {"002", "004", "007", "009", "012", "027"}) {
    const Calibration standing =
        calibrate(c3d("rbds/RBDS" + std::string(runner) + "static.c3d.gz"));
    Recording run = c3d("rbds/RBDS" + std::string(runner) + "runT35.c3d.gz");
    run = trimmed(run, run.time_s.front(), run.time_s.front() + 6.0);
    run = with_labels_corrected(run, check_labels(run, standing));
    const Calibration moving = calibrate(run);
    ASSERT_EQ(moving.report.trial, CalibrationTrial::moving);
    for (const char* name : {"hip_forward", "hip_up", "hip_half_width"}) {
      EXPECT_NEAR(length(moving, name).value_m, length(standing, name).value_m, 0.006)
          << runner << name;
      EXPECT_GE(length(moving, name).sd_m, 0.005);  // the regression's, for small bodies less
    }
    double squares = 0.0;
    for (const char* name : {"thigh_l", "thigh_r", "shank_l", "shank_r"}) {
      const LengthRow& a = length(standing, name);
      const LengthRow& b = length(moving, name);
      const double z = (b.value_m - a.value_m) / std::hypot(a.sd_m, b.sd_m);
      EXPECT_LT(std::abs(z), 2.5) << runner << name;
      EXPECT_NEAR(b.value_m, a.value_m, 0.025) << runner << name;
      EXPECT_LT(b.sd_m, 0.015) << runner << name;
      squares += z * z;
    }
    EXPECT_LT(std::sqrt(squares / 4.0), 2.0) << runner;
  }
}

// A body sheared as markers on a slope would be: hips and legs stay.
TEST(CalibrateReal, AShearedBodyKeepsItsHips) {
  RUNMECH_NEEDS_DATA("rajagopal/motion_capture_run.trc");
  ReadOptions options;
  options.forward = "+x";
  const Recording run = read(test::data_folder() / "rajagopal/motion_capture_run.trc", options);
  const Calibration level = calibrate(run);
  for (const double grade : {0.1, -0.1}) {
    Recording slope = run;
    for (Eigen::Index i = 0; i < slope.n_points(); ++i) {
      slope.positions_m.col(3 * i + 1) += grade * slope.positions_m.col(3 * i);
    }
    const Calibration sheared = calibrate(slope);
    for (const char* name : {"hip_forward", "hip_up", "hip_half_width"}) {
      EXPECT_NEAR(length(sheared, name).value_m, length(level, name).value_m, 0.003) << name;
    }
    for (const char* name : {"thigh_l", "thigh_r", "shank_l", "shank_r"}) {
      EXPECT_NEAR(length(sheared, name).value_m, length(level, name).value_m, 0.02) << name;
    }
  }
}

// RMS over the markers of the running trial, median over frames: 15 mm at most.
TEST(CalibrateReal, RunningFitsTheCalibratedBody) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001static.c3d.gz");
  for (const char* runner : {"001", "009", "027"}) {
    const Calibration calibration =
        calibrate(c3d("rbds/RBDS" + std::string(runner) + "static.c3d.gz"));
    Recording trial = c3d("rbds/RBDS" + std::string(runner) + "runT35.c3d.gz");
    trial = trimmed(trial, trial.time_s.front(), trial.time_s.front() + 4.0);
    trial = with_labels_corrected(trial, check_labels(trial, calibration));
    const Motion motion = fit(trial, calibration.skeleton);
    std::vector<double> rms;
    for (const FrameQuality& quality : motion.quality) rms.push_back(quality.rms_m);
    EXPECT_LT(median(rms), 0.015) << runner;
  }
}

TEST(CalibrateReal, RbdsRunner001HasTwoLabelsExchangedAtTwoSpeeds) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001static.c3d.gz");
  const Calibration calibration = calibrate(c3d("rbds/RBDS001static.c3d.gz"));
  for (const char* speed : {"T25", "T35", "T45"}) {
    const Recording trial = c3d("rbds/RBDS001run" + std::string(speed) + ".c3d.gz");
    const LabelCheck check = check_labels(trial, calibration);
    const bool wrong = std::string(speed) != "T45";
    ASSERT_EQ(check.exchanges.size(), wrong ? 1U : 0U) << speed << all(check.notes);
    if (!wrong) continue;
    EXPECT_EQ(std::minmax(check.exchanges[0].first, check.exchanges[0].second),
              std::minmax(std::string("R.MT1"), std::string("R.MT5")));
    EXPECT_TRUE(check.exchanges[0].certain);
    EXPECT_NEAR(check.exchanges[0].rms_as_labelled_m, 0.046, 0.005);
    EXPECT_LT(check.exchanges[0].rms_exchanged_m, 0.003);
  }
}

TEST(CalibrateReal, RbdsRunner003HasOneForefootTrackUnderAnotherName) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003static.c3d.gz");
  const Calibration calibration = calibrate(c3d("rbds/RBDS003static.c3d.gz"));
  const LabelCheck check = check_labels(c3d("rbds/RBDS003runT25.c3d.gz"), calibration);
  EXPECT_EQ(check.missing, std::vector<std::string>{"R.MT1"});
  ASSERT_EQ(check.moves.size(), 2U) << all(check.notes);
  for (const LabelMove& move : check.moves) EXPECT_LT(move.rms_m, 0.008);
  EXPECT_TRUE(check_labels(c3d("rbds/RBDS003runT35.c3d.gz"), calibration).notes.empty());
}

}  // namespace
}  // namespace runmech
