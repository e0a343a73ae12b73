// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/zeni_2008.hpp"

#include <algorithm>

#include "runmech/signal/extrema.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {

static_assert(Detector<Zeni2008>);

GaitEvents Zeni2008::detect(const GaitSignals& signals) const {
  GaitEvents out;
  out.detector = "zeni_2008";
  const double rate = clock_of(signals.time_s).rate_hz;
  const auto lacks = [&](const Points& p) {
    return p.rows() != signals.n_frames() || p.rows() == 0;
  };
  if (signals.view == View::rear || signals.view == View::front || lacks(signals.pelvis) ||
      cutoff_hz >= 0.5 * rate) {
    out.notes.push_back({"events",
                         "zeni_2008 needs heel, toe and pelvis seen from the side at more than " +
                             std::to_string(static_cast<int>(2.0 * cutoff_hz)) + " Hz",
                         true});
    return out;
  }
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    const auto add = [&](const Points& foot, EventType type) {
      if (lacks(foot)) return;
      const Eigen::VectorXd seen = foot.col(0) - signals.pelvis.col(0);
      const Eigen::VectorXd ahead =
          low_pass(fill_gaps(seen, signals.time_s, bridge_s).values, rate, cutoff_hz);
      const std::span<const double> values(ahead.data(), static_cast<std::size_t>(ahead.size()));
      const ExtremumLimits limits{
          .min_distance_s = min_distance_s,
          .min_prominence = 0.25 * (quantile(values, 0.98) - quantile(values, 0.02))};
      const auto turns = type == EventType::foot_strike
                             ? local_maxima(ahead, signals.time_s, limits)
                             : local_minima(ahead, signals.time_s, limits);
      for (const Extremum& turn : turns) out.events.push_back({side, type, turn.time_s, 0.0, ""});
    };
    add(leg.heel, EventType::foot_strike);
    add(leg.toe, EventType::toe_off);
  }
  return out;
}

}  // namespace runmech
