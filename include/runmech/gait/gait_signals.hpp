// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/leg_signals.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/fit/motion.hpp"

namespace runmech {

/// What a quiet stand tells: zeros for foot heights, pitch, obliquity. NaN = not known.
struct StandingReference {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Sided<double> heel_height_m{kNaN, kNaN};
  Sided<double> toe_height_m{kNaN, kNaN};
  Sided<double> foot_pitch_rad{kNaN, kNaN};   ///< + toe up
  Sided<double> shank_angle_rad{kNaN, kNaN};  ///< + ankle in front of the knee
  Sided<double> thigh_angle_rad{kNaN, kNaN};  ///< + knee in front of the hip
  double obliquity_rad = kNaN;                ///< pelvis, right side up +
  double leg_length_m = kNaN;                 ///< hip centre to floor
};

/// The small set of point trajectories that event detectors and simple metrics need, from a fitted
/// Motion or straight from a Recording.
struct GaitSignals {
  std::vector<double> time_s;  ///< n_frames, the recording's clock
  Sided<LegSignals> leg;
  Points pelvis;              ///< mid-pelvis; see pelvis_definition
  Sided<Points> pelvis_side;  ///< left and right point whose line gives the obliquity
  Points trunk_top;  ///< mid-shoulder, or C7/thorax: see trunk_definition; 0 rows = not observed
  std::string pelvis_definition;
  std::string trunk_definition;
  std::string heel_definition;
  std::string toe_definition;
  std::string joint_definition;  ///< where hip, knee and ankle come from; empty = recorded points

  StandingReference standing;
  View view = View::spatial;
  Surface surface = Surface::unknown;
  std::optional<double> stated_speed_m_s;
  bool keypoints = false;
  bool scale_assumed = false;
  bool from_fit = false;        ///< points come from a fitted skeleton
  bool feet_from_fit = false;   ///< heel and toe too; they show events less sharply
  Sided<double> noise_m{0, 0};  ///< white noise of the foot points per axis, measured on the data
  std::vector<ForcePlate> plates;  ///< of the recording, for the detector force_plate only
  std::vector<Note> notes;

  [[nodiscard]] Eigen::Index n_frames() const { return static_cast<Eigen::Index>(time_s.size()); }
};

/// The foot that the signals do not show while they show the other one: heel, toe and ankle are
/// seen in fewer than a tenth of the other foot's frames (our choice). None where both are seen, or
/// neither.
[[nodiscard]] std::optional<Side> unseen_foot(const GaitSignals& signals);

/// That in words, for people.
[[nodiscard]] std::string unseen_foot_sentence(Side unseen);

/// Signals straight from a recording, no fit needed. Points come through its marker set
/// (`marker_set` of the recording, else recognised by the labels); what a definition rests on is
/// stated in the struct; what the set does not have is empty, never invented.
///
/// Pelvis: middle of ASIS and PSIS, else of ASIS and sacrum, else of the hip points. Toe: MT5, else
/// MT2, toe, MT1. Heel: mean of the heel markers. Holes in a segment with three other markers are
/// filled from its shape. In side views of an image, frames in which the far swing foot is drawn on
/// the stance foot (ankles closer than 15 % of the leg, which running does not do) lose that foot.
///
/// `standing`: a quiet stand of the same runner with the same markers, for GaitSignals::standing.
/// Without it, heights and foot pitch come from the stances of the run itself (at 40 % of stance,
/// plus what RBDS runners differ there from standing) and the rest stays unknown.
///
/// Throws InvalidArgument when the marker set is unknown, NotAnalysable when it has no foot points.
[[nodiscard]] GaitSignals gait_signals(const Recording& recording,
                                       const Recording* standing = nullptr);

/// Where heel and toe of a motion's signals come from.
enum class FeetFrom : std::uint8_t {
  recorded,  ///< as the cameras saw them, where the motion knows that (Motion::recorded_legs)
  fitted,    ///< the skeleton's own foot
};
[[nodiscard]] std::string_view to_string(FeetFrom);
/// Throws InvalidArgument listing what is allowed.
[[nodiscard]] FeetFrom parse_feet_from(std::string_view word);

/// Signals from a fitted motion: landmarks of its skeleton, empty where the data do not determine
/// them, and heel and toe as they were recorded: a foot bends and its shoe gives way at foot strike
/// and toe-off, the fitted one is rigid. Where no heel or toe was recorded of a foot that the fit
/// knows, from behind and in front, and for motions that do not know what was recorded, they are
/// those of the fit (GaitSignals::feet_from_fit). `standing`: a quiet stand fitted with the same
/// skeleton; it gives the level of the pelvis.
[[nodiscard]] GaitSignals gait_signals(const Motion& motion, const Motion* standing = nullptr);
[[nodiscard]] GaitSignals gait_signals(const Motion& motion, FeetFrom feet,
                                       const Motion* standing = nullptr);

/// The same with heel and toe of `recording`, which the motion was fitted to, and its force plates,
/// which a motion does not keep. Throws InvalidArgument when the frames differ or the marker set is
/// unknown.
[[nodiscard]] GaitSignals gait_signals(const Motion& motion, const Recording& recording,
                                       const Motion* standing = nullptr);

/// The same signals with the joints, pelvis and trunk of another motion of the same recording: a
/// sample of its posterior. Points that the signals lack stay missing.
[[nodiscard]] GaitSignals with_joints_of(GaitSignals signals, const Motion& motion);

}  // namespace runmech
