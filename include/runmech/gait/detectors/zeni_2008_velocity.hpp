// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The velocity rule of Zeni, Richards and Higginson 2008 (Gait & Posture 27:710): foot strike
/// where the forward velocity of the heel turns from + to -, toe-off where that of the toe turns
/// from - to +; relative to the sacrum overground and in the laboratory on a treadmill. Low-pass 6
/// Hz, zero lag. The same instants as the coordinate rule but for the pelvis's own movement. Made
/// for WALKING. Ours: windows, the pelvis point as sacrum, and that the laboratory's frame is used
/// only where the surface is known to be a treadmill.
///
/// Published: as zeni_2008; nothing for running.
///
/// RBDS, strikes: -23.7 ms, SD 10.1, 3.0 % not within 50; constant -24.8 removed: RMSE 12.3.
/// - rear-, mid-, forefoot: -21.5, -29.4, -24.9; 2.5, 3.5, 4.5 m/s: -20.9, -23.3, -26.7.
/// RBDS, toe-offs: 100 % more than 50 ms off; constant +107.8 removed: RMSE 17.8.
struct Zeni2008Velocity {
  double cutoff_hz = 6.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
