// SPDX-License-Identifier: BSD-3-Clause
// The pose from the curves: trunk, arms and swinging legs; where the standing foot rests.
#include "runner.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "runmech/core/units.hpp"

namespace runmech::synth {
namespace {

constexpr double kPi = std::numbers::pi;

// Our choices. Where bumps that change a curve begin and end, in cycles from its peak:
constexpr double kLiftBefore = 0.30, kLiftAfter = 0.20;
constexpr double kDropReach = 0.18;
// Shares of the swing over which a contact's offset from the curves and its slope fade. The slope
// of the landing leg is that of an impact: it must not reach far; the leaving one swings on.
constexpr double kFade = 0.45, kLandingFade = 0.08, kLeavingFade = 0.30;
// The foot that landed on its heel is flat from here on; the heel leaves the ground within 5 deg.
constexpr double kFlat = 3.0 * kDegree, kOnset = 9.0 * kDegree, kHeelOnset = 5.0 * kDegree;
// The toes lie on the ground until the heel is this high, then roll over their tip.
constexpr double kToesFlat = 25.0 * kDegree, kToesOnset = 25.0 * kDegree;
constexpr double kToeOut = 6.0 * kDegree;
// Landing: the sole meets the ground with this speed and gives way (at 1.75 m; both grow with the
// square root of stature); forward it still has a share of the running speed, as the foot of the
// RBDS runners at 20 N (0.55, markers; 0.3 ten milliseconds later), and comes to rest in the shoe.
constexpr double kLanding_m_s = 0.45, kGiving_s = 0.016, kTableStature_m = 1.75;
constexpr double kLandingShare = 0.5, kResting_s = 0.016;
// Leaving: as the force fades the foot is under way already, with this share of the running speed
// when it is gone (forefoot of the RBDS runners at 20 N: 0.3 with the roll over the toes); the
// forefoot of the shoe, pressed in as the heel rises, comes back.
constexpr double kLeavingShare = 0.17, kLeaving_s = 0.036;
constexpr double kPressed_m = 0.010, kPressed_rad = 35.0 * kDegree, kComingBack_s = 0.012;
constexpr double kKneeAtStrikeSd = 2.0 * kDegree;
constexpr double kArmRotation = 15.0 * kDegree;

double bump(double from_peak, double before, double after) {
  const double x = from_peak - std::round(from_peak);
  const double width = x < 0.0 ? before : after;
  return std::abs(x) < width ? 0.5 * (1.0 + std::cos(kPi * x / width)) : 0.0;
}

template <class F>
double peak_phase(F&& f, double from, double to) {
  double best = from;
  for (int i = 0; i <= 1000; ++i) {
    const double p = from + (to - from) * i / 1000.0;
    if (f(p) > f(best)) best = p;
  }
  return best;
}

// Of the foot on its heel: zero within kFlat, then a cubic that is back on the curve, with its
// slope, kOnset later.
double beyond_flat(double pitch) {
  const double x = pitch - kFlat;
  if (x <= 0.0) return 0.0;
  if (x >= kOnset) return pitch;
  const double u = x / kOnset;
  return u * u * ((2.0 * kOnset + 3.0 * kFlat) - u * (kOnset + 2.0 * kFlat));
}

// From 0 on the slope grows to 1 over `onset`.
double onset_of(double x, double onset) {
  if (x <= 0.0) return 0.0;
  return x < onset ? 0.5 * x * x / onset : x - 0.5 * onset;
}

// Cubics from (1, slope 0) and from (0, slope 1) to (0, slope 0) over u = 0..1.
double fading(double u) {
  return (1.0 - u) * (1.0 - u) * (1.0 + 2.0 * u);
}
double fading_slope(double u) {
  return u * (1.0 - u) * (1.0 - u);
}

double toe_pitch(double foot_pitch) {
  return -onset_of(-foot_pitch - kToesFlat, kToesOnset);
}

Eigen::Vector3d sagittal(const Eigen::Vector3d& v) {
  return {v.x(), v.y(), 0.0};
}

}  // namespace

Runner::Runner(const Skeleton& skeleton, const Templates& templates, const Controls& controls,
               double speed_m_s, std::vector<Contact> contacts, double variation,
               std::uint64_t seed)
    : skeleton_(skeleton),
      templates_(templates),
      controls_(controls),
      variation_(variation),
      contacts_(std::move(contacts)),
      speed_m_s_(speed_m_s),
      centre_(contacts_, templates, speed_m_s, skeleton.subject.stature_m),
      trunk_phase_(trunk_phase(contacts_)) {
  tx_ = skeleton.coordinate("pelvis_tx");
  tilt_ = skeleton.coordinate("pelvis_tilt");
  list_ = skeleton.coordinate("pelvis_list");
  rotation_ = skeleton.coordinate("pelvis_rotation");
  lumbar_extension_ = skeleton.coordinate("lumbar_extension");
  lumbar_bending_ = skeleton.coordinate("lumbar_bending");
  lumbar_rotation_ = skeleton.coordinate("lumbar_rotation");
  const auto origin = [&](const char* name) {
    return skeleton.segments[skeleton.segment(name)].origin_m;
  };
  lumbar_ = origin("torso");
  mid_hip_ = 0.5 * (origin("femur_r") + origin("femur_l"));
  mid_shoulder_ = 0.5 * (origin("humerus_r") + origin("humerus_l"));

  const Curve& hip = templates.leg[kHipFlexion];
  lift_phase_ = peak_phase([&](double p) { return hip.at(p); }, 0.5, 0.95);
  drop_phase_ =
      peak_phase([&](double p) { return templates.obliquity.at(p); }, 0.0, templates.toe_off_phase);
  const double start = contacts_.front().on_s;
  const double end = contacts_.back().off_s;
  const double stride_s = 120.0 / templates.cadence_spm;
  Random random(seed, "strides");
  for (auto& noise : trunk_noise_) noise = SmoothNoise(random, start, end, 0.5 * stride_s);
  for (const Side side : kSides) {
    const std::string s = side == Side::right ? "_r" : "_l";
    leg_phase_[side] = leg_phase(contacts_, side, templates.toe_off_phase);
    for (auto& noise : leg_noise_[side]) noise = SmoothNoise(random, start, end, stride_s / 3.0);
    for (auto& noise : arm_noise_[side]) noise = SmoothNoise(random, start, end, 0.5 * stride_s);
    LegIndices& leg = leg_[side];
    const char* names[kLegSize] = {"hip_flexion", "hip_adduction", "hip_rotation",
                                   "knee_angle",  "ankle_angle",   "subtalar_angle"};
    for (int i = 0; i < kLegSize; ++i) leg.coordinate[i] = skeleton.coordinate(names[i] + s);
    leg.mtp = skeleton.coordinate("mtp_angle" + s);
    leg.arm_flex = skeleton.coordinate("arm_flex" + s);
    leg.arm_add = skeleton.coordinate("arm_add" + s);
    leg.arm_rot = skeleton.coordinate("arm_rot" + s);
    leg.elbow = skeleton.coordinate("elbow_flex" + s);
    leg.calcn = skeleton.segment("calcn" + s);
    leg.heel = skeleton.landmark("sole_heel" + s).local_m;
    leg.toe_tip = skeleton.landmark("sole_toe" + s).local_m;
    leg.ball = skeleton.segments[skeleton.segment("toes" + s)].origin_m;
  }
  // Mid-stance, as the curves have it, is where the foot lies flat.
  const double flat_phase = 0.42 * templates.toe_off_phase;
  flat_pitch_ = curve_pitch(flat_phase);
  toe_off_pitch_ = curve_pitch(templates.toe_off_phase) - flat_pitch_;

  for (const Contact& contact : contacts_) {
    Eigen::Vector3d place = centre_.position(contact.on_s);
    place.x() += controls.foot_forward_m;
    place.y() = 0.0;
    place.z() = sign(contact.side) * (0.5 * templates.step_width_m + contact.sideways_m);
    heel_place_.push_back(place);
    knee_at_strike_.push_back(controls.knee_at_strike +
                              variation * kKneeAtStrikeSd * std::clamp(random.normal(), -2.0, 2.0));
  }
  heel_rise_.assign(contacts_.size(), 0.0);
  at_strike_.resize(contacts_.size());
  at_toe_off_.resize(contacts_.size());
  // The other leg's offsets move the centre of mass a little: repeat until nothing changes.
  constexpr int kSweeps = 5;
  for (int sweep = 0; sweep < kSweeps && reachable_; ++sweep) {
    if (controls.knee_at_strike >= 0.0) {
      for (std::size_t k = 0; k < contacts_.size(); ++k) place_foot(k);
    }
    reachable_ = update_offsets();
  }
}

double Runner::wander(const SmoothNoise& noise, double sd, double t_s) const {
  return variation_ * sd * noise.at(t_s);
}

Runner::LegVector Runner::leg_curve(Side side, double t_s) const {
  const double phase = leg_phase_[side].at(t_s);
  LegVector out;
  for (int i = 0; i < kLegSize; ++i) {
    out[i] = templates_.leg[i].at(phase) + wander(leg_noise_[side][i], templates_.leg_sd[i], t_s);
  }
  out[kHipFlexion] += controls_.knee_lift * bump(phase - lift_phase_, kLiftBefore, kLiftAfter);
  return out;
}

void Runner::set_trunk(double t_s, Eigen::VectorXd& q) const {
  const Templates& t = templates_;
  const double phase = trunk_phase_.at(t_s);
  double obliquity = t.obliquity.at(phase) + wander(trunk_noise_[0], t.obliquity_sd, t_s);
  for (const Side side : kSides) {
    obliquity += sign(side) * controls_.pelvic_drop[side] *
                 bump(leg_phase_[side].at(t_s) - drop_phase_, kDropReach, kDropReach);
  }
  const double tilt = t.anterior_tilt.at(phase) + wander(trunk_noise_[1], t.anterior_tilt_sd, t_s);
  const double rotation =
      t.pelvis_rotation.at(phase) + wander(trunk_noise_[2], t.pelvis_rotation_sd, t_s);
  const double lean =
      t.trunk_lean.at(phase) + controls_.trunk_lean + wander(trunk_noise_[3], t.trunk_lean_sd, t_s);
  const double lateral =
      t.trunk_lateral_lean.at(phase) + wander(trunk_noise_[4], t.trunk_lateral_lean_sd, t_s);
  const double thorax =
      t.thorax_rotation.at(phase) + wander(trunk_noise_[5], t.thorax_rotation_sd, t_s);
  q[tilt_] = -tilt;
  q[list_] = -obliquity;
  q[rotation_] = rotation;
  // The lean is that of the line mid-hip to mid-shoulder: choose the back's angle for it.
  const Eigen::Vector3d below =
      Eigen::AngleAxisd(-tilt, Eigen::Vector3d::UnitZ()) * sagittal(lumbar_ - mid_hip_);
  const double reach = sagittal(mid_shoulder_).norm();
  const double off_line = std::cos(lean) * below.x() - std::sin(lean) * below.y();
  const double back_lean = lean - std::asin(off_line / reach);
  q[lumbar_extension_] = std::atan2(mid_shoulder_.x(), mid_shoulder_.y()) - back_lean + tilt;
  q[lumbar_bending_] = lateral + obliquity;
  q[lumbar_rotation_] = -thorax - rotation;
}

void Runner::set_arms(double t_s, Eigen::VectorXd& q) const {
  const Templates& t = templates_;
  for (const Side side : kSides) {
    const double phase = leg_phase_[side].at(t_s);
    const auto& noise = arm_noise_[side];
    q[leg_[side].arm_flex] = t.arm_flexion.at(phase) + wander(noise[0], t.arm_flexion_sd, t_s);
    q[leg_[side].arm_add] = t.arm_adduction.at(phase) + wander(noise[1], t.arm_adduction_sd, t_s);
    q[leg_[side].elbow] = t.elbow_flexion.at(phase) + wander(noise[2], t.elbow_flexion_sd, t_s);
    q[leg_[side].arm_rot] = kArmRotation;
  }
}

void Runner::set_swing(Side side, double t_s, Eigen::VectorXd& q) const {
  LegVector leg = leg_curve(side, t_s);
  double toes = 0.0;
  // The contacts of this side before and after t.
  const std::size_t last = centre_.contact_before(t_s);
  const std::size_t before = contacts_[last].side == side ? last : (last > 0 ? last - 1 : last);
  const std::size_t after = before + 2;
  const bool has_before = contacts_[before].side == side;
  const double off = contacts_[before].off_s;
  const double on = after < contacts_.size() ? contacts_[after].on_s : off + 1.0;
  const auto add = [&](const Offset& offset, double end_s, double into_swing, double reach) {
    const double since = (t_s - end_s) / into_swing;  // 0 at the contact, 1 one swing away
    if (since <= 0.0 || since >= kFade) return;
    const double value = fading(since / kFade);
    const double slope = since < reach ? fading_slope(since / reach) * reach * into_swing : 0.0;
    leg += value * offset.value + slope * offset.slope;
    toes += value * offset.toes + slope * offset.toes_slope;
  };
  if (has_before) add(at_toe_off_[before], off, on - off, kLeavingFade);
  if (after < contacts_.size()) add(at_strike_[after], on, off - on, kLandingFade);
  for (int i = 0; i < kLegSize; ++i) q[leg_[side].coordinate[i]] = leg[i];
  q[leg_[side].mtp] = toes;
}

double Runner::curve_pitch(double phase) const {
  const auto& leg = templates_.leg;  // the tilt is the same on both sides: twice a stride
  return leg[kHipFlexion].at(phase) - templates_.anterior_tilt.at(phase) - leg[kKnee].at(phase) +
         leg[kAnkle].at(phase);
}

double Runner::foot_pitch(std::size_t k, double t_s) const {
  const Side side = contacts_[k].side;
  const double curve = curve_pitch(leg_phase_[side].at(t_s)) - flat_pitch_;
  if (curve > 0.0) return beyond_flat(curve);
  const double rise = onset_of(-curve, kHeelOnset);
  const double at_toe_off = onset_of(-toe_off_pitch_, kHeelOnset);
  const double share = rise / at_toe_off;
  return -rise *
         (1.0 + share * share * ((controls_.toe_off_pitch + heel_rise_[k]) / at_toe_off - 1.0));
}

Runner::FootPlan Runner::foot_plan(std::size_t k, double t_s) const {
  const Contact& contact = contacts_[k];
  const LegIndices& leg = leg_[contact.side];
  const double pitch = foot_pitch(k, t_s);
  const Eigen::Matrix3d flat(
      Eigen::AngleAxisd(-sign(contact.side) * kToeOut, Eigen::Vector3d::UnitY()));
  FootPlan plan;
  plan.rotation = flat * Eigen::AngleAxisd(pitch, Eigen::Vector3d::UnitZ());
  if (pitch >= 0.0) {
    plan.origin = heel_place_[k] - plan.rotation * leg.heel;
  } else {
    const double toes = toe_pitch(pitch);
    const Eigen::Vector3d tip = heel_place_[k] + flat * (leg.ball + leg.toe_tip - leg.heel);
    const Eigen::Vector3d ball =
        tip - flat * (Eigen::AngleAxisd(toes, Eigen::Vector3d::UnitZ()) * leg.toe_tip);
    plan.origin = ball - plan.rotation * leg.ball;
    plan.toes = pitch - toes;
  }
  const double slower = std::sqrt(skeleton_.subject.stature_m / kTableStature_m);
  const double since = t_s - contact.on_s;
  plan.origin.y() -= slower * kLanding_m_s * since * std::exp(-since / (slower * kGiving_s));
  const double resting_s = slower * kResting_s;
  plan.origin.x() -= kLandingShare * speed_m_s_ * resting_s * std::exp(-since / resting_s);
  const double left = t_s - contact.off_s;  // negative
  const double leaving_s = slower * kLeaving_s;
  plan.origin.x() += kLeavingShare * speed_m_s_ * leaving_s * std::exp(left / leaving_s);
  const double flatter = std::max(0.0, 1.0 - std::max(0.0, -pitch) / kPressed_rad);
  plan.origin.y() -= slower * slower * kPressed_m * (1.0 - flatter * flatter) *
                     (1.0 - std::exp(left / (slower * kComingBack_s)));
  return plan;
}

Eigen::VectorXd Runner::free_pose(double t_s) const {
  Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton_.n_coordinates());
  set_trunk(t_s, q);
  set_arms(t_s, q);
  for (const Side side : kSides) set_swing(side, t_s, q);
  return q;
}

Eigen::Vector3d Runner::sole(const Contact& contact, double share) const {
  const auto k = static_cast<std::size_t>(&contact - contacts_.data());
  const LegIndices& leg = leg_[contact.side];
  const Eigen::Matrix3d flat(
      Eigen::AngleAxisd(-sign(contact.side) * kToeOut, Eigen::Vector3d::UnitY()));
  Eigen::Vector3d place = heel_place_[k] + share * (flat * (leg.ball - leg.heel));
  place.y() = 0.0;
  return place;
}

}  // namespace runmech::synth
