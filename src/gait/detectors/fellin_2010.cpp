// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/fellin_2010.hpp"

#include "runmech/gait/detectors/alton_1998.hpp"
#include "runmech/gait/detectors/dingwell_2001.hpp"

namespace runmech {

static_assert(Detector<Fellin2010>);

GaitEvents Fellin2010::detect(const GaitSignals& signals) const {
  GaitEvents out;
  out.detector = "fellin_2010";
  for (GaitEvent event : Alton1998{}.detect(signals).events) {
    event.time_s -= offset_s;
    if (event.time_s >= signals.time_s.front()) out.events.push_back(event);
  }
  for (const GaitEvent& event : Dingwell2001{}.detect(signals).events) {
    if (event.type == EventType::toe_off) out.events.push_back(event);
  }
  return out;
}

}  // namespace runmech
