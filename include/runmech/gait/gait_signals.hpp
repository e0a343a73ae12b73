// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
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

  StandingReference standing;
  View view = View::spatial;
  Surface surface = Surface::unknown;
  std::optional<double> stated_speed_m_s;
  bool keypoints = false;
  bool scale_assumed = false;
  bool from_fit = false;        ///< points come from a fitted skeleton
  Sided<double> noise_m{0, 0};  ///< white noise of the foot points per axis, measured on the data
  std::vector<Note> notes;

  [[nodiscard]] Eigen::Index n_frames() const { return static_cast<Eigen::Index>(time_s.size()); }
};

}  // namespace runmech
