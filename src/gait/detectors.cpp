// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/gait/detectors/foot_anchor.hpp"
#include "runmech/gait/detectors/zeni_2008.hpp"

namespace runmech {

GaitEvents completed(GaitEvents events, const GaitSignals& signals) {
  std::sort(events.events.begin(), events.events.end(),
            [](const GaitEvent& a, const GaitEvent& b) { return a.time_s < b.time_s; });
  if (events.reason.empty()) {
    GaitRecognition told = recognise_gait(signals);
    events.kind = told.kind;
    events.reason = std::move(told.reason);
    if (events.spans.empty()) events.spans = std::move(told.spans);
    events.notes.insert(events.notes.end(), told.notes.begin(), told.notes.end());
  }
  return events;
}

const std::vector<std::string>& detector_names() {
  static const std::vector<std::string> names{"foot_anchor", "zeni_2008"};
  return names;
}

GaitEvents detect_events(const GaitSignals& signals, std::string_view detector) {
  if (detector == "foot_anchor") return detect_events(signals, FootAnchor{});
  if (detector == "zeni_2008") return detect_events(signals, Zeni2008{});
  std::string known;
  for (const auto& name : detector_names()) known += (known.empty() ? "" : ", ") + name;
  throw InvalidArgument("no detector is called '" + std::string(detector) + "'; there are " +
                        known);
}

}  // namespace runmech
