// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace runmech {

/// A local maximum or minimum between samples.
struct Extremum {
  double time_s = 0.0;      ///< vertex of the parabola through the three samples around it
  double value = 0.0;       ///< of that parabola
  Eigen::Index index = 0;   ///< the extreme sample itself (the middle one of a plateau)
  double prominence = 0.0;  ///< height above the higher of the two valleys that border it
};

struct ExtremumLimits {
  double min_distance_s = 0.0;  ///< of two closer ones the higher stays
  double min_prominence = 0.0;
  double min_value = -std::numeric_limits<double>::infinity();  ///< for minima: of -x
};

/// Local maxima inside each stretch without missing samples (never at its ends), sorted by time.
/// Throws InvalidArgument when sizes differ.
[[nodiscard]] std::vector<Extremum> local_maxima(const Eigen::Ref<const Eigen::VectorXd>& x,
                                                 std::span<const double> time_s,
                                                 const ExtremumLimits& limits = {});
/// Local minima; `value` is x there, prominence counts downwards.
[[nodiscard]] std::vector<Extremum> local_minima(const Eigen::Ref<const Eigen::VectorXd>& x,
                                                 std::span<const double> time_s,
                                                 const ExtremumLimits& limits = {});

enum class Crossing : std::uint8_t { rising, falling, either };

/// Times at which x passes `level`, by linear interpolation between two neighbouring finite
/// samples.
[[nodiscard]] std::vector<double> crossings(const Eigen::Ref<const Eigen::VectorXd>& x,
                                            std::span<const double> time_s, double level,
                                            Crossing direction);
/// The first of them in [from_s, to_s].
[[nodiscard]] std::optional<double> first_crossing(const Eigen::Ref<const Eigen::VectorXd>& x,
                                                   std::span<const double> time_s, double level,
                                                   Crossing direction, double from_s, double to_s);
/// The last of them in [from_s, to_s].
[[nodiscard]] std::optional<double> last_crossing(const Eigen::Ref<const Eigen::VectorXd>& x,
                                                  std::span<const double> time_s, double level,
                                                  Crossing direction, double from_s, double to_s);

}  // namespace runmech
