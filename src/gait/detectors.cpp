// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/gait/detectors/foot_anchor.hpp"
#include "runmech/gait/detectors/zeni_2008.hpp"

namespace runmech {
namespace {

enum class Gives : std::uint8_t { both, foot_strike, toe_off };

template <Detector T>
GaitEvents run(const GaitSignals& signals) {
  return T{}.detect(signals);
}

struct Row {
  const char* name;
  GaitEvents (*detect)(const GaitSignals&);
  Gives gives;
  const char* about;
  const char* source;
};

// One row per built-in detector: a new one needs its header, its row and nothing else.
constexpr Row kTable[] = {
    {"foot_anchor", run<FootAnchor>, Gives::both,
     "foot arrested on the ground; toe risen by 3.4 % of the leg", "runmech"},
    {"zeni_2008", run<Zeni2008>, Gives::both,
     "heel farthest in front of the sacrum; toe farthest behind it",
     "Zeni, Richards and Higginson 2008, Gait & Posture 27:710"},
};

}  // namespace

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

const std::vector<DetectorInfo>& detector_list() {
  static const std::vector<DetectorInfo> list = [] {
    std::vector<DetectorInfo> out;
    for (const Row& row : kTable) {
      out.push_back({row.name, row.gives != Gives::toe_off, row.gives != Gives::foot_strike,
                     row.about, row.source});
    }
    return out;
  }();
  return list;
}

const std::vector<std::string>& detector_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Row& row : kTable) out.emplace_back(row.name);
    return out;
  }();
  return names;
}

GaitEvents detect_events(const GaitSignals& signals, std::string_view detector) {
  for (const Row& row : kTable) {
    if (row.name == detector) return completed(row.detect(signals), signals);
  }
  std::string known;
  for (const auto& name : detector_names()) known += (known.empty() ? "" : ", ") + name;
  throw InvalidArgument("no detector is called '" + std::string(detector) + "'; there are " +
                        known);
}

}  // namespace runmech
