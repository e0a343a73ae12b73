// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/kinematics.hpp"

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <set>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/core/units.hpp"

namespace runmech {
namespace {

Eigen::VectorXd random_pose(const Skeleton& skeleton, unsigned seed) {
  std::mt19937 random(seed);
  Eigen::VectorXd q(skeleton.n_coordinates());
  for (int j = 0; j < q.size(); ++j) {
    const auto& c = skeleton.coordinates[j];
    q[j] = c.rotation ? std::uniform_real_distribution(c.lower, c.upper)(random)
                      : std::uniform_real_distribution(-2.0, 2.0)(random);
  }
  return q;
}

Eigen::Vector3d landmark(const Skeleton& skeleton, const Eigen::VectorXd& q,
                         std::string_view name) {
  SkeletonState<double> state;
  forward_kinematics(skeleton, q.data(), state);
  return point_position(state, skeleton.landmark(name));
}

/// Where a landmark goes when one coordinate is moved by 0.1 from neutral.
Eigen::Vector3d shift(std::string_view coordinate, std::string_view name) {
  const Skeleton skeleton = running_skeleton();
  Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
  const Eigen::Vector3d before = landmark(skeleton, q, name);
  q[skeleton.coordinate(coordinate)] = 0.1;
  return landmark(skeleton, q, name) - before;
}

TEST(RunningSkeleton, HasTheCoordinatesOfTheRajagopalModel) {
  const Skeleton skeleton = running_skeleton();
  std::set<std::string> names;
  for (const auto& c : skeleton.coordinates) names.insert(c.name);
  std::set<std::string> expected{"pelvis_tx",        "pelvis_ty",      "pelvis_tz",
                                 "pelvis_tilt",      "pelvis_list",    "pelvis_rotation",
                                 "lumbar_extension", "lumbar_bending", "lumbar_rotation"};
  for (const char* stem :
       {"hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
        "subtalar_angle", "mtp_angle", "arm_flex", "arm_add", "arm_rot", "elbow_flex"}) {
    expected.insert(std::string(stem) + "_r");
    expected.insert(std::string(stem) + "_l");
  }
  EXPECT_EQ(names, expected);
  EXPECT_EQ(names.size(), skeleton.coordinates.size());
}

TEST(RunningSkeleton, SignsAreTheDocumentedOnesOnBothSides) {
  for (const auto& [side, out] : {std::pair{std::string("_r"), 1.0}, {std::string("_l"), -1.0}}) {
    EXPECT_GT(shift("hip_flexion" + side, "knee" + side).x(), 0.02);
    EXPECT_LT(out * shift("hip_adduction" + side, "knee" + side).z(), -0.02);  // to the midline
    EXPECT_LT(out * shift("hip_rotation" + side, "toe" + side).z(), -0.01);    // toes inward
    EXPECT_LT(shift("knee_angle" + side, "ankle" + side).x(), -0.02);
    EXPECT_GT(shift("ankle_angle" + side, "toe" + side).y(), 0.01);              // dorsiflexion
    EXPECT_LT(out * shift("subtalar_angle" + side, "sole_heel" + side).z(), 0);  // sole inward
    EXPECT_LT(shift("mtp_angle" + side, "toe" + side).y(), -0.002);              // toes to the sole
    EXPECT_GT(shift("arm_flex" + side, "elbow" + side).x(), 0.02);
    EXPECT_LT(out * shift("arm_add" + side, "elbow" + side).z(), -0.02);
    EXPECT_GT(shift("elbow_flex" + side, "wrist" + side).x(), 0.02);
  }
  EXPECT_LT(shift("pelvis_tilt", "c7").x(), -0.02);          // + backward
  EXPECT_LT(shift("pelvis_list", "asis_r").y(), -0.005);     // + right side down
  EXPECT_GT(shift("pelvis_rotation", "asis_r").x(), 0.005);  // + turned left, right side forward
  EXPECT_LT(shift("lumbar_extension", "c7").x(), -0.02);
  EXPECT_GT(shift("lumbar_bending", "c7").z(), 0.02);  // + to the right
}

TEST(RunningSkeleton, LengthsAreTheStatedFractionsOfStature) {
  for (const double stature : {1.05, 1.60, 1.93}) {
    const Skeleton skeleton = running_skeleton({60.0, stature, Sex::female, ""});
    const Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
    const auto at = [&](const char* name) { return landmark(skeleton, q, name); };
    const double floor = at("sole_heel_r").y();
    EXPECT_NEAR(at("sole_toe_l").y(), floor, 1e-12);
    EXPECT_NEAR(at("hip_r").y() - floor, 0.530 * stature, 1e-12);
    EXPECT_NEAR(at("vertex").y() - floor, stature, 1e-12);
    EXPECT_NEAR((at("hip_r") - at("knee_r")).norm(), 0.245 * stature, 1e-12);
    EXPECT_NEAR((at("ankle_l") - at("knee_l")).norm(), 0.246 * stature, 1e-12);
    EXPECT_NEAR((at("toe_r") - at("heel_r")).x(), 0.152 * stature, 1e-12);
    EXPECT_NEAR((at("wrist_r") - at("elbow_r")).norm(), 0.146 * stature, 1e-12);
  }
}

TEST(RunningSkeleton, MassesSumToTheBodyAndTheCentreOfMassIsWhereItIsKnownToBe) {
  for (const Sex sex : {Sex::female, Sex::male, Sex::unknown}) {
    const Skeleton skeleton = running_skeleton({70.0, 1.75, sex, ""});
    double mass = 0.0;
    for (const auto& s : skeleton.segments) {
      mass += s.mass_kg;
      if (s.mass_kg > 0.0) {
        EXPECT_GT(s.inertia_kg_m2.minCoeff(), 0.0) << s.name;
      }
    }
    EXPECT_NEAR(mass, 70.0, 0.02);  // the tables' own rounding
    const Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
    SkeletonState<double> state;
    forward_kinematics(skeleton, q.data(), state);
    const double height = centre_of_mass(skeleton, state).y() -
                          point_position(state, skeleton.landmark("sole_heel_r")).y();
    EXPECT_NEAR(height / 1.75, 0.565, 0.02);  // 55-57 % of stature standing, arms down
  }
}

TEST(RunningSkeleton, MirroredPoseMirrorsEveryLandmark) {
  const Skeleton skeleton = running_skeleton();
  const Eigen::VectorXd q = random_pose(skeleton, 3);
  Eigen::VectorXd mirrored = q;
  for (int j = 0; j < q.size(); ++j) {
    std::string name = skeleton.coordinates[j].name;
    if (name.ends_with("_r") || name.ends_with("_l")) {
      name.back() = name.back() == 'r' ? 'l' : 'r';
      mirrored[j] = q[skeleton.coordinate(name)];
    } else if (name == "pelvis_tz" || name == "pelvis_list" || name == "pelvis_rotation" ||
               name == "lumbar_bending" || name == "lumbar_rotation") {
      mirrored[j] = -q[j];
    }
  }
  for (const auto& point : skeleton.landmarks) {
    std::string name = point.name;
    if (name.ends_with("_r") || name.ends_with("_l")) name.back() = name.back() == 'r' ? 'l' : 'r';
    Eigen::Vector3d expected = landmark(skeleton, q, name);
    expected.z() *= -1.0;
    EXPECT_LT((landmark(skeleton, mirrored, point.name) - expected).norm(), 1e-12) << point.name;
  }
}

TEST(RunningSkeleton, LockedToAViewItStaysInThePicture) {
  const Skeleton skeleton = running_skeleton();
  for (const auto& [view, normal] : {std::pair{View::side, 2}, {View::rear, 0}, {View::front, 0}}) {
    const Eigen::VectorXd neutral = Eigen::VectorXd::Zero(skeleton.n_coordinates());
    Eigen::VectorXd q = random_pose(skeleton, 5);
    int free = 0;
    for (int j = 0; j < q.size(); ++j) {
      if (moves_within(skeleton.coordinates[j], view)) {
        ++free;
      } else {
        q[j] = 0.0;
      }
    }
    EXPECT_EQ(free, view == View::side ? 16 : 8);
    for (const auto& point : skeleton.landmarks) {
      EXPECT_EQ(landmark(skeleton, q, point.name)[normal],
                landmark(skeleton, neutral, point.name)[normal])
          << point.name;
    }
  }
}

TEST(RunningSkeleton, ATreeOfYourOwnReplacesTheEmbeddedOne) {
  const std::string path = testing::TempDir() + "tree.json";
  std::string text(resource("skeleton/running.json"));
  text.replace(text.find("knee_angle_{s}"), 14, "my_knee_{s}   ");
  std::ofstream(path) << text;
  EXPECT_NO_THROW(static_cast<void>(running_skeleton({}, path).coordinate("my_knee_r   ")));
  std::ofstream(path) << "{\"chains\": [{\"segments\": [{}]}]}";
  EXPECT_THROW(static_cast<void>(running_skeleton({}, path)), IoError);
  EXPECT_THROW(static_cast<void>(running_skeleton({0.0, 17.5, Sex::male, ""})), InvalidArgument);
}

TEST(Kinematics, PointJacobianAgreesWithJetsAndDifferences) {
  const Skeleton skeleton = running_skeleton();
  const int n = skeleton.n_coordinates();
  using Jet = ceres::Jet<double, 31>;
  ASSERT_EQ(n, 31);
  for (unsigned seed = 0; seed < 5; ++seed) {
    const Eigen::VectorXd q = random_pose(skeleton, seed);
    std::vector<Jet> jets(n);
    for (int j = 0; j < n; ++j) jets[j] = Jet(q[j], j);
    SkeletonState<Jet> jet_state;
    forward_kinematics(skeleton, jets.data(), jet_state);
    SkeletonState<double> state;
    forward_kinematics(skeleton, q.data(), state);
    Eigen::Matrix3Xd jacobian;
    for (const auto& point : skeleton.landmarks) {
      point_jacobian(skeleton, state, point, jacobian);
      const auto p = point_position(jet_state, point);
      for (int k = 0; k < 3; ++k) {
        EXPECT_NEAR(p[k].a, point_position(state, point)[k], 1e-14);
        EXPECT_LT((p[k].v.transpose() - jacobian.row(k)).cwiseAbs().maxCoeff(), 1e-12);
      }
      const int moved = static_cast<int>(seed * 7 % n);
      Eigen::VectorXd left = q, right = q;
      left[moved] -= 1e-6;
      right[moved] += 1e-6;
      const Eigen::Vector3d difference =
          (landmark(skeleton, right, point.name) - landmark(skeleton, left, point.name)) / 2e-6;
      EXPECT_LT((difference - jacobian.col(moved)).norm(), 1e-8);
    }
  }
}

TEST(Skeleton, UnknownNamesAreRefusedWithTheKnownOnes) {
  const Skeleton skeleton = running_skeleton();
  try {
    static_cast<void>(skeleton.coordinate("knee_flexion_r"));
    FAIL() << "accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_NE(std::string(error.what()).find("knee_angle_r"), std::string::npos);
  }
  EXPECT_THROW(static_cast<void>(skeleton.segment("skull")), InvalidArgument);
  EXPECT_THROW(static_cast<void>(skeleton.landmark("tail")), InvalidArgument);
  EXPECT_FALSE(skeleton.find_marker("R.Heel"));
}

}  // namespace
}  // namespace runmech
