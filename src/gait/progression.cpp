// SPDX-License-Identifier: BSD-3-Clause
#include "progression.hpp"

#include <cmath>
#include <optional>
#include <vector>

#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

using Eigen::Index;
using Eigen::Vector2d;

// Our choices. With these the direction is 0.20 deg off the axis of the laboratory (RMS, 42
// treadmill trials), at most 0.6.
constexpr double kLowest = 0.35;   // share of the frames in which a foot is taken to stand
constexpr double kAgreeing = 0.5;  // of those: the velocities nearest to their mean
constexpr int kRounds = 4;
constexpr double kOblique = 0.2;   // rad: further off than any heading is wrong
constexpr double kStraight = 0.5;  // of the way over the ground

bool observed(const Points& p) {
  return p.rows() > 2 && p.array().isFinite().any();
}

/// Horizontal velocity (x, z) from the frame before to the one after; NaN where either is missing.
Vector2d velocity_at(const Points& p, const std::vector<double>& t, Index i) {
  const double dt = t[static_cast<std::size_t>(i + 1)] - t[static_cast<std::size_t>(i - 1)];
  return Vector2d(p(i + 1, 0) - p(i - 1, 0), p(i + 1, 2) - p(i - 1, 2)) / dt;
}

Vector2d mean_of(const std::vector<Vector2d>& all) {
  Vector2d sum = Vector2d::Zero();
  for (const Vector2d& v : all) sum += v;
  return sum / static_cast<double>(all.size());
}

/// Mean of the velocities that agree best, the same in any axes.
Vector2d trimmed_mean(const std::vector<Vector2d>& all) {
  Vector2d out = mean_of(all);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> off;
    off.reserve(all.size());
    for (const Vector2d& v : all) off.push_back((v - out).norm());
    const double limit = quantile(off, kAgreeing);
    std::vector<Vector2d> near;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (off[i] <= limit) near.push_back(all[i]);
    }
    out = mean_of(near);
  }
  return out;
}

/// Velocity of the foot while it stands: where it is lowest.
std::optional<Vector2d> standing_velocity(const LegSignals& leg, const std::vector<double>& t) {
  const Points& foot = observed(leg.toe) ? leg.toe : observed(leg.heel) ? leg.heel : leg.ankle;
  if (!observed(foot)) return std::nullopt;
  std::vector<double> height;
  std::vector<Vector2d> velocity;
  for (Index i = 1; i + 1 < foot.rows(); ++i) {
    const Vector2d v = velocity_at(foot, t, i);
    if (!v.allFinite() || !std::isfinite(foot(i, 1))) continue;
    height.push_back(foot(i, 1));
    velocity.push_back(v);
  }
  if (height.empty()) return std::nullopt;
  const double limit = quantile(height, kLowest);
  std::vector<Vector2d> low;
  for (std::size_t i = 0; i < height.size(); ++i) {
    if (height[i] <= limit) low.push_back(velocity[i]);
  }
  return trimmed_mean(low);
}

/// Unit vector (x, z) of the progression over the ground; none where nothing shows it.
std::optional<Vector2d> direction(const GaitSignals& signals) {
  const Points& pelvis = signals.pelvis;
  const std::vector<double>& t = signals.time_s;
  if (signals.view != View::spatial || !observed(pelvis)) return std::nullopt;
  Vector2d ground = Vector2d::Zero();
  int feet = 0;
  for (const Side side : kSides) {
    if (const auto v = standing_velocity(signals.leg[side], t)) {
      ground += *v;
      ++feet;
    }
  }
  if (feet == 0) return std::nullopt;
  ground /= feet;
  Index first = 0, last = pelvis.rows() - 1;
  while (first < last && !pelvis.row(first).allFinite()) ++first;
  while (last > first && !pelvis.row(last).allFinite()) --last;
  if (first == last) return std::nullopt;
  const Vector2d way(pelvis(last, 0) - pelvis(first, 0), pelvis(last, 2) - pelvis(first, 2));
  const Vector2d speed =
      way / (t[static_cast<std::size_t>(last)] - t[static_cast<std::size_t>(first)]) - ground;
  std::vector<double> momentary;
  for (Index i = first + 1; i < last; ++i) {
    momentary.push_back((velocity_at(pelvis, t, i) - ground).norm());
  }
  if (!(speed.norm() > kStraight * mean(momentary))) return std::nullopt;
  return speed.normalized();
}

}  // namespace

GaitSignals along_progression(const GaitSignals& signals) {
  GaitSignals out = signals;
  const auto forward = direction(signals);
  if (!forward || !((*forward)[0] > 0.0) || std::abs((*forward)[1]) > kOblique * (*forward)[0]) {
    return out;
  }
  const double c = (*forward)[0], s = (*forward)[1];
  const auto turn = [&](Points& p) {
    if (p.rows() == 0) return;
    const Eigen::VectorXd x = p.col(0);
    p.col(0) = c * x + s * p.col(2);
    p.col(2) = c * p.col(2) - s * x;
  };
  for (const Side side : kSides) {
    LegSignals::points(out.leg[side], [&](const char*, Points& p) { turn(p); });
    turn(out.pelvis_side[side]);
  }
  turn(out.pelvis);
  turn(out.trunk_top);
  return out;
}

}  // namespace runmech::detail
