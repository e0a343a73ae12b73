// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The velocity rule of Zeni, Richards and Higginson 2008 (Gait & Posture 27:710): foot strike
/// where the forward velocity of the heel turns from + to -, toe-off where that of the toe turns
/// from - to +; relative to the sacrum overground and in the laboratory on a treadmill. Low-pass 6
/// Hz, zero lag. The same instants as the coordinate rule but for the pelvis's own movement. Made
/// for WALKING: in running strikes come early and toe-offs some 100 ms late. Ours: windows, the
/// pelvis point as sacrum, and that the laboratory's frame is used only where the surface is known
/// to be a treadmill.
struct Zeni2008Velocity {
  double cutoff_hz = 6.0;

  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

}  // namespace runmech
