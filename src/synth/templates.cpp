// SPDX-License-Identifier: BSD-3-Clause
#include "templates.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <string>

#include "runmech/core/resources.hpp"
#include "runmech/core/units.hpp"

namespace runmech::synth {
namespace {

using Json = nlohmann::json;

constexpr double kTableStature_m = 1.75;  // the tables' lengths are those of such a runner

/// Linear interpolation over the speeds of the file.
class AtSpeed {
 public:
  AtSpeed(const Json& file, double speed_m_s) {
    const auto speeds = file.at("speeds_m_s").get<std::vector<double>>();
    while (lower_ + 2 < speeds.size() && speed_m_s > speeds[lower_ + 1]) ++lower_;
    weight_ = (speed_m_s - speeds[lower_]) / (speeds[lower_ + 1] - speeds[lower_]);
  }
  [[nodiscard]] double number(const Json& list) const {
    return mix(list.at(lower_).get<double>(), list.at(lower_ + 1).get<double>());
  }
  [[nodiscard]] Curve curve(const Json& list) const {
    const Json& a = list.at(lower_);
    const Json& b = list.at(lower_ + 1);
    Curve out;
    out.mean = kDegree * mix(a.at("mean").get<double>(), b.at("mean").get<double>());
    for (std::size_t k = 0; k < a.at("cos").size(); ++k) {
      const auto term = [&](const char* key) {
        return kDegree * mix(a.at(key).at(k).get<double>(), b.at(key).at(k).get<double>());
      };
      out.cos.push_back(term("cos"));
      out.sin.push_back(term("sin"));
    }
    return out;
  }

 private:
  [[nodiscard]] double mix(double a, double b) const { return a + weight_ * (b - a); }
  std::size_t lower_ = 0;
  double weight_ = 0.0;
};

}  // namespace

double Curve::at(double phase) const {
  double value = mean;
  for (std::size_t k = 0; k < cos.size(); ++k) {
    const double angle = 2.0 * std::numbers::pi * static_cast<double>(k + 1) * phase;
    value += cos[k] * std::cos(angle) + sin[k] * std::sin(angle);
  }
  return value;
}

Templates templates_at(double speed_m_s, double stature_m) {
  const Json file = Json::parse(resource("synth/running_templates.json"));
  const double scale = stature_m / kTableStature_m;
  const AtSpeed at(file, speed_m_s / std::sqrt(scale));  // the same Froude number
  const Json& leg = file.at("leg");
  const Json& trunk = file.at("trunk");
  const Json& arm = file.at("arm");
  const Json& target = file.at("targets");
  const Json& sd_deg = file.at("stride_sd_deg");
  const Json& sd = file.at("stride_sd");
  const auto spread = [&](const char* key) { return kDegree * sd_deg.at(key).get<double>(); };

  Templates t;
  t.leg[kHipFlexion] = at.curve(leg.at("hip_flexion"));
  t.leg[kHipAdduction] = at.curve(leg.at("hip_adduction"));
  t.leg[kKnee] = at.curve(leg.at("knee_flexion"));
  t.leg[kAnkle] = at.curve(leg.at("ankle_dorsiflexion"));
  t.leg_sd[kHipFlexion] = spread("hip_flexion");
  t.leg_sd[kHipAdduction] = spread("hip_adduction");
  t.leg_sd[kHipRotation] = spread("hip_rotation");
  t.leg_sd[kKnee] = spread("knee_flexion");
  t.leg_sd[kAnkle] = spread("ankle_dorsiflexion");
  t.obliquity = at.curve(trunk.at("pelvis_obliquity"));
  t.anterior_tilt = at.curve(trunk.at("pelvis_anterior_tilt"));
  t.pelvis_rotation = at.curve(trunk.at("pelvis_rotation"));
  t.trunk_lean = at.curve(trunk.at("trunk_lean"));
  t.trunk_lateral_lean = at.curve(trunk.at("trunk_lateral_lean"));
  t.thorax_rotation = at.curve(trunk.at("thorax_rotation"));
  t.obliquity_sd = spread("pelvis_obliquity");
  t.anterior_tilt_sd = spread("pelvis_anterior_tilt");
  t.pelvis_rotation_sd = spread("pelvis_rotation");
  t.trunk_lean_sd = spread("trunk_lean");
  t.trunk_lateral_lean_sd = spread("trunk_lateral_lean");
  t.thorax_rotation_sd = spread("thorax_rotation");
  t.arm_flexion = at.curve(arm.at("arm_flexion"));
  t.arm_adduction = at.curve(arm.at("arm_adduction"));
  t.elbow_flexion = at.curve(arm.at("elbow_flexion"));
  t.arm_flexion_sd = spread("arm_flexion");
  t.arm_adduction_sd = spread("arm_adduction");
  t.elbow_flexion_sd = spread("elbow_flexion");

  t.toe_off_phase = at.number(file.at("toe_off_phase"));
  t.duty_factor = at.number(target.at("duty_factor"));
  t.cadence_spm = at.number(target.at("cadence_spm")) / std::sqrt(scale);
  t.step_width_m = scale * at.number(target.at("step_width_m"));
  t.speed_loss_share = at.number(target.at("speed_loss_share"));
  t.mean_trunk_lean = kDegree * at.number(target.at("trunk_lean_deg"));
  t.knee_lift = kDegree * at.number(target.at("knee_lift_deg"));
  t.hip_extension = kDegree * at.number(target.at("hip_extension_deg"));
  t.pelvic_drop.left = t.pelvic_drop.right = kDegree * at.number(target.at("pelvic_drop_deg"));
  t.overstride_m = scale * at.number(target.at("overstride_m"));
  t.shank_angle = kDegree * at.number(target.at("shank_angle_deg"));
  t.step_time_sd_share = sd.at("step_time_share");
  t.contact_time_sd_share = sd.at("contact_time_share");
  t.foot_sideways_sd_m = stature_m * sd.at("foot_sideways_share_of_stature").get<double>();
  return t;
}

}  // namespace runmech::synth
