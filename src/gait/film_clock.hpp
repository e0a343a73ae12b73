// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "runmech/gait/detector.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech::detail {

/// Notes an uneven clock and a film that repeats its pictures.
void note_clock(const GaitSignals& signals, GaitRecognition& out);

/// Takes a recognised run back to `unclear` where the pictures are too few or the clock gives a
/// cadence that no runner has: the reason names the argument that puts it right.
void judge_cadence(const GaitSignals& signals, GaitRecognition& out);

/// Where a film changes its speed and a part of it may be in real time: "; " and which seconds,
/// with the arguments that take that part alone. Else empty.
[[nodiscard]] std::string part_in_real_time(const GaitSignals& signals);

}  // namespace runmech::detail
