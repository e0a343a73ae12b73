// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "phase_channels.hpp"
#include "runmech/signal/extrema.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

// Height of the heel in swing is cut at these shares of its range: where force plates put strike
// and toe-off on average when RBDS runners are looked at from behind.
constexpr double kStrikeShare = 0.12;
constexpr double kToeOffShare = 0.30;

}  // namespace

void find_phases_by_height(const PhaseChannels& c, GaitPhases& out) {
  for (const Side side : kSides) {
    const Eigen::VectorXd& height = c.height[side];
    if (height.size() == 0) continue;
    const std::span<const double> values(height.data(), static_cast<std::size_t>(height.size()));
    const double range = quantile(values, 0.98) - quantile(values, 0.02);
    if (!(range > 0.0)) continue;
    const auto peaks =
        local_maxima(height, c.fine_s,
                     {.min_distance_s = 0.6 * c.stride_time_s, .min_prominence = 0.35 * range});
    // Stance lies between two swing peaks; the first and the last one have only one of them.
    for (std::size_t i = 0; i <= peaks.size(); ++i) {
      const double from = i > 0 ? peaks[i - 1].time_s : c.fine_s.front();
      const double to = i < peaks.size() ? peaks[i].time_s : c.fine_s.back();
      if (peaks.empty() || to - from > 1.5 * c.stride_time_s) continue;
      double lowest = FootSwing::kNaN;
      for (std::size_t k = 0; k < c.fine_s.size(); ++k) {
        const double h = height[static_cast<Eigen::Index>(k)];
        if (c.fine_s[k] >= from && c.fine_s[k] <= to && !(h >= lowest))
          lowest = std::isnan(h) ? lowest : h;
      }
      if (std::isnan(lowest)) continue;
      FootSwing step;
      step.side = side;
      if (i > 0) {
        const double level = lowest + kStrikeShare * (peaks[i - 1].value - lowest);
        const auto t = first_crossing(height, c.fine_s, level, Crossing::falling, from, to);
        if (t) step.strike_s = *t;
      }
      if (i < peaks.size()) {
        const double level = lowest + kToeOffShare * (peaks[i].value - lowest);
        const auto t = last_crossing(height, c.fine_s, level, Crossing::rising, from, to);
        if (t) step.toe_off_s = *t;
      }
      if (std::isnan(step.strike_s) && std::isnan(step.toe_off_s)) continue;
      const double usual = 0.4 * c.stride_time_s;
      step.forward_s = std::isnan(step.strike_s) ? step.toe_off_s - usual : step.strike_s;
      step.rearward_s = std::isnan(step.toe_off_s) ? step.strike_s + usual : step.toe_off_s;
      if (!(step.rearward_s > step.forward_s)) continue;
      out.steps.push_back(step);
    }
  }
  std::sort(out.steps.begin(), out.steps.end(),
            [](const FootSwing& a, const FootSwing& b) { return a.forward_s < b.forward_s; });
}

}  // namespace runmech::detail
