// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>

#include "runmech/data/recording.hpp"

namespace runmech {

/// Points of one leg over time, n_frames x 3 each, world axes, metres, unfiltered; 0 rows = not
/// observed.
struct LegSignals {
  Points hip;    ///< hip joint centre
  Points knee;   ///< knee joint centre
  Points ankle;  ///< ankle joint centre
  Points heel;   ///< rear of the foot
  Points toe;    ///< forefoot: MT5, MT1-5 mean or big toe; what it is stands beside it
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

}  // namespace runmech
