// SPDX-License-Identifier: BSD-3-Clause
#include "force_quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "runmech/core/printed.hpp"
#include "runmech/signal/extrema.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Measured on RBDS (42 trials), Dorn, BioMAC, Rajagopal, and on RBDS low-passed. Our choices.
// Above 50 Hz raw force keeps 0.3 to 0.9 of what it has above 25 Hz (0.18 at a rate of 150 Hz), a
// contact drawn as a half sine 0.36; low-passed at 10 to 15 Hz 0.04 to 0.06 (rate 150 Hz: 0.03),
// at 20 Hz, where strikes are 2.5 ms early, 0.05 to 0.09. The cut of a dead band brings some
// back: up to 0.12.
constexpr double kSteep = 0.068, kSteepBanded = 0.12, kSteepFewRate = 0.05;
constexpr double kFullRate_hz = 200.0;
// Above 25 Hz raw force keeps 0.6 % of its peak and more; low-passed up to 20 Hz 0.02 to 0.75 %,
// up to 15 Hz at most 0.41, published low-passed files 0.21 to 0.26; contacts drawn as half sines
// 0.16.
constexpr double kDullish = 0.0080, kDull = 0.0040, kNothing = 0.0012;
// Forefoot strikes at low speed rise at up to 7.6 ms per factor e, a critically damped filter at
// 11 Hz makes it 9 to 11.
constexpr double kSlowRise_s = 0.005, kNoFootRises_s = 0.009;
constexpr std::size_t kSeveral = 3;

}  // namespace

double dead_band(const Eigen::Ref<const Eigen::VectorXd>& raw) {
  std::vector<double> sorted(raw.begin(), raw.end());
  std::sort(sorted.begin(), sorted.end());
  std::size_t first = 0, most = 0;  // the longest stretch of equal values
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    if (end - i > most) {
      most = end - i;
      first = i;
    }
    i = end;
  }
  if (most * 20 <= sorted.size()) return 0.0;
  double nearest = std::numeric_limits<double>::infinity();
  if (first > 0) nearest = sorted[first] - sorted[first - 1];
  if (first + most < sorted.size())
    nearest = std::min(nearest, sorted[first + most] - sorted[first]);
  return std::isfinite(nearest) && nearest > 5.0 ? nearest : 0.0;
}

FastParts fast_parts(const Eigen::VectorXd& raw, std::span<const double> time_s, double rate_hz,
                     const std::vector<ForceContact>& contacts) {
  if (rate_hz < 60.0 || contacts.empty()) return {kNaN, kNaN};
  const Eigen::VectorXd fast = raw - low_pass(raw, rate_hz, 25.0);
  const bool shows_50 = rate_hz > 120.0;
  const Eigen::VectorXd faster =
      shows_50 ? Eigen::VectorXd(raw - low_pass(raw, rate_hz, 50.0)) : Eigen::VectorXd();
  double sum = 0.0, sum_50 = 0.0;
  Eigen::Index n = 0;
  std::vector<double> peaks;
  for (const ForceContact& c : contacts) {
    const double from = std::isnan(c.start_s) ? time_s.front() : c.start_s;
    const double to = std::isnan(c.end_s) ? time_s.back() : c.end_s;
    const auto a = std::lower_bound(time_s.begin(), time_s.end(), from) - time_s.begin();
    const auto b = std::upper_bound(time_s.begin(), time_s.end(), to) - time_s.begin();
    if (b <= a) continue;
    sum += fast.segment(a, b - a).squaredNorm();
    if (shows_50) sum_50 += faster.segment(a, b - a).squaredNorm();
    n += b - a;
    peaks.push_back(c.peak_n);
  }
  if (n == 0 || !(sum > 0.0)) return {kNaN, kNaN};
  return {std::sqrt(sum / static_cast<double>(n)) / median(peaks),
          shows_50 ? std::sqrt(sum_50 / sum) : kNaN};
}

double rise_e_fold_s(const Eigen::VectorXd& force, std::span<const double> time_s,
                     const std::vector<ForceContact>& contacts) {
  std::vector<double> folds;
  for (const ForceContact& c : contacts) {
    if (std::isnan(c.start_s)) continue;
    const auto at = [&](double level) {
      return first_crossing(force, time_s, level, Crossing::rising, c.start_s - 0.02,
                            c.start_s + 0.05);
    };
    const auto low = at(20.0);
    const auto high = at(40.0);
    if (low && high && *high > *low) folds.push_back((*high - *low) / std::log(2.0));
  }
  return median(folds);
}

std::string low_passed_reason(const FastParts& fast, double e_fold_s, double rate_hz, bool running,
                              std::size_t n_contacts, bool banded) {
  const bool steep = fast.steep < (rate_hz >= kFullRate_hz ? kSteep : kSteepFewRate);
  const bool slow = e_fold_s > kSlowRise_s;
  const bool too_slow = running && n_contacts >= kSeveral && e_fold_s > kNoFootRises_s;
  const bool dull = fast.share < kNothing ||
                    (running && fast.share < kDull &&
                     (slow || (banded && fast.steep < kSteepBanded)));  // a walk has little, too
  if (!too_slow && !dull && !(fast.share < kDullish && steep)) return {};
  std::string out;
  if (slow) {
    out = printed("it rises by a factor e only every %.1f ms between 20 and 40 N", 1e3 * e_fold_s);
  }
  if (fast.share < kDullish) {
    out += out.empty() ? "" : ", and ";
    out += printed("%.2f %% of its peak lies above 25 Hz", 100.0 * fast.share);
  }
  return out;
}

void extrapolate_ends(const Eigen::VectorXd& force, std::span<const double> time_s, double low_n,
                      std::vector<ForceContact>& contacts) {
  constexpr double kAbove_n = 100.0;
  const auto to_zero = [&](double low_s, double high_s) {
    return low_s - low_n * (high_s - low_s) / kAbove_n;
  };
  for (std::size_t k = 0; k < contacts.size(); ++k) {
    ForceContact& c = contacts[k];
    const double from = std::isnan(c.start_s) ? time_s.front() : c.start_s;
    const double to = std::isnan(c.end_s) ? time_s.back() : c.end_s;
    const double middle = 0.5 * (from + to);
    // The last way up in the first half and the first way down in the second: noise may cross the
    // lower level more than once.
    const auto rise = [&](double level) {
      return last_crossing(force, time_s, level, Crossing::rising, from - 0.03, middle);
    };
    const auto fall = [&](double level) {
      return first_crossing(force, time_s, level, Crossing::falling, middle, to + 0.03);
    };
    if (!std::isnan(c.start_s)) {
      const auto low = rise(low_n), high = rise(low_n + kAbove_n);
      const double start = low && high && *high > *low ? to_zero(*low, *high) : c.start_s;
      if (start < to && (k == 0 || !(start <= contacts[k - 1].end_s))) c.start_s = start;
    }
    if (!std::isnan(c.end_s)) {
      const auto low = fall(low_n), high = fall(low_n + kAbove_n);
      const double end = low && high && *high < *low ? to_zero(*low, *high) : c.end_s;
      if (end > from && (k + 1 == contacts.size() || !(end >= contacts[k + 1].start_s)))
        c.end_s = end;
    }
  }
}

}  // namespace runmech::detail
