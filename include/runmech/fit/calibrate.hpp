// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/progress.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/data/subject.hpp"
#include "runmech/skeleton/joint_centres.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

enum class CalibrationTrial : std::uint8_t { automatic, standing, moving };
[[nodiscard]] std::string_view to_string(CalibrationTrial);
[[nodiscard]] CalibrationTrial parse_calibration_trial(std::string_view);

struct CalibrationOptions {
  std::string marker_set;  ///< empty: recognised by the labels
  CalibrationTrial trial = CalibrationTrial::automatic;
  HipCentre hip_centre = HipCentre::harrington_2007;
  int frames = 60;  ///< poses of a moving trial that are used, spread over it; 10..400
  Subject subject;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("marker_set", self.marker_set,
      "name of the marker set or path of its file; empty: recognised");
    f("trial", self.trial, "automatic, standing or moving: what the person does in it");
    f("hip_centre", self.hip_centre, "regression for the hip joint centre");
    f("frames", self.frames, "poses of a moving trial that are used (10..400)");
    f("subject", self.subject, "the runner: stature and sex set the length priors");
  }
  /// Throws InvalidArgument naming the option, its value and what is allowed.
  void validate() const;
};

/// Where a landmark or joint centre came from.
struct LandmarkRow {
  std::string landmark;
  std::string how;
};

/// One length of the body.
struct LengthRow {
  std::string name;  ///< thigh_r, shank_l, hip_width, ...
  double value_m = 0.0;
  double sd_m = 0.0;     ///< of the estimate, from the information in the trial and the priors
  double prior_m = 0.0;  ///< what stature and sex alone say
  double prior_sd_m = 0.0;
};

/// One marker.
struct MarkerRow {
  std::string label;
  std::string segment;
  std::string how;              ///< "standing trial", "moving trial", "nominal place"
  double residual_m = 0.0;      ///< RMS distance from the model in the frames used
  double from_nominal_m = 0.0;  ///< distance from the nominal place, NaN where there is none
  Eigen::Vector3d local_m = Eigen::Vector3d::Zero();
};

struct CalibrationReport {
  CalibrationTrial trial = CalibrationTrial::standing;
  std::string marker_set;
  int frames_used = 0;
  double rms_m = 0.0;  ///< over markers and frames used
  std::vector<LandmarkRow> landmarks;
  std::vector<LengthRow> lengths;
  std::vector<MarkerRow> markers;
  std::vector<Note> notes;  ///< `warning` marks what is implausible
};

struct Calibration {
  Skeleton skeleton;
  CalibrationReport report;
};

/// Sizes the running skeleton to the person and puts the recording's markers on it.
///
/// Standing trial (still frames are sought): landmarks give joint centres, lengths and the standing
/// pose, refined together; every other marker is placed where it is in that pose. Joint zeros are
/// the anatomical frames of the landmarks, feet flat on the floor: offsets stay tied to standing.
/// Moving trial: lengths, marker places and `frames` poses are found together, held by priors from
/// stature and sex (docs/conventions.md) and by the set's nominal places. Both by Ceres on
/// residuals divided by their sigma. 2D keypoints move within their plane only.
///
/// `trial` in metres, world axes. Throws InvalidArgument for an unknown marker set, a body of
/// impossible size (wrong unit) or options out of range; NotAnalysable where too little is seen.
[[nodiscard]] Calibration calibrate(const Recording& trial, const CalibrationOptions& options = {},
                                    const Progress& progress = {});

/// Two labels that stand for each other's marker.
struct LabelExchange {
  std::string first;
  std::string second;
  double rms_as_labelled_m = 0.0;  ///< of the rigid segments concerned
  double rms_exchanged_m = 0.0;
  bool certain = false;
};

/// A track that belongs to another label of the calibration, which is missing or carries something
/// else.
struct LabelMove {
  std::string from;  ///< as labelled in the trial
  std::string to;    ///< whose place it keeps
  double rms_m = 0.0;
};

/// What the labels of a moving trial look like against the calibration.
struct LabelCheck {
  std::vector<LabelExchange> exchanges;
  std::vector<LabelMove> moves;
  std::vector<std::string> missing;  ///< on the skeleton, never seen in the trial
  std::vector<std::string> off;      ///< more than 4 cm away from their segment's other markers
  std::vector<Note> notes;           ///< the same for people
};
[[nodiscard]] LabelCheck check_labels(const Recording& moving, const Calibration& calibration);

/// The recording with the certain exchanges and the moves put right, each with a warning in its
/// notes.
[[nodiscard]] Recording with_labels_corrected(Recording moving, const LabelCheck& check);

/// The calibration with the markers that only the moving trial has, placed from its poses where
/// they move with their segment, else at their nominal place. Labels already placed keep their
/// place.
[[nodiscard]] Calibration with_moving_markers(Calibration calibration, const Recording& moving,
                                              const CalibrationOptions& options = {});

}  // namespace runmech
