// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/recording.hpp"

namespace runmech {

/// One contact change of one foot, in seconds on the recording's clock: never a frame number.
struct GaitEvent {
  Side side = Side::left;
  EventType type = EventType::foot_strike;
  double time_s = 0.0;
  double sd_s = 0.0;  ///< one standard deviation of the stated time; 0 = not stated
  std::string flag;   ///< empty, or why to look twice: "clip_edge", "gap", "bridged", ...
};

/// What the movement was recognised as.
enum class GaitKind : std::uint8_t {
  running,    ///< flight between contacts
  walking,    ///< double support
  no_steps,   ///< standing, or nothing periodic found
  too_short,  ///< not enough frames to tell
  unclear,    ///< steps, but the signals contradict each other
};
[[nodiscard]] std::string_view to_string(GaitKind);
[[nodiscard]] GaitKind parse_gait_kind(std::string_view);

struct TimeSpan {
  double start_s = 0.0;
  double end_s = 0.0;
};

/// All events of one recording, sorted by time.
struct GaitEvents {
  std::vector<GaitEvent> events;
  std::string detector;  ///< name of the rule, or "force"
  double threshold_n =
      0.0;  ///< force threshold the times refer to, N; 0 = the detector's own definition
  GaitKind kind = GaitKind::no_steps;
  std::string reason;           ///< one sentence on kind, for people
  std::vector<TimeSpan> spans;  ///< stretches of continuous running (or walking), sorted
  std::vector<Note> notes;

  /// Times of one side and type, sorted.
  [[nodiscard]] std::vector<double> times(Side side, EventType type) const;
  [[nodiscard]] bool running() const { return kind == GaitKind::running; }
};

}  // namespace runmech
