// SPDX-License-Identifier: BSD-3-Clause
#include "still_pose.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

constexpr double kStill_per_s = 0.06;  // our choice, see the header
constexpr double kLag_s = 0.1;         // over which a speed is taken: long against marker noise
constexpr double kLeastStill_s =
    0.25;  // of still frames, or half of a shorter recording; our choice

double speed(const Recording& recording, const std::vector<int>& columns, Eigen::Index a,
             Eigen::Index b) {
  const double dt =
      recording.time_s[static_cast<std::size_t>(b)] - recording.time_s[static_cast<std::size_t>(a)];
  std::vector<double> speeds;
  for (const int c : columns) {
    const double moved =
        (recording.positions_m.block<1, 3>(b, 3 * c) - recording.positions_m.block<1, 3>(a, 3 * c))
            .norm();
    if (std::isfinite(moved)) speeds.push_back(moved / dt);
  }
  // The fastest quarter: standing on one leg and swinging the other is not standing still.
  return quantile(speeds, 0.75);
}

}  // namespace

StillPose find_still_pose(const Recording& recording, const std::vector<int>& columns,
                          double height_m) {
  StillPose out;
  const Eigen::Index n = recording.n_frames();
  const double rate = recording.rate_hz();
  const auto lag = std::max<Eigen::Index>(1, std::lround(kLag_s * rate));
  if (n <= lag) {
    // A single frame, or too short to move: by convention a standing trial.
    for (Eigen::Index f = 0; f < n; ++f) out.frames.push_back(f);
    out.still = n == 1 || (n > 1 && speed(recording, columns, 0, n - 1) < kStill_per_s * height_m);
  } else {
    for (Eigen::Index f = 0; f < n; ++f) {
      const Eigen::Index a = std::clamp<Eigen::Index>(f - lag / 2, 0, n - 1 - lag);
      if (speed(recording, columns, a, a + lag) < kStill_per_s * height_m) out.frames.push_back(f);
    }
    const double enough = std::min(kLeastStill_s * rate, 0.5 * static_cast<double>(n));
    out.still = static_cast<double>(out.frames.size()) >= enough && !out.frames.empty();
  }
  out.mean_m.setConstant(recording.n_points(), 3, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> values;
  for (Eigen::Index i = 0; i < recording.n_points(); ++i) {
    for (int k = 0; k < 3; ++k) {
      values.clear();
      for (const Eigen::Index f : out.frames) values.push_back(recording.positions_m(f, 3 * i + k));
      out.mean_m(i, k) = median(values);
    }
  }
  return out;
}

}  // namespace runmech
