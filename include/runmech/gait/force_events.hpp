// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>

#include "runmech/data/gait_events.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/gait/force_contacts.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech {

/// Foot strikes and toe-offs from the force plates of a recording: the truth that detectors are
/// measured against (recipe of force_contacts).
///
/// Plates named for a foot are read one by one, all others as one ground (their sum): a belt, or a
/// runway where a step may lie on two plates. The side of a contact is the lower foot between 30
/// and 60 % of it, by heel and toe points; sides must alternate, so within a run of contacts the
/// sum of the evidence decides, and a contact that speaks against it is flagged
/// `side_by_alternation`. Where the foot nearest the centre of pressure is the other one: `cop`. A
/// contact with less than 75 % of the usual peak: `plate_edge`. A contact that the record cuts has
/// one event. threshold_n of the result is the threshold used. Events on a record that was
/// low-passed before it was stored state 10 ms, on one that is cut at low force 2 ms, where noise
/// hides the ends 0.4 ms per newton of it. Plates of both feet are read at one threshold. The state
/// of a step is that of the markers; without any, flight at its ends makes it running and both feet
/// on the ground walking (plates cannot tell grounded running from it).
///
/// Throws InvalidArgument without plates or for options out of range, NotAnalysable when neither
/// plate names nor foot points tell the sides.
[[nodiscard]] GaitEvents force_events(const Recording& recording,
                                      const ForceEventOptions& options = {});

/// The same from plates alone; `signals` (may be null) tell the sides.
[[nodiscard]] GaitEvents force_events(std::span<const ForcePlate> plates,
                                      const GaitSignals* signals,
                                      const ForceEventOptions& options = {});

}  // namespace runmech
