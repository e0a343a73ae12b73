// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <numbers>

namespace runmech {

inline constexpr double kDegree = std::numbers::pi / 180.0;  ///< radians in one degree
inline constexpr double kGravity = 9.80665;                  ///< m/s^2, standard gravity

/// The largest 16-bit number, which many devices write for "no value": never a measurement here.
inline constexpr double kNoValue = 65535.0;

[[nodiscard]] constexpr double degrees(double rad) {
  return rad / kDegree;
}
[[nodiscard]] constexpr double radians(double deg) {
  return deg * kDegree;
}

}  // namespace runmech
