// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/assess/bands.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "json_file.hpp"
#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr Spelling<Zone> kZones[]{
    {Zone::none, "none"}, {Zone::green, "green"}, {Zone::amber, "amber"}, {Zone::red, "red"}};

double by_speed(const std::array<double, 3>& at, double v) {
  if (std::isnan(v)) return at[1];
  const double position = std::clamp(v, 2.5, 4.5) - 2.5;
  return position < 1.0 ? std::lerp(at[0], at[1], position)
                        : std::lerp(at[1], at[2], position - 1.0);
}

/// Of lengths, to the runner's own leg.
double scale(const ReferenceBand& band, double leg_m) {
  return band.leg_length_m > 0.0 && leg_m > 0.0 ? leg_m / band.leg_length_m : 1.0;
}

/// A fixed limit, or one in SDs at this speed, or open.
double limit(double fixed, double z, const ReferenceBand& band, double v, double leg, double open) {
  if (!std::isnan(fixed)) return fixed;
  return std::isnan(z) ? open : band.mean_at(v, leg) + z * band.sd_at(v, leg);
}

std::pair<double, double> pair_of(const nlohmann::json& entry, const char* key) {
  const auto found = entry.find(key);
  if (found == entry.end()) return {ReferenceBand::kNaN, ReferenceBand::kNaN};
  const auto value = [](const nlohmann::json& v) {
    return v.is_null() ? ReferenceBand::kNaN : v.get<double>();
  };
  return {value(found->at(0)), value(found->at(1))};
}

}  // namespace

std::string_view to_string(Zone zone) {
  return spell<Zone>(kZones, zone);
}
Zone parse_zone(std::string_view text) {
  return parse_spelling<Zone>(kZones, "zone", text);
}

double ReferenceBand::mean_at(double v, double leg) const {
  return by_speed(mean, v) * scale(*this, leg);
}
double ReferenceBand::sd_at(double v, double leg) const {
  return by_speed(sd, v) * scale(*this, leg);
}
double ReferenceBand::low_at(double v, double leg) const {
  return coloured ? limit(green_low, green_z_low, *this, v, leg, -kInf)
                  : mean_at(v, leg) - 2.0 * sd_at(v, leg);
}
double ReferenceBand::high_at(double v, double leg) const {
  return coloured ? limit(green_high, green_z_high, *this, v, leg, kInf)
                  : mean_at(v, leg) + 2.0 * sd_at(v, leg);
}

std::vector<ReferenceBand> reference_bands(const std::string& path) {
  return assess_detail::read_data_file<nlohmann::json>(
      "assess/reference_bands.json", path, [](const nlohmann::json& file) {
        std::vector<ReferenceBand> out;
        for (const auto& entry : file.at("bands")) {
          ReferenceBand band;
          band.metric = entry.at("metric").get<std::string>();
          band.mean = entry.at("mean").get<std::array<double, 3>>();
          band.sd = entry.at("sd").get<std::array<double, 3>>();
          std::tie(band.green_low, band.green_high) = pair_of(entry, "green");
          std::tie(band.amber_low, band.amber_high) = pair_of(entry, "amber");
          std::tie(band.green_z_low, band.green_z_high) = pair_of(entry, "green_z");
          std::tie(band.amber_z_low, band.amber_z_high) = pair_of(entry, "amber_z");
          band.coloured = entry.contains("green") || entry.contains("green_z");
          band.leg_length_m = assess_detail::number(entry, "leg_length_m");
          band.text = assess_detail::text(entry, "text");
          band.source = assess_detail::text(entry, "source");
          out.push_back(std::move(band));
        }
        return out;
      });
}

const ReferenceBand* find_band(const std::vector<ReferenceBand>& bands, std::string_view metric) {
  for (const auto& band : bands) {
    if (band.metric == metric) return &band;
  }
  return nullptr;
}

BandReading read_band(const ReferenceBand& band, double value, double speed_m_s, double leg_m) {
  BandReading out;
  out.metric = band.metric;
  out.value = value;
  out.z = std::isnan(speed_m_s)
              ? ReferenceBand::kNaN
              : (value - band.mean_at(speed_m_s, leg_m)) / band.sd_at(speed_m_s, leg_m);
  out.percent_of_norm = 50.0 + 50.0 * std::erf(out.z / std::numbers::sqrt2);
  const double low = band.low_at(speed_m_s, leg_m);
  const double high = band.high_at(speed_m_s, leg_m);
  out.low = std::isinf(low) ? ReferenceBand::kNaN : low;
  out.high = std::isinf(high) ? ReferenceBand::kNaN : high;
  if (!band.coloured || std::isnan(value)) return out;
  const double red_low = limit(band.amber_low, band.amber_z_low, band, speed_m_s, leg_m, -kInf);
  const double red_high = limit(band.amber_high, band.amber_z_high, band, speed_m_s, leg_m, kInf);
  if (value < red_low || value > red_high) {
    out.zone = Zone::red;
  } else {
    out.zone = value < low || value > high ? Zone::amber : Zone::green;
  }
  return out;
}

}  // namespace runmech
