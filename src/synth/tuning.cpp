// SPDX-License-Identifier: BSD-3-Clause
#include "tuning.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <optional>

#include "oracle.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"

namespace runmech::synth {
namespace {

constexpr double kRunIn_strides = 2.0;
constexpr int kMostRounds = 40;
constexpr double kClose_deg = 1e-3;
constexpr double kClose_m = 1e-5;
constexpr double kProbe_m = 1e-3;
constexpr double kLongestStep_m = 0.02;
constexpr double kLongestStep_rad = 3.0 * kDegree;
constexpr double kExtensionClose_deg = 0.05;
constexpr double kPitchPerExtension = 0.5;
constexpr double kSmallestShare = 0.01;

Controls moved_by(const Controls& c, const Controls& step, double share) {
  Controls out = c;
  out.trunk_lean += share * step.trunk_lean;
  out.knee_lift += share * step.knee_lift;
  for (const Side side : kSides) out.pelvic_drop[side] += share * step.pelvic_drop[side];
  out.toe_off_pitch += share * step.toe_off_pitch;
  out.foot_forward_m += share * step.foot_forward_m;
  out.height_m += share * step.height_m;
  return out;
}

/// What a stride of each side shows.
struct Shown {
  Sided<StrideValues> side;
  [[nodiscard]] double both(double StrideValues::*value) const {
    return 0.5 * (side.left.*value + side.right.*value);
  }
};

std::optional<Shown> show(const Skeleton& skeleton, const Templates& templates,
                          const Controls& controls, double speed_m_s) {
  const double stride_s = 120.0 / templates.cadence_spm;
  const Runner runner(skeleton, templates, controls, speed_m_s,
                      contacts_between(templates, 0.0, kRunIn_strides * stride_s, 0.0, 0), 0.0, 0);
  if (!runner.reachable()) return std::nullopt;
  Shown out;
  const std::size_t k = runner.centre().contact_before(0.25 * stride_s);
  for (const std::size_t i : {k, k + 1}) {
    out.side[runner.contacts()[i].side] = stride_values(runner, i);
  }
  return out;
}

/// Height of the centre of mass over the soles in the neutral pose.
double standing_height(const Skeleton& skeleton) {
  SkeletonState<double> state;
  const Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
  forward_kinematics(skeleton, q.data(), state);
  return centre_of_mass(skeleton, state).y() -
         point_position(state, skeleton.landmark("sole_heel_r")).y();
}

}  // namespace

Templates changed(Templates t, const SyntheticOptions& o) {
  t.cadence_spm += o.cadence_change;
  t.mean_trunk_lean += radians(o.trunk_lean_change_deg);
  t.knee_lift += radians(o.knee_lift_change_deg);
  t.pelvic_drop.right += radians(o.pelvic_drop_right_change_deg);
  t.pelvic_drop.left += radians(o.pelvic_drop_left_change_deg);
  t.overstride_m += o.overstride_change_m;
  t.shank_angle += radians(o.shank_angle_change_deg);
  return t;
}

Controls tuned(const Skeleton& skeleton, const Templates& t, double speed_m_s) {
  const double stature = skeleton.subject.stature_m;
  Controls c;
  c.foot_forward_m = t.overstride_m - 0.03 * stature;
  c.height_m = standing_height(skeleton) - 0.02 * stature;
  std::optional<Shown> now = show(skeleton, t, c, speed_m_s);
  while (!now && c.height_m > 0.4 * stature) {  // the leg is too short: ride lower
    c.height_m -= 0.005 * stature;
    now = show(skeleton, t, c, speed_m_s);
  }
  for (int round = 0; now && round < kMostRounds; ++round) {
    Controls step{};
    step.trunk_lean = t.mean_trunk_lean - radians(now->both(&StrideValues::trunk_lean_deg));
    step.knee_lift = t.knee_lift - radians(now->both(&StrideValues::knee_lift_deg));
    for (const Side side : kSides) {
      step.pelvic_drop[side] = t.pelvic_drop[side] - radians(now->side[side].pelvic_drop_deg);
    }
    const double extension = t.hip_extension - radians(now->both(&StrideValues::hip_extension_deg));
    const Eigen::Vector2d miss(
        t.overstride_m - now->both(&StrideValues::overstride_m),
        t.shank_angle - radians(now->both(&StrideValues::shank_contact_deg)));
    const double worst =
        std::max({std::abs(miss[1]), std::abs(step.trunk_lean), std::abs(step.knee_lift),
                  std::abs(step.pelvic_drop.left), std::abs(step.pelvic_drop.right)});
    if (degrees(worst) < kClose_deg && degrees(std::abs(extension)) < kExtensionClose_deg &&
        std::abs(miss[0]) < kClose_m) {
      c.knee_at_strike = radians(now->both(&StrideValues::knee_contact_deg));
      return c;
    }

    // Place and height act together: their two-by-two matrix by differences.
    Eigen::Matrix2d effect;
    const auto probe = [&](double Controls::*control, int column) {
      Controls moved = c;
      moved.*control -= kProbe_m;
      const auto shown = show(skeleton, t, moved, speed_m_s);
      if (!shown) return false;
      const auto change = [&](double StrideValues::*value) {
        return (now->both(value) - shown->both(value)) / kProbe_m;
      };
      effect.col(column) << change(&StrideValues::overstride_m),
          radians(change(&StrideValues::shank_contact_deg));
      return true;
    };
    if (!probe(&Controls::foot_forward_m, 0) || !probe(&Controls::height_m, 1)) break;
    const Eigen::Vector2d move = effect.partialPivLu().solve(miss);
    if (!move.allFinite()) break;
    const double gentle = std::min(1.0, kLongestStep_m / move.cwiseAbs().maxCoeff());
    step.foot_forward_m = gentle * move[0];
    step.height_m = gentle * move[1];
    // The steeper the foot pushes off, the less the thigh has to reach back.
    step.toe_off_pitch =
        -kPitchPerExtension * std::clamp(extension, -kLongestStep_rad, kLongestStep_rad);
    now.reset();
    for (double share = 1.0; !now && share > kSmallestShare; share *= 0.5) {
      const Controls next = moved_by(c, step, share);
      now = show(skeleton, t, next, speed_m_s);
      if (now) c = next;
    }
  }
  throw NotAnalysable("synthetic runner: no leg lands with overstride " + printed(t.overstride_m) +
                      " m and shank angle " + printed(degrees(t.shank_angle)) +
                      " deg at this speed and cadence");
}

}  // namespace runmech::synth
