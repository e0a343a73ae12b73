// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "phase_channels.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/extrema.hpp"
#include "runmech/signal/interpolate.hpp"

namespace runmech::detail {
namespace {

// From behind, a foot's height in the picture depends on how far away it is, so contact is read off
// the pelvis: it falls fastest just after foot strike (Milner and Paquette 2015) and rises fastest
// just before toe-off. Shares of the stride time on average over 13 RBDS runners, pelvis at 5 Hz.
constexpr double kStrikeBeforeFall = 0.040;
constexpr double kToeOffAfterRise = 0.066;

}  // namespace

void find_phases_by_height(const PhaseChannels& c, GaitPhases& out) {
  if (c.pelvis_y.size() == 0 || c.foot.left.forward.size() == 0 ||
      c.foot.right.forward.size() == 0) {
    return;
  }
  const double stride = c.stride_time_s;
  const Eigen::VectorXd speed = derivative(c.pelvis_y, c.time_s);
  const ExtremumLimits limits{.min_distance_s = 0.35 * stride};
  const auto falls = local_minima(speed, c.time_s, limits);
  const auto rises = local_maxima(speed, c.time_s, limits);
  const auto add = [&](const Extremum* fall, const Extremum* rise) {
    FootSwing step;
    if (fall != nullptr) step.strike_s = fall->time_s - kStrikeBeforeFall * stride;
    if (rise != nullptr) step.toe_off_s = rise->time_s + kToeOffAfterRise * stride;
    step.forward_s = fall != nullptr ? step.strike_s : step.toe_off_s - 0.4 * stride;
    step.rearward_s = rise != nullptr ? step.toe_off_s : step.strike_s + 0.4 * stride;
    const double middle =
        std::clamp(0.5 * (step.forward_s + step.rearward_s), c.time_s.front(), c.time_s.back());
    // The foot held higher is the one that swings.
    const double left = value_at(c.foot.left.forward, c.time_s, middle);
    const double right = value_at(c.foot.right.forward, c.time_s, middle);
    if (std::isnan(left) || std::isnan(right)) return;
    step.side = left < right ? Side::left : Side::right;
    if (step.strike_s < c.time_s.front()) step.strike_s = FootSwing::kNaN;
    if (step.toe_off_s > c.time_s.back()) step.toe_off_s = FootSwing::kNaN;
    out.steps.push_back(step);
  };
  if (!rises.empty() && (falls.empty() || rises.front().time_s < falls.front().time_s)) {
    add(nullptr, &rises.front());
  }
  for (std::size_t i = 0; i < falls.size(); ++i) {
    const auto rise = std::find_if(rises.begin(), rises.end(), [&](const Extremum& r) {
      return r.time_s > falls[i].time_s && r.time_s < falls[i].time_s + 0.45 * stride;
    });
    add(&falls[i], rise == rises.end() ? nullptr : &*rise);
  }
  // Two steps of one foot in a row contradict each other: neither is kept.
  std::vector<FootSwing> kept;
  for (std::size_t i = 0; i < out.steps.size(); ++i) {
    const auto same = [&](std::size_t k) {
      return out.steps[k].side == out.steps[i].side &&
             std::abs(out.steps[k].forward_s - out.steps[i].forward_s) < 0.75 * stride;
    };
    if ((i > 0 && same(i - 1)) || (i + 1 < out.steps.size() && same(i + 1))) continue;
    kept.push_back(out.steps[i]);
  }
  out.steps = std::move(kept);
}

}  // namespace runmech::detail
