// SPDX-License-Identifier: BSD-3-Clause
// Models that are broken, or that no tree of ours can represent: each is refused with path, place
// and what it is about.
#include <gtest/gtest.h>

#include "runmech/core/errors.hpp"
#include "support/osim_models.hpp"

namespace runmech {
namespace {

struct Bad {
  const char* model;
  const char* from;
  const char* to;
  const char* said;  // in the message
};

const Bad kBad[]{
    {"custom", "</OpenSimDocument>", "</OpenSimDocumen>", "not well-formed XML"},
    {"custom", "<OpenSimDocument Version=\"40500\">", "", "not well-formed XML"},
    {"custom", "<Model name=\"custom\">", "<Tool name=\"custom\"></Tool><Model2>", "XML"},
    {"tasks", "IKTaskSet", "IKTaskSet", "holds no Model"},
    {"custom", "<CustomJoint name=\"hip_r\">", "<EllipsoidJoint name=\"hip_r\">", "XML"},
    {"joints", "<SliderJoint name=\"slider\">",
     "<ScrewJoint name=\"slider\"/><SliderJoint name=\"s\">", "joint 'slider' (ScrewJoint)"},
    {"custom",
     "<SimmSpline name=\"function\"><x> 0 0.5 1 1.5 2.1</x><y> 0 0.03 0.031 0.012 "
     "-0.002</y></SimmSpline>",
     "<GCVSpline name=\"function\"/>", "joint 'knee_r' (CustomJoint)"},
    {"custom", "<x> 0 0.5 1 1.5 2.1</x>", "<x> 0 0.5 0.5 1.5 2.1</x>", "does not increase"},
    {"custom", "<x> 0 0.5 1 1.5 2.1</x>", "<x> 0 0.5 1 1.5</x>", "4 x and 5 y"},
    {"custom", "<y> 0 0.03 0.031 0.012 -0.002</y>", "<y> 0 0.03 x 0.012 -0.002</y>",
     "'x', which is no number"},
    {"custom", "<coefficients>2 0.001</coefficients>", "<coefficients>2 0.001 3</coefficients>",
     "3 coefficients"},
    {"custom", "<coefficients>-0.05 0.2 0.01</coefficients>", "<coefficients></coefficients>",
     "no coefficients"},
    {"custom", "<axis>0 0 2</axis>", "<axis>0 0 0</axis>", "an axis of no length"},
    {"custom", "<axis>0 0 2</axis>", "<axis>0 2</axis>", "3 finite numbers"},
    {"custom", "<axis>0 0 2</axis>", "<axis>0 0 inf</axis>", "3 finite numbers"},
    {"custom", "<coordinates>hip_flexion_r</coordinates>", "<coordinates>hip</coordinates>",
     "'hip', which is no coordinate"},
    {"custom", "<Coordinate name=\"hip_adduction_r\"/>",
     "<Coordinate name=\"hip_adduction_r\"/><Coordinate name=\"idle\"/>", "'idle' moves nothing"},
    {"custom", "<range>-0.5 2.1</range>", "<range>2.1 -0.5</range>", "no range of two numbers"},
    {"custom", "<clamped>true</clamped>", "<clamped>perhaps</clamped>", "allowed: true, false"},
    {"custom", "<locked>true</locked>", "<prescribed>true</prescribed>", "is prescribed"},
    {"custom", "<socket_parent_frame>/bodyset/pelvis</socket_parent_frame><location>0.02 0.03 0.13",
     "<socket_parent_frame>/bodyset/nobody</socket_parent_frame><location>0 0 0", "marker 'RASI'"},
    {"custom", "<socket_parent>/bodyset/pelvis</socket_parent><translation>",
     "<socket_parent>pelvis_offset</socket_parent><translation>", "pelvis_offset"},
    {"joints", "<socket_parent>/bodyset/b</socket_parent>", "<socket_parent>edge</socket_parent>",
     "lead back to itself"},
    {"custom", "<Body name=\"talus_r\">", "<Body name=\"tibia_r\"/><Body name=\"talus_r\">",
     "two bodies are named 'tibia_r'"},
    {"custom", "<Body name=\"talus_r\"><mass>0.1", "<Body name=\"talus_r\"><mass>-1",
     "its mass is negative"},
    {"custom", "<Body name=\"talus_r\">", "<Body>", "without a name"},
    {"custom", "<Marker name=\"RASI\">", "<Marker name=\"LASI\">", "two markers are named 'LASI'"},
    {"custom", "<socket_child_frame>/bodyset/talus_r</socket_child_frame>",
     "<socket_child_frame>/bodyset/pelvis</socket_child_frame>", "'pelvis' has a joint already"},
    {"custom", "<socket_child_frame>/bodyset/talus_r</socket_child_frame>",
     "<socket_child_frame>/ground</socket_child_frame>", "its child is the ground"},
    {"custom",
     "<socket_parent_frame>/ground</socket_parent_frame>\n          "
     "<socket_child_frame>/bodyset/pelvis",
     "<socket_parent_frame>/bodyset/talus_r</socket_parent_frame>\n          "
     "<socket_child_frame>/bodyset/pelvis",
     "do not lead to the ground"},
    {"custom", "<isEnforced>false</isEnforced>", "<isEnforced>true</isEnforced>",
     "constraint 'off' (PointConstraint)"},
    {"custom", "<independent_coordinate_names>knee_angle_r</independent_coordinate_names>",
     "<independent_coordinate_names>knee</independent_coordinate_names>",
     "constraint 'patella' (CoordinateCouplerConstraint)"},
    {"custom", "<dependent_coordinate_name>knee_glide_r</dependent_coordinate_name>",
     "<dependent_coordinate_name>ankle_twist_r</dependent_coordinate_name>",
     "joint 'ankle_r' (CustomJoint)"},
    {"custom", "<coefficients>2 0.001</coefficients></LinearFunction>",
     "<coefficients>2 0.001</coefficients></LinearFunction><!--", "XML"},
    {"custom", "<scale>1.1</scale>", "<scale>1e999</scale>", "scale"},
    {"three", "<length_units>meters</length_units>", "<length_units>millimeters</length_units>",
     "allowed: meters"},
    {"three", "<reverse>false</reverse>", "<reverse>true</reverse>", "is reversed"},
    {"three", "<parent_body>pelvis</parent_body>", "<parent_body>trunk</parent_body>",
     "'trunk' is no body"},
};

TEST(OsimBad, IsRefusedWithPathPlaceAndReason) {
  for (const Bad& bad : kBad) {
    try {
      static_cast<void>(read_osim(test::edited(bad.model, bad.from, bad.to)));
      ADD_FAILURE() << "accepted: " << bad.to;
    } catch (const IoError& error) {
      EXPECT_NE(std::string(error.what()).find(bad.said), std::string::npos)
          << error.what() << "\nwanted: " << bad.said;
      EXPECT_NE(std::string(error.what()).find("corpus/osim"), std::string::npos) << error.what();
    }
  }
}

TEST(OsimBad, PlaceIsALineOfTheFile) {
  try {
    static_cast<void>(
        read_osim(test::edited("custom", "<axis>0 0 2</axis>", "<axis>0 0 0</axis>")));
    FAIL() << "accepted";
  } catch (const IoError& error) {
    EXPECT_EQ(error.place(), "line 50, joint 'hip_r' (CustomJoint)");
  }
}

TEST(OsimBad, TasksThatAreNone) {
  const FileBytes model = test::osim_model("custom");
  const auto refused = [&](const FileBytes& tasks, const char* said) {
    try {
      static_cast<void>(read_osim(model, &tasks));
      ADD_FAILURE() << "accepted";
    } catch (const IoError& error) {
      EXPECT_NE(std::string(error.what()).find(said), std::string::npos) << error.what();
    }
  };
  refused(model, "no tasks of inverse kinematics");
  refused(test::edited("tasks", "<weight>100</weight>", "<weight>-1</weight>"), "is negative");
  refused(test::edited("tasks", "<weight>100</weight>", "<weight>much</weight>"), "no number");
}

TEST(OsimBad, FilesThatAreNotThereOrEmpty) {
  EXPECT_THROW(static_cast<void>(read_osim(std::filesystem::path("no/such.osim"))), IoError);
  EXPECT_THROW(static_cast<void>(read_osim(FileBytes{"empty", {}})), IoError);
}

}  // namespace
}  // namespace runmech
