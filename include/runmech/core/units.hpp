// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <numbers>

namespace runmech {

inline constexpr double kDegree = std::numbers::pi / 180.0;  ///< radians in one degree
inline constexpr double kGravity = 9.80665;                  ///< m/s^2, standard gravity

[[nodiscard]] constexpr double degrees(double rad) { return rad / kDegree; }
[[nodiscard]] constexpr double radians(double deg) { return deg * kDegree; }

}  // namespace runmech
