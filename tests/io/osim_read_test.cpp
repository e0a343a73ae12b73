// SPDX-License-Identifier: BSD-3-Clause
// Positions computed once with OpenSim 4.6: Model, Coordinate::setValue, Model::assemble (accuracy
// 1e-9), Marker::getLocationInGround.
#include <gtest/gtest.h>

#include <algorithm>

#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/table.hpp"
#include "support/data.hpp"
#include "support/osim_models.hpp"

namespace runmech {
namespace {

using test::osim_model;

struct Known {
  const char* label;
  Eigen::Vector3d at_m;
};

void expect_known(const Skeleton& skeleton, const Eigen::VectorXd& q,
                  const std::vector<Known>& known, double tolerance_m) {
  for (const Known& k : known) {
    EXPECT_LT((test::marker_at(skeleton, q, k.label) - k.at_m).norm(), tolerance_m) << k.label;
  }
}

bool noted(const Skeleton& skeleton, const std::string& text) {
  return std::any_of(skeleton.notes.begin(), skeleton.notes.end(),
                     [&](const Note& note) { return note.text.find(text) != std::string::npos; });
}

TEST(OsimRead, JointsWithFixedAxesStandWhereOpenSimPutsThem) {
  const Skeleton skeleton = read_osim(osim_model("joints"));
  EXPECT_EQ(skeleton.segments.size(), 8u);
  EXPECT_EQ(skeleton.n_coordinates(), 19);
  const auto q = test::pose_of(skeleton, {{"rx", .3},
                                          {"ry", -.4},
                                          {"rz", .5},
                                          {"tx", .1},
                                          {"ty", .8},
                                          {"tz", -.2},
                                          {"pin_angle", .6},
                                          {"ball_x", .2},
                                          {"ball_y", -.3},
                                          {"ball_z", .4},
                                          {"universal_x", -.5},
                                          {"universal_y", .7},
                                          {"slide", .11},
                                          {"gimbal_x", .3},
                                          {"gimbal_y", .2},
                                          {"gimbal_z", -.6},
                                          {"planar_rz", .8},
                                          {"planar_tx", .05},
                                          {"planar_ty", -.07}});
  expect_known(skeleton, q,
               {{"Ma", {-0.0402002957608, 0.854432865344, 0.170189178833}},
                {"Mb", {0.458211143413, 0.609726151911, -0.245333285929}},
                {"Mc", {0.335973420653, 0.671271718844, -0.148890503545}},
                {"Md", {0.449793247596, 0.730844149943, -0.139113482511}},
                {"Me", {0.634495468466, 0.752418712342, -0.25343910947}},
                {"Mf", {0.625770099, 0.626988033909, -0.23366506498}},
                {"Mg", {0.648508212769, 0.668511626425, -0.342956014902}},
                {"Mh", {0.659116349151, 0.646053489788, -0.262539511248}}},
               1e-11);
}

TEST(OsimRead, CoupledAndScaledFunctionsStandWhereOpenSimPutsThem) {
  const Skeleton skeleton = read_osim(osim_model("custom"));
  const auto q = test::pose_of(skeleton, {{"pelvis_tilt", -.2},
                                          {"pelvis_list", .1},
                                          {"pelvis_rotation", .15},
                                          {"pelvis_tx", .3},
                                          {"pelvis_ty", .95},
                                          {"pelvis_tz", -.1},
                                          {"hip_flexion_r", .5},
                                          {"hip_adduction_r", -.1},
                                          {"knee_angle_r", 1.1},
                                          {"ankle_angle_r", .3},
                                          {"ankle_twist_r", -.2}});
  // OpenSim meets the couplers to its accuracy, 1e-9 rad: hence the tolerance.
  expect_known(skeleton, q,
               {{"RASI", {0.341861077965, 0.95918241665, 0.0279192455262}},
                {"LASI", {0.308880547613, 0.992055124819, -0.227876903146}},
                {"RTH1", {0.346501246684, 0.669872021453, 0.0131111770691}},
                {"RTB1", {0.326695558527, 0.34827548665, -0.104152496533}},
                {"RAJC", {0.0911337105363, 0.193633842818, -0.078799657746}}},
               1e-8);
  EXPECT_TRUE(noted(skeleton, "patella_r"));
  EXPECT_TRUE(noted(skeleton, "belt"));
  EXPECT_THROW(static_cast<void>(skeleton.segment("patella_r")), InvalidArgument);
  EXPECT_THROW(static_cast<void>(skeleton.coordinate("knee_angle_r_beta")), InvalidArgument);
  EXPECT_THROW(static_cast<void>(skeleton.coordinate("knee_glide_r")), InvalidArgument);
}

TEST(OsimRead, TheFormOfOpenSimThreeToo) {
  const Skeleton skeleton = read_osim(osim_model("three"));
  const auto q =
      test::pose_of(skeleton, {{"pelvis_tilt", -.2}, {"pelvis_ty", .95}, {"hip_flexion_r", .6}});
  expect_known(skeleton, q,
               {{"R.ASIS", {0.562337779287, 0.967973671895, 0.118283339453}},
                {"R.Thigh", {0.618989364738, 0.734599643289, 0.135687772157}}},
               1e-11);
  EXPECT_EQ(skeleton.segments[0].inertia_kg_m2, Eigen::Vector3d(0.1, 0.11, 0.06));
}

TEST(OsimRead, CoordinatesCarryWhatTheModelSaysOfThem) {
  const Skeleton skeleton = read_osim(osim_model("custom"));
  const auto of = [&](const char* name) { return skeleton.coordinates[skeleton.coordinate(name)]; };
  EXPECT_EQ(of("pelvis_ty").neutral, 0.94);
  EXPECT_FALSE(of("pelvis_ty").rotation);
  EXPECT_EQ(of("pelvis_ty").upper, kUnlimited);
  EXPECT_EQ(of("hip_flexion_r").lower, -0.5);
  EXPECT_EQ(of("hip_flexion_r").upper, 2.1);
  EXPECT_EQ(of("hip_flexion_r").axis, Eigen::Vector3d::UnitZ());
  EXPECT_EQ(of("hip_adduction_r").axis, -Eigen::Vector3d::UnitX());  // slope -1
  EXPECT_TRUE(of("hip_rotation_r").locked);
  EXPECT_EQ(of("hip_rotation_r").neutral, 0.2);
  EXPECT_FALSE(of("hip_flexion_r").coupled);
  EXPECT_TRUE(of("knee_angle_r").coupled);
  EXPECT_EQ(of("knee_angle_r").plane, Plane::sagittal);
  EXPECT_EQ(of("pelvis_list").plane, Plane::frontal);
  EXPECT_EQ(of("pelvis_rotation").plane, Plane::transverse);
}

TEST(OsimRead, SegmentsBeginInTheirJointsAndKeepTheirMass) {
  const Skeleton skeleton = read_osim(osim_model("custom"));
  const Segment& femur = skeleton.segments[skeleton.segment("femur_r")];
  EXPECT_EQ(skeleton.segments[0].name, "pelvis");
  EXPECT_EQ(femur.origin_m, Eigen::Vector3d(-0.06, -0.08, 0.08));
  EXPECT_LT((femur.centre_of_mass_m - Eigen::Vector3d(0, -0.2, 0)).norm(), 1e-15);
  EXPECT_EQ(femur.mass_kg, 9.0);
  EXPECT_EQ(skeleton.landmark("hip_r").segment, skeleton.segment("femur_r"));
  EXPECT_EQ(skeleton.landmark("hip_r").local_m, Eigen::Vector3d::Zero());
  EXPECT_EQ(skeleton.landmark("knee_r").segment, skeleton.segment("tibia_r"));
  EXPECT_EQ(skeleton.landmark("ankle_r").segment, skeleton.segment("talus_r"));
  EXPECT_TRUE(noted(skeleton, "hip_l"));  // a model with one leg
}

TEST(OsimRead, TasksGiveTheMarkersTheirSigma) {
  const FileBytes tasks = osim_model("tasks");
  const Skeleton skeleton = read_osim(osim_model("custom"), &tasks);
  ASSERT_EQ(skeleton.markers.size(), 4u);  // RAJC is not applied, RTOE not on the model
  const auto sigma = [&](const char* label) {
    return skeleton.markers[skeleton.find_marker(label).value()].sigma_m;
  };
  const double mean = (100.0 + 100.0 + 50.0 + 1.0) / 4.0;
  EXPECT_NEAR(sigma("RASI"), 0.01 * std::sqrt(mean / 100.0), 1e-15);
  EXPECT_NEAR(sigma("RTH1"), 0.01 * std::sqrt(mean / 50.0), 1e-15);
  EXPECT_NEAR(sigma("RTB1"), 0.01 * std::sqrt(mean), 1e-15);
  EXPECT_TRUE(noted(skeleton, "RAJC"));
  EXPECT_TRUE(noted(skeleton, "RTOE"));
  EXPECT_TRUE(noted(skeleton, "pelvis_tilt"));
}

TEST(OsimRead, ALockedOneAndAConstantOneFromACoupler) {
  const Skeleton skeleton = read_osim(test::edited(
      "custom", "<SimmSpline><x>0 0.6 1.2 2.1</x><y>0 0.002 0.003 0.001</y></SimmSpline>",
      "<Constant><value>0.004</value></Constant>"));
  const auto& glide = skeleton.coordinates[skeleton.coordinate("knee_glide_r")];
  EXPECT_TRUE(glide.locked);
  EXPECT_NEAR(glide.neutral, 1.2 * 0.004, 1e-15);
}

// The model that OpenSim scaled, its own angles and where its own model then had the markers.
TEST(OsimRead, TheRajagopalModelPutsItsMarkersWhereOpenSimDid) {
  RUNMECH_NEEDS_DATA("rajagopal/opensim_scaled_run.osim");
  const Skeleton skeleton = read_osim(test::data_folder() / "rajagopal/opensim_scaled_run.osim");
  EXPECT_EQ(skeleton.segments.size(), 20u);
  EXPECT_EQ(skeleton.n_coordinates(), 37);
  EXPECT_TRUE(noted(skeleton, "patella_r, patella_l"));
  for (const char* name :
       {"heel_r", "mt5_l", "asis_r", "hip_l", "knee_r", "ankle_l", "shoulder_r"}) {
    EXPECT_NO_THROW(static_cast<void>(skeleton.landmark(name))) << name;
  }
  EXPECT_EQ(skeleton.coordinates[skeleton.coordinate("pelvis_tx")].upper, kUnlimited);
  EXPECT_NEAR(skeleton.coordinates[skeleton.coordinate("knee_angle_r")].upper, 2.0944, 1e-12);
  RUNMECH_NEEDS_DATA("opensim_synthetic/truth.mot");
  const Table angles = read_table(test::data_folder() / "opensim_synthetic/truth.mot");
  const Recording markers = read(test::data_folder() / "opensim_synthetic/truth_markers.trc");
  ASSERT_EQ(angles.time_s.size(), markers.time_s.size());
  std::vector<Eigen::VectorXd> columns;
  for (const Coordinate& c : skeleton.coordinates) {
    columns.push_back(angles.column(c.name) * (c.rotation ? kDegree : 1.0));
  }
  double worst = 0.0;
  SkeletonState<double> state;
  for (Eigen::Index i = 0; i < markers.n_frames(); ++i) {
    Eigen::VectorXd q(skeleton.n_coordinates());
    for (int j = 0; j < q.size(); ++j) q[j] = columns[j][i];
    forward_kinematics(skeleton, q.data(), state);
    for (const Marker& marker : skeleton.markers) {
      const auto column = markers.index_of(marker.at.name);
      if (!column) continue;
      const Eigen::Vector3d seen = markers.positions_m.row(i).segment<3>(3 * *column).transpose();
      worst = std::max(worst, (point_position(state, marker.at) - seen).norm());
    }
  }
  EXPECT_LT(worst, 1e-6);
}

}  // namespace
}  // namespace runmech
