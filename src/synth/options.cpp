// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/synth/options.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/core/units.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "templates.hpp"

namespace runmech {
namespace {

using Json = nlohmann::json;

void require(const char* name, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw InvalidArgument("synthetic runner: " + std::string(name) + " is " + printed(value) +
                        "; allowed: " + printed(low) + " to " + printed(high));
}

Json presets() {
  return Json::parse(resource("synth/presets.json"));
}

/// Sets the numbers of `options` that `values` names.
template <class Options>
void set_numbers(Options& options, const Json& values) {
  for_each_option(options, [&](const char* key, auto& member, const char*) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(member)>, double>) {
      if (values.contains(key)) member = values.at(key).template get<double>();
    }
  });
}

}  // namespace

void SyntheticOptions::validate() const {
  // A little beyond the tables, 2.5 to 4.5 m/s at 1.75 m, so that those speeds suit every adult.
  const double faster = std::sqrt(stature_m / 1.75);
  require("stature_m", stature_m, 1.0, 2.3);
  require("speed_m_s", speed_m_s, 2.35 * faster, 4.8 * faster);
  require("duration_s", duration_s, 2.0, 600.0);
  if (rate_hz != 0.0) require("rate_hz", rate_hz, 15.0, 2000.0);
  require("mass_kg", mass_kg, 20.0, 200.0);
  require("stride_variation", stride_variation, 0.0, 2.0);
  require("weak_hip_share", weak_hip_share, 0.0, 0.8);
  require("cadence_change", cadence_change, -40.0, 40.0);
  require("trunk_lean_change_deg", trunk_lean_change_deg, -20.0, 30.0);
  require("knee_lift_change_deg", knee_lift_change_deg, -20.0, 30.0);
  require("pelvic_drop_right_change_deg", pelvic_drop_right_change_deg, -5.0, 15.0);
  require("pelvic_drop_left_change_deg", pelvic_drop_left_change_deg, -5.0, 15.0);
  require("overstride_change_m", overstride_change_m, -0.2, 0.2);
  require("shank_angle_change_deg", shank_angle_change_deg, -20.0, 20.0);
  require("noise.placement_m", noise.placement_m, 0.0, 0.05);
  require("noise.white_m", noise.white_m, 0.0, 0.1);
  require("noise.soft_tissue_m", noise.soft_tissue_m, 0.0, 0.1);
  require("noise.soft_tissue_time_s", noise.soft_tissue_time_s, 0.001, 10.0);
  require("noise.dropout_share", noise.dropout_share, 0.0, 0.9);
  require("noise.dropout_time_s", noise.dropout_time_s, 0.001, 10.0);
  require("noise.outlier_share", noise.outlier_share, 0.0, 0.5);
  require("noise.outlier_m", noise.outlier_m, 0.0, 10.0);
  require("noise.jitter_share_of_leg", noise.jitter_share_of_leg, 0.0, 0.5);
  require("noise.jitter_correlation", noise.jitter_correlation, 0.0, 0.99);
  if (surface == Surface::unknown) {
    throw InvalidArgument("synthetic runner: surface is 'unknown'; allowed: treadmill, overground");
  }
  if (view != View::spatial && !marker_set(points).keypoints) {
    throw InvalidArgument("synthetic runner: points is '" + points +
                          "', a marker set, but view is '" + std::string(to_string(view)) +
                          "'; allowed there: a keypoint set such as body_25");
  }
}

const std::vector<std::string>& synthetic_presets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    const Json file = presets();
    for (const auto& [name, values] : file.at("presets").items()) out.push_back(name);
    return out;
  }();
  return names;
}

SyntheticOptions synthetic_options(std::string_view preset, std::uint64_t seed) {
  const Json file = presets();
  const Json& all = file.at("presets");
  if (!all.contains(preset)) {
    std::string allowed;
    for (const auto& name : synthetic_presets()) allowed += (allowed.empty() ? "" : ", ") + name;
    throw InvalidArgument("preset is '" + std::string(preset) + "'; allowed: " + allowed);
  }
  SyntheticOptions options;
  const Json& common = file.at("common");
  set_numbers(options, common);
  options.points = common.at("points");
  options.sex = parse_sex(common.at("sex").get<std::string>());
  set_numbers(options.noise, file.at("noise"));
  const Json& own = all.at(std::string(preset));
  set_numbers(options, own);
  if (own.contains("reach")) {
    const Json& reach = own.at("reach");
    const synth::Templates natural = synth::templates_at(options.speed_m_s, options.stature_m);
    options.cadence_change = reach.at("cadence_spm").get<double>() - natural.cadence_spm;
    options.trunk_lean_change_deg =
        reach.at("trunk_lean_deg").get<double>() - degrees(natural.mean_trunk_lean);
    options.pelvic_drop_right_change_deg =
        reach.at("pelvic_drop_right_deg").get<double>() - degrees(natural.pelvic_drop.right);
  }
  options.seed = seed;
  return options;
}

}  // namespace runmech
