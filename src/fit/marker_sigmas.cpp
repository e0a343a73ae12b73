// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr int kTrials = 3;               // of noise, for how much of it the fit follows
constexpr double kCommonFreedom = 30.0;  // our choice: ten positions' worth of the common size
constexpr double kSmallest = 0.2;        // a marker whose residual goes to nothing holds the
constexpr double kLargest = 5.0;         // model, it does not know better; our choice
constexpr double kLastingTime_s = 0.1;   // correlation time of soft tissue, 30 to 105 ms

struct Evidence {
  double squares = 0.0;
  double freedom = 0.0;
};

}  // namespace

double independent_share(double white, double rate_hz, bool of_mean) {
  // Sum of the correlations (of means) or of their squares (of variances) of a lasting part that
  // falls exponentially.
  const double lasting = 1.0 - white;
  const double numbers = kLastingTime_s * rate_hz;
  return 1.0 / (1.0 + (of_mean ? 2.0 * lasting : lasting * lasting) * numbers);
}

// sum w r^2 = ratio^2 (sum c - what the fit follows) for each marker's residuals, as in
// update_noise() for all of them: without the second term a marker that alone holds a segment would
// look the better the more it is believed (Patterson & Thompson 1971). Of what lasts the fit
// follows as much as a single frame's would.
void update_sigmas(double white, TrajectorySystem& system, TrajectoryStart& start) {
  auto& problem = start.problem;
  const std::size_t n_markers = problem.skeleton.markers.size();
  if (problem.sigma_ratio.empty()) problem.sigma_ratio.assign(n_markers, 1.0);
  Eigen::MatrixXd steps = system.noise_pulls(start.point, kTrials);
  system.band().solve(steps);
  auto followed = system.noise_followed(start.point, steps);
  std::vector<double> squares(n_markers, 0.0);
  std::vector<double> curvatures(n_markers, 0.0);
  std::vector<long> n(n_markers, 0);
  const int axes = problem.view == View::spatial ? 3 : 2;
  system.visit_frames(start.point, [&](Eigen::Index, const FrameTerms& frame) {
    for (std::size_t k = 0; k < n_markers; ++k) {
      const double w = frame.weights()[k];
      if (w == 0.0) continue;
      const double sigma =
          problem.noise * problem.sigma_ratio[k] * problem.skeleton.markers[k].sigma_m;
      squares[k] += w * frame.own_residual(k).squaredNorm() / (sigma * sigma);
      followed.white[static_cast<Eigen::Index>(k)] += frame.common_freedom(k);
      followed.lasting[static_cast<Eigen::Index>(k)] += frame.common_freedom(k);
      curvatures[k] += axes * frame.information()[k] * sigma * sigma / problem.gain;
      n[k] += axes;
    }
  });
  const double rate = static_cast<double>(problem.n_frames() - 1) /
                      (problem.basis.breaks.back() - problem.basis.breaks.front());
  const double share = independent_share(white, rate, false);
  // The bony landmarks of a segment share one ratio: how they are weighed against each other is
  // where the segment's frame stands, and that is the standing trial's to say.
  std::vector<std::size_t> group(n_markers);
  std::vector<Evidence> evidence(n_markers);
  Evidence all;
  for (std::size_t k = 0; k < n_markers; ++k) {
    group[k] = k;
    const Marker& marker = problem.skeleton.markers[k];
    for (std::size_t other = 0; marker.fixed && other < k; ++other) {
      const Marker& before = problem.skeleton.markers[other];
      if (before.fixed && before.at.segment == marker.at.segment) group[k] = group[other];
    }
    if (n[k] == 0) continue;
    const auto i = static_cast<Eigen::Index>(k);
    const double left = 1.0 - (white * followed.white[i] + (1.0 - white) * followed.lasting[i]) /
                                  static_cast<double>(n[k]);
    const double freedom = curvatures[k] * std::clamp(left, 0.0, 1.0);
    for (Evidence* sum : {&all, &evidence[group[k]]}) {
      sum->squares += squares[k];
      sum->freedom += freedom;
    }
  }
  start.sigma_freedom.assign(n_markers, 0.0);
  if (!(all.squares > 0.0) || !(all.freedom > 0.0)) return;
  const double common = all.squares / all.freedom;
  for (std::size_t k = 0; k < n_markers; ++k) {
    const Evidence& own = evidence[group[k]];
    if (!(own.freedom > 0.0)) continue;
    double& ratio = problem.sigma_ratio[k];
    const double change = (share * own.squares / common + kCommonFreedom / (ratio * ratio)) /
                          (share * own.freedom + kCommonFreedom);
    ratio = std::clamp(ratio * std::sqrt(change), kSmallest, kLargest);
    start.sigma_freedom[k] = share * own.freedom + kCommonFreedom;
  }
}

}  // namespace runmech
