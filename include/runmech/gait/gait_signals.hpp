// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/fit/motion.hpp"

namespace runmech {

/// Points of one leg over time, n_frames x 3 each, world axes, metres, unfiltered; 0 rows = not
/// observed.
struct LegSignals {
  Points hip;    ///< hip joint centre
  Points knee;   ///< knee joint centre
  Points ankle;  ///< ankle joint centre
  Points heel;   ///< rear of the foot
  Points toe;    ///< forefoot: MT5, MT1-5 mean or big toe; see GaitSignals::toe_definition
  /// How far the segment has turned in the sagittal plane, by all its markers, n_frames radians
  /// from an unknown zero, + lower end forward: for sets that show the segment but not its joints.
  /// Empty = not observed; not used where its size is not n_frames.
  Eigen::VectorXd thigh_turn_rad, shank_turn_rad;
  Points mt1;  ///< head of the first metatarsal
  Points mt5;  ///< head of the fifth metatarsal

  /// Every point of the leg with its name.
  template <class Self, class F>
  static constexpr void points(Self& self, F&& f) {
    f("hip", self.hip);
    f("knee", self.knee);
    f("ankle", self.ankle);
    f("heel", self.heel);
    f("toe", self.toe);
    f("mt1", self.mt1);
    f("mt5", self.mt5);
  }
};

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

/// Signals from a fitted motion: landmarks of its skeleton; empty where the data do not determine
/// them. `standing`: a quiet stand fitted with the same skeleton; it gives the level of the pelvis.
[[nodiscard]] GaitSignals gait_signals(const Motion& motion, const Motion* standing = nullptr);

/// The same with heel and toe as `recording`, which the motion was fitted to, shows them: a foot
/// bends and its shoe gives way at foot strike and toe-off, the fitted one is rigid. Where the
/// recording has no heel or toe of a foot that the fit knows, or was taken from behind or in front,
/// they stay those of the fit.
/// Throws InvalidArgument when the frames differ.
[[nodiscard]] GaitSignals gait_signals(const Motion& motion, const Recording& recording,
                                       const Motion* standing = nullptr);

/// The same signals with the joints, pelvis and trunk of another motion of the same recording: a
/// sample of its posterior. Points that the signals lack stay missing.
[[nodiscard]] GaitSignals with_joints_of(GaitSignals signals, const Motion& motion);

}  // namespace runmech
