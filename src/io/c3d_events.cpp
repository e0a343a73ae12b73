// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_events.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace runmech::c3d {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char p, char q) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(p) == lower(q);
  });
}

// The side where the label carries it: "Left Foot Strike", or Visual3D's LHS, ROFF and their kind.
std::string context_of(std::string_view label) {
  for (const std::string_view side : {"Left", "Right"}) {
    if (label.size() > side.size() && equal_ignoring_case(label.substr(0, side.size()), side) &&
        (label[side.size()] == ' ' || label[side.size()] == '_')) {
      return std::string(side);
    }
    for (const std::string_view kind : {"HS", "TO", "ON", "OFF", "FS", "FO", "IC"}) {
      if (!label.empty() && label.front() == side.front() && label.substr(1) == kind) {
        return std::string(side);
      }
    }
  }
  return {};
}

FileEvent event(double time_s, std::string label, std::string context) {
  for (const std::string_view side : {"Left", "Right", "General"}) {
    if (equal_ignoring_case(context, side)) {
      return {time_s, std::move(label), std::string(side)};
    }
  }
  // Some programs leave the label empty and write "LHS" into the context.
  if (label.empty()) label = std::move(context);
  std::string side = context_of(label);
  return {time_s, std::move(label), std::move(side)};
}

}  // namespace

void read_events(const Header& header, const Parameters& parameters, const Layout& layout,
                 Recording& recording) {
  const auto times = parameters.all_numbers("EVENT", "TIMES");
  const std::size_t stored = times.size() / 2;
  const double used = parameters.count("EVENT", "USED").value_or(static_cast<double>(stored));
  std::size_t unusable = 0;
  if (used > 0.0 && stored > 0) {
    const auto labels = parameters.strings("EVENT", "LABELS");
    const auto contexts = parameters.strings("EVENT", "CONTEXTS");
    const std::size_t count = std::min(stored, static_cast<std::size_t>(std::min(used, 65535.0)));
    for (std::size_t i = 0; i < count; ++i) {
      const double time_s = 60.0 * times[2 * i] + times[2 * i + 1];
      if (!std::isfinite(time_s)) {
        ++unusable;
        continue;
      }
      recording.events.push_back(event(time_s, i < labels.size() ? labels[i] : std::string(),
                                       i < contexts.size() ? contexts[i] : std::string()));
    }
  } else {
    for (const auto& each : header.events) {
      recording.events.push_back(event(layout.start_s() + each.time_s, each.label, {}));
    }
  }
  if (used > static_cast<double>(stored)) {
    recording.warn("events", "EVENT:USED says " +
                                 std::to_string(std::lround(std::min(used, 65535.0))) +
                                 ", EVENT:TIMES holds " + std::to_string(stored));
  }
  if (unusable > 0) {
    recording.warn("events",
                   std::to_string(unusable) + " events with a time that is no number left out");
  }
  std::stable_sort(recording.events.begin(), recording.events.end(),
                   [](const FileEvent& a, const FileEvent& b) { return a.time_s < b.time_s; });
  const double end_s = layout.start_s() + static_cast<double>(layout.frames) / layout.rate_hz;
  const auto outside =
      std::count_if(recording.events.begin(), recording.events.end(), [&](const FileEvent& each) {
        return each.time_s < layout.start_s() - 0.5 / layout.rate_hz || each.time_s > end_s;
      });
  if (outside > 0) {
    recording.warn("events", std::to_string(outside) + " of " +
                                 std::to_string(recording.events.size()) +
                                 " events lie outside the recorded time");
  }
}

}  // namespace runmech::c3d
