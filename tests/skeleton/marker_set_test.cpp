// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/marker_set.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "runmech/core/errors.hpp"
#include "runmech/skeleton/nominal.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

std::vector<std::string> labels_of(const MarkerSet& set, bool static_too) {
  std::vector<std::string> out;
  for (const MarkerDef& def : set.markers) {
    if (def.optional || (def.static_only && !static_too)) continue;
    out.push_back(def.label);
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text;
}

TEST(MarkerSets, AreListedAndParse) {
  const std::set<std::string> names(marker_set_names().begin(), marker_set_names().end());
  for (const char* name :
       {"rbds", "rajagopal", "hamner", "dorn", "biomac", "ric_clusters", "plug_in_gait_lower",
        "plug_in_gait_full", "body_25", "blazepose_33", "halpe_26", "coco_17"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  for (const std::string& name : marker_set_names()) {
    EXPECT_EQ(marker_set(name).name, name);
    EXPECT_FALSE(marker_set(name).source.empty()) << name;
  }
}

// Every label sits on a segment of the skeleton, within a hand's breadth of where such a marker can
// be.
TEST(MarkerSets, NominalPlacesLieOnTheBody) {
  const Skeleton skeleton = running_skeleton();
  for (const std::string& name : marker_set_names()) {
    for (const MarkerDef& def : marker_set(name).markers) {
      if (def.segment.empty()) continue;
      const auto place = nominal_place(skeleton, def);
      ASSERT_TRUE(place) << name << " " << def.label;
      EXPECT_LT(place->norm(), 0.6) << name << " " << def.label;
    }
  }
}

// Where set and skeleton both know a landmark, they agree to 45 mm.
TEST(MarkerSets, NominalPlacesAgreeWithTheSkeletonsLandmarks) {
  const Skeleton skeleton = running_skeleton();
  int compared = 0;
  for (const std::string& name : marker_set_names()) {
    const MarkerSet& set = marker_set(name);
    for (const MarkerDef& def : set.markers) {
      for (const BodyPoint& at : skeleton.landmarks) {
        if (at.name != def.landmark || def.segment.empty() ||
            at.segment != skeleton.segment(def.segment)) {
          continue;
        }
        EXPECT_LT((*nominal_place(skeleton, def) - at.local_m).norm(), 0.045)
            << name << " " << def.label << ": " << nominal_place(skeleton, def)->transpose()
            << " against " << at.local_m.transpose();
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 150);
}

TEST(MarkerSets, LeftMirrorsRight) {
  const MarkerSet& set = marker_set("rbds");
  for (const MarkerDef& def : set.markers) {
    if (def.label.substr(0, 2) != "R.") continue;
    const auto left = std::find_if(set.markers.begin(), set.markers.end(), [&](const MarkerDef& d) {
      return d.label == "L." + def.label.substr(2);
    });
    ASSERT_NE(left, set.markers.end()) << def.label;
    EXPECT_EQ(left->at->z(), -def.at->z());
    EXPECT_EQ(left->at->x(), def.at->x());
    EXPECT_EQ(left->kind, def.kind);
  }
}

TEST(Recognise, EverySetByItsOwnLabels) {
  for (const std::string& name : marker_set_names()) {
    const MarkerSet& set = marker_set(name);
    for (const bool static_too : {false, true}) {
      const MarkerSetMatch found = recognise_marker_set(labels_of(set, static_too));
      // A lower body is both sets' lower body, read alike; the smaller set must win.
      ASSERT_NE(found.set, nullptr) << name << ": " << found.reason;
      EXPECT_EQ(found.set->name, name) << found.reason << ", then " << found.runner_up;
      EXPECT_TRUE(found.missing.empty()) << name << " " << found.missing.front();
      EXPECT_TRUE(found.extra.empty()) << name;
    }
  }
}

TEST(Recognise, CaseSeparatorsAndSubjectPrefixDoNotMatter) {
  std::vector<std::string> labels = labels_of(marker_set("rajagopal"), true);
  for (std::string& label : labels) label = "Anna:" + upper(label);
  EXPECT_EQ(recognise_marker_set(labels).set, &marker_set("rajagopal"));
  const std::vector<std::string> spaced{"R ASIS", "L ASIS", "r_psis", "L-PSIS", "r.iliac crest"};
  const std::vector<int> match = marker_set("rbds").match(spaced);
  EXPECT_EQ(std::count(match.begin(), match.end(), -1), 0);
}

TEST(Recognise, MissingAndExtraLabelsAreListed) {
  std::vector<std::string> labels = labels_of(marker_set("rbds"), false);
  labels.erase(std::find(labels.begin(), labels.end(), "R.MT1"));
  labels.push_back("LKneeAngles");
  labels.push_back("*52");
  const MarkerSetMatch found = recognise_marker_set(labels);
  ASSERT_NE(found.set, nullptr);
  EXPECT_EQ(found.set->name, "rbds");
  EXPECT_EQ(found.missing, std::vector<std::string>{"R.MT1"});
  EXPECT_EQ(found.extra, (std::vector<std::string>{"LKneeAngles", "*52"}));
}

TEST(Recognise, HalfABodyIsStillItsSet) {
  std::vector<std::string> labels;
  for (const MarkerDef& def : marker_set("rbds").markers) {
    if (!def.static_only && def.label.substr(0, 2) == "R.") labels.push_back(def.label);
  }
  ASSERT_NE(recognise_marker_set(labels).set, nullptr);
  EXPECT_EQ(recognise_marker_set(labels).set->name, "rbds");
  const std::vector<std::string> pelvis{"R.ASIS", "L.ASIS",        "R.PSIS",
                                        "L.PSIS", "R.Iliac.Crest", "L.Iliac.Crest"};
  const MarkerSetMatch only_pelvis = recognise_marker_set(pelvis);
  ASSERT_NE(only_pelvis.set, nullptr) << only_pelvis.reason;
}

TEST(Recognise, PlugInGaitFullAndLowerByTheTrunk) {
  const std::vector<std::string> vicon{"LASI", "RASI", "LPSI", "RPSI", "LTHI", "LKNE",
                                       "LTIB", "LANK", "LHEE", "LTOE", "RTHI", "RKNE",
                                       "RTIB", "RANK", "RHEE", "RTOE"};
  EXPECT_EQ(recognise_marker_set(vicon).set->name, "plug_in_gait_lower");
  std::vector<std::string> full = vicon;
  for (const char* label :
       {"LFHD", "RFHD", "LBHD", "RBHD", "C7", "T10", "CLAV", "STRN", "RBAK", "LSHO", "LELB", "LWRA",
        "LWRB", "LFIN", "RSHO", "RELB", "RWRA", "RWRB", "RFIN"}) {
    full.emplace_back(label);
  }
  EXPECT_EQ(recognise_marker_set(full).set->name, "plug_in_gait_full");
}

TEST(Recognise, UnknownOrTooFewLabelsAreRefusedWithAReason) {
  for (const auto& labels : {std::vector<std::string>{},
                             {"A", "B", "C"},
                             {"LASI", "RASI"},
                             {"M1", "M2", "M3", "M4", "M5", "M6"}}) {
    const MarkerSetMatch found = recognise_marker_set(labels);
    EXPECT_EQ(found.set, nullptr);
    EXPECT_NE(found.reason.find("marker_set="), std::string::npos) << found.reason;
    EXPECT_THROW((void)require_marker_set(labels), InvalidArgument);
    EXPECT_EQ(&require_marker_set(labels, "rbds"), &marker_set("rbds"));
  }
}

TEST(Recognise, TwoReadingsOfOneLabelAreTheCallersChoice) {
  // RTOE is the second metatarsal head in one set and the toe tip in another.
  const std::vector<std::string> labels{"RASI", "LASI", "SACR",  "C7",
                                        "RTOE", "LTOE", "RTHAP", "LTHAP"};
  const MarkerSetMatch found = recognise_marker_set(labels);
  EXPECT_EQ(found.set, nullptr) << found.reason;
  EXPECT_NE(found.reason.find("dorn"), std::string::npos) << found.reason;
  EXPECT_NE(found.reason.find("marker_set="), std::string::npos) << found.reason;
}

TEST(MarkerSetFile, ReplacesABuiltInOneAndSaysWhatIsWrong) {
  const auto path = std::filesystem::temp_directory_path() / "runmech_marker_set_test.json";
  std::ofstream(path) << R"({"name": "mine", "title": "t", "source": "s", "markers": [
    {"label": "{R}K", "landmark": "knee_lateral_{r}", "segment": "femur_{r}", "kind": "bony",
     "sigma_mm": 8, "at": [0, -1, 0.1]}]})";
  const MarkerSet& mine = marker_set(path.string());
  ASSERT_EQ(mine.markers.size(), 2U);
  EXPECT_EQ(mine.markers[1].segment, "femur_l");
  EXPECT_EQ(mine.markers[1].at->z(), -0.1);
  std::filesystem::remove(path);

  EXPECT_THROW((void)marker_set("no_such_set"), InvalidArgument);
  EXPECT_THROW((void)marker_set("/no/such/file.json"), IoError);
  for (
      const char* bad :
      {"", "{", "[]", R"({"name": "a", "title": "t", "source": "s", "markers": [{"label": "X"}]})",
       R"({"name":"a","title":"t","source":"s","markers":[{"label":"X","kind":"bone","sigma_mm":5}]})",
       R"({"name":"a","title":"t","source":"s","markers":[{"label":"X","kind":"bony","sigma_mm":-5}]})",
       R"({"name":"a","title":"t","source":"s","markers":[{"label":"X","kind":"bony","sigma_mm":5},
          {"label":"x","kind":"bony","sigma_mm":5}]})"}) {
    try {
      (void)parse_marker_set(bad, "bad.json");
      ADD_FAILURE() << bad;
    } catch (const InvalidArgument& error) {
      EXPECT_NE(std::string(error.what()).find("bad.json"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace runmech
