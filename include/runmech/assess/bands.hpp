// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace runmech {

/// What is usual for one metric, and how it moves with speed: assess/reference_bands.json. Units of
/// the metric.
struct ReferenceBand {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::string metric;
  std::array<double, 3> mean{kNaN, kNaN, kNaN};  ///< of healthy runners at 2.5, 3.5, 4.5 m/s
  std::array<double, 3> sd{kNaN, kNaN, kNaN};    ///< between runners, there
  double green_low = kNaN;                       ///< fixed limits of the target band; NaN = none
  double green_high = kNaN;
  double amber_low = kNaN;  ///< beyond these: red
  double amber_high = kNaN;
  double green_z_low = kNaN;  ///< limits in SDs from the mean at this speed
  double green_z_high = kNaN;
  double amber_z_low = kNaN;
  double amber_z_high = kNaN;
  bool coloured = false;  ///< false: shown, never graded
  std::string text;       ///< how to read it
  std::string source;

  double leg_length_m =
      kNaN;  ///< of the runners behind a length; NaN = the metric does not scale with it

  /// Means and SDs between 2.5 and 4.5 m/s, linear, held constant outside; the middle ones for NaN.
  /// Lengths are scaled to the runner's leg where both are known.
  [[nodiscard]] double mean_at(double speed_m_s, double leg_m = kNaN) const;
  [[nodiscard]] double sd_at(double speed_m_s, double leg_m = kNaN) const;
  /// Limits of the target band at a speed; where the metric is not graded, mean +- 2 SD. Infinite =
  /// open.
  [[nodiscard]] double low_at(double speed_m_s, double leg_m = kNaN) const;
  [[nodiscard]] double high_at(double speed_m_s, double leg_m = kNaN) const;
};

/// All bands; `path` replaces the embedded file. Throws IoError for one that is not so.
[[nodiscard]] std::vector<ReferenceBand> reference_bands(const std::string& path = "");
/// nullptr where the metric has none; valid as long as `bands`.
[[nodiscard]] const ReferenceBand* find_band(const std::vector<ReferenceBand>& bands,
                                             std::string_view metric);

/// Where a value lies against its band; none: the metric is not graded.
enum class Zone : std::uint8_t { none, green, amber, red };
[[nodiscard]] std::string_view to_string(Zone);
[[nodiscard]] Zone parse_zone(std::string_view);

/// One value against its band.
struct BandReading {
  std::string metric;
  std::string side;  ///< left, right, both
  double value = 0.0;
  double z = 0.0;  ///< SDs between runners from the mean at this speed; NaN = not known
  double percent_of_norm = 0.0;  ///< 50 + 50 erf(z / sqrt 2)
  double low = 0.0;              ///< target band at this speed, NaN = open
  double high = 0.0;
  Zone zone = Zone::none;  ///< none: not graded
};
/// Reads a value (in the metric's unit) at a speed in m/s; lengths scaled to the leg, m, where
/// known.
[[nodiscard]] BandReading read_band(const ReferenceBand& band, double value, double speed_m_s,
                                    double leg_m = ReferenceBand::kNaN);

}  // namespace runmech
