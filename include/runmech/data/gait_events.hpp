// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/recording.hpp"

namespace runmech {

/// What one step is: a contact of one foot with what lies at its ends.
enum class StepState : std::uint8_t {
  unknown,   ///< not told, or the signs contradict each other
  running,   ///< flight at its ends
  grounded,  ///< the body bounces as in running, but a foot is always on the ground
  walking,   ///< both feet on the ground at its ends, the pelvis highest over the standing foot
};
[[nodiscard]] std::string_view to_string(StepState);
[[nodiscard]] StepState parse_step_state(std::string_view);

/// One contact change of one foot, in seconds on the recording's clock: never a frame number.
struct GaitEvent {
  Side side = Side::left;
  EventType type = EventType::foot_strike;
  double time_s = 0.0;
  double sd_s = 0.0;  ///< one standard deviation of the stated time; 0 = not stated
  std::string flag;   ///< empty, or why to look twice: "clip_edge", "gap", "bridged", ...
  StepState state = StepState::unknown;  ///< of the step that it belongs to
};

/// What the movement was recognised as.
enum class GaitKind : std::uint8_t {
  running,    ///< flight between contacts
  grounded,   ///< no flight, but the body bounces as in running
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

/// All events of one recording, sorted by time: of its steps of every state.
struct GaitEvents {
  std::vector<GaitEvent> events;
  std::string detector;  ///< name of the rule, or "force"
  double threshold_n =
      0.0;  ///< force threshold the times refer to, N; 0 = the detector's own definition
  GaitKind kind = GaitKind::no_steps;
  std::string reason;           ///< one sentence on kind, for people
  std::vector<TimeSpan> spans;  ///< stretches of continuous movement of that kind, sorted
  std::vector<Note> notes;
  /// The rule that had most of the say, where the detector handed over to another one.
  std::string told_by;

  /// Times of one side and type, sorted.
  [[nodiscard]] std::vector<double> times(Side side, EventType type) const;
  [[nodiscard]] bool running() const { return kind == GaitKind::running; }
};

}  // namespace runmech
