// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/force_plate.hpp"

#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/gait/force_events.hpp"

namespace runmech {

static_assert(Detector<ForcePlateDetector>);

GaitEvents ForcePlateDetector::detect(const GaitSignals& signals) const {
  GaitEvents out;
  if (signals.plates.empty()) {
    const char* hint = signals.from_fit ? "; a motion keeps none: give the recording, too" : "";
    out.notes.push_back(
        {"forces", std::string("force_plate found nothing: no force plate") + hint, true});
  } else {
    try {
      out = force_events(signals.plates, &signals, options);
    } catch (const NotAnalysable& error) {
      out.notes.push_back({"forces", error.what(), true});
    }
  }
  out.detector = "force_plate";
  return out;
}

}  // namespace runmech
