// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The library's detector. find_phases gives the order of steps, so none is missed or invented and
/// sides alternate; FootAnchor gives each event to within 10 to 20 ms; a linear regression on the
/// windows of foot, shank, knee and pelvis around it (EventChannels) then says how far the event is
/// away, is moved there and asked again (three wide passes, five narrow ones). Learnt on 14
/// treadmill runners against force at 20 N (benchmarks/events/train.py); see docs/events.md for
/// what it reaches and what it does not know. One set of weights per bandwidth (50, 30, 12, 8 Hz),
/// chosen by the measured noise of the foot points and the frame rate; toe-off uses shank, knee and
/// pelvis where they are seen.
///
/// sd_s: error on runners left out, by frame rate, noise and running speed, widened for runners
/// unlike the fourteen. Not in it: a constant between the marker and the force clock of a
/// laboratory (note "laboratory"), which laboratory_offset_s takes away once it is known.
///
/// Where the windows of a trial are unlike those it learnt from, the time goes over to that of
/// FootAnchor, and the sd holds the difference (note "unlike"). Single events keep the anchor where
/// the record does not hold their window (flag "anchor"), or the regression contradicts it; flag
/// "sources_disagree" from three standard deviations of the anchor on. Walking, rear and front
/// views: FootAnchor.
struct Runmech {
  std::string models = {};           ///< file of weights in place of the built-in ones
  double laboratory_offset_s = 0.0;  ///< added to every time

  /// Throws IoError, with the place, for a file of weights that cannot be read or is none.
  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
