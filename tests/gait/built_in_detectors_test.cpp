// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <set>

#include "runmech/gait/detectors/after_de_witt_2010.hpp"
#include "runmech/gait/detectors/after_handsaker_2016.hpp"
#include "runmech/gait/detectors/after_leitch_2011.hpp"
#include "runmech/gait/detectors/after_maiwald_2009.hpp"
#include "runmech/gait/detectors/after_smith_2015.hpp"
#include "runmech/gait/detectors/alton_1998.hpp"
#include "runmech/gait/detectors/desailly_2009.hpp"
#include "runmech/gait/detectors/dingwell_2001.hpp"
#include "runmech/gait/detectors/falbriard_2018.hpp"
#include "runmech/gait/detectors/fellin_2010.hpp"
#include "runmech/gait/detectors/foot_anchor.hpp"
#include "runmech/gait/detectors/force_plate.hpp"
#include "runmech/gait/detectors/ghoussayni_2004.hpp"
#include "runmech/gait/detectors/ghoussayni_2004_scaled.hpp"
#include "runmech/gait/detectors/hreljac_marshall_2000.hpp"
#include "runmech/gait/detectors/milner_paquette_2015.hpp"
#include "runmech/gait/detectors/oconnor_2007.hpp"
#include "runmech/gait/detectors/osis_2014_refitted.hpp"
#include "runmech/gait/detectors/runmech.hpp"
#include "runmech/gait/detectors/schache_2001.hpp"
#include "runmech/gait/detectors/zeni_2008.hpp"
#include "runmech/gait/detectors/zeni_2008_velocity.hpp"
#include "support/detector_laws.hpp"

namespace runmech::test {

using BuiltIn =
    ::testing::Types<AfterDeWitt2010, AfterHandsaker2016, AfterLeitch2011, AfterMaiwald2009,
                     AfterSmith2015, Alton1998, Desailly2009, Dingwell2001, Falbriard2018,
                     Fellin2010, FootAnchor, ForcePlateDetector, Ghoussayni2004,
                     Ghoussayni2004Scaled, HreljacMarshall2000, MilnerPaquette2015, OConnor2007,
                     Osis2014Refitted, Runmech, Schache2001, Zeni2008, Zeni2008Velocity>;
INSTANTIATE_TYPED_TEST_SUITE_P(BuiltIn, DetectorLaws, BuiltIn);

TEST(BuiltInDetectors, GiveWhatTheTableSays) {
  std::set<std::string> names;
  for (const DetectorInfo& info : detector_list()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_FALSE(info.about.empty() || info.source.empty()) << info.name;
    const GaitEvents events = detect_events(clean_running(), info.name);
    EXPECT_EQ(events.detector, info.name);
    Sided<int> n{0, 0};
    int strikes = 0, toe_offs = 0;
    for (const GaitEvent& e : events.events) {
      ++n[e.side];
      ++(e.type == EventType::foot_strike ? strikes : toe_offs);
    }
    EXPECT_EQ(strikes > 0, info.foot_strike) << info.name;
    EXPECT_EQ(toe_offs > 0, info.toe_off) << info.name;
    EXPECT_GT(n.left, 8) << info.name;
    EXPECT_GT(n.right, 8) << info.name;
  }
  EXPECT_EQ(detector_names().size(), names.size());
}

}  // namespace runmech::test
