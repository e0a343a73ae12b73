// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runmech/gait/detector.hpp"
#include "runmech/synth/synthesise.hpp"

namespace runmech::test {

/// A belt under the synthetic runner: a half sine of 1500 N in each contact of the truth.
inline ForcePlate belt_of(const GaitEvents& truth, double end_s) {
  ForcePlate belt;
  belt.name = "belt";
  for (int i = 0; i * 0.001 <= end_s; ++i) belt.time_s.push_back(i * 0.001);
  belt.force_n.setZero(static_cast<Eigen::Index>(belt.time_s.size()), 3);
  for (const Side side : kSides) {
    for (const double strike : truth.times(side, EventType::foot_strike)) {
      for (const double off : truth.times(side, EventType::toe_off)) {
        if (off < strike || off > strike + 0.5) continue;
        for (std::size_t i = 0; i < belt.time_s.size(); ++i) {
          const double share = (belt.time_s[i] - strike) / (off - strike);
          if (share > 0.0 && share < 1.0) {
            belt.force_n(static_cast<Eigen::Index>(i), 1) += 1500.0 * std::sin(3.14159265 * share);
          }
        }
      }
    }
  }
  return belt;
}

inline GaitSignals synthetic_running(double rate_hz) {
  SyntheticOptions options;
  options.duration_s = 8.0;
  options.rate_hz = rate_hz;
  options.stride_variation = 0.5;
  options.noise.placement_m = options.noise.white_m = options.noise.soft_tissue_m = 0.0;
  const SyntheticRun run = synthesise(options);
  GaitSignals out = gait_signals(run.recording, &run.standing);
  out.plates = {belt_of(run.truth.events, out.time_s.back())};
  return out;
}

inline const GaitSignals& clean_running() {
  static const GaitSignals signals = synthetic_running(100.0);
  return signals;
}

template <class F>
void for_each_path(GaitSignals& signals, F&& f) {
  for (const Side side : kSides) {
    LegSignals::points(signals.leg[side], [&](const char*, Points& p) { f(p); });
    f(signals.pelvis_side[side]);
  }
  f(signals.pelvis);
  f(signals.trunk_top);
}

/// Same events, each within tolerance_s after time is mapped by a t + b.
inline void expect_same(const GaitEvents& expected, const GaitEvents& found, double tolerance_s,
                        double a = 1.0, double b = 0.0, bool swapped = false) {
  ASSERT_EQ(expected.events.size(), found.events.size());
  for (const Side side : kSides) {
    for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
      const auto x = expected.times(side, type);
      const auto y = found.times(swapped ? opposite(side) : side, type);
      ASSERT_EQ(x.size(), y.size());
      for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(a * x[i] + b, y[i], tolerance_s);
    }
  }
}

}  // namespace runmech::test
