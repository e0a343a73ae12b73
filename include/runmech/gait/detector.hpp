// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech {

/// Anything that finds events in signals is a detector: no base class, no registration. It works on
/// time stamps, bears gaps, and returns what it does not find as nothing.
template <class T>
concept Detector = requires(const T& detector, const GaitSignals& signals) {
  { detector.detect(signals) } -> std::same_as<GaitEvents>;
};

/// One step as it was recognised: from the foot farthest in front to the foot farthest behind.
struct RecognisedStep {
  Side side = Side::left;
  double from_s = 0.0;
  double to_s = 0.0;
  StepState state = StepState::unknown;
};

/// What the movement is, told from the signals alone: the same for every detector.
struct GaitRecognition {
  GaitKind kind = GaitKind::no_steps;
  std::string reason;            ///< one sentence for people
  double stride_time_s = 0.0;    ///< 0 = nothing repeats
  double cadence_per_min = 0.0;  ///< steps/min
  double duty_factor = 0.0;      ///< contact / stride time, from approximate events; 0 = unknown
  std::vector<TimeSpan> spans;   ///< stretches of continuous movement of that kind
  std::vector<RecognisedStep> steps;  ///< of every kind, both feet, sorted
  std::vector<Note> notes;
};

/// Running or walking by two signs that must agree: contact shorter or longer than half a stride,
/// and the pelvis higher with the feet apart (flight) or side by side (vault). In a record too
/// short for a stride: whether the other foot stands or flies as one lands and leaves. Steps
/// against the direction of progression are left out and noted. Standing and too short records say
/// so (minimum kMinimumRecord_s and kMinimumFrames). Where one foot was not recorded (unseen_foot),
/// the other one tells, and only if the body bounces: a leg may also be swung. "unclear" where the
/// signs contradict each other, the picture rate is too low or the apparent cadence is not one of
/// running (kSlowestCadence to kFastestCadence: slow motion, doubled pictures). Limits are our
/// choice.
[[nodiscard]] GaitRecognition recognise_gait(const GaitSignals& signals);

inline constexpr double kMinimumRecord_s = 0.4;
inline constexpr int kMinimumFrames = 15;
inline constexpr double kSlowestCadence = 130.0;  ///< steps/min
inline constexpr double kFastestCadence = 280.0;
inline constexpr double kMinimumFramesPerStride = 12.0;

/// Runs a detector and, where it leaves them open, fills in kind, reason and spans by
/// recognise_gait.
template <Detector T>
[[nodiscard]] GaitEvents detect_events(const GaitSignals& signals, const T& detector);

inline constexpr std::string_view kDefaultDetector = "runmech";

/// Runs a built-in detector by name. Throws InvalidArgument listing the names.
[[nodiscard]] GaitEvents detect_events(const GaitSignals& signals,
                                       std::string_view detector = kDefaultDetector);

/// A built-in detector: a row of the one table in src/gait/detectors.cpp.
struct DetectorInfo {
  std::string name;
  bool foot_strike = true;  ///< the rule gives foot strikes
  bool toe_off = true;      ///< the rule gives toe-offs
  std::string about;        ///< the rule in one line
  std::string source;       ///< where it was published; "runmech" = ours
};

/// The built-in detectors, ours first, then by name.
[[nodiscard]] const std::vector<DetectorInfo>& detector_list();

/// Names of the built-in detectors, in that order.
[[nodiscard]] const std::vector<std::string>& detector_names();

/// Sorts the events, and fills in what the detector left open.
[[nodiscard]] GaitEvents completed(GaitEvents events, const GaitSignals& signals);

template <Detector T>
GaitEvents detect_events(const GaitSignals& signals, const T& detector) {
  return completed(detector.detect(signals), signals);
}

}  // namespace runmech
