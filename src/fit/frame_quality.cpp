// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include "runmech/core/units.hpp"
#include "runmech/fit/frame_fit.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kUsedWeight = 0.2;       // a marker with less robust weight does not count as used
constexpr double kUndetermined_m = 0.05;  // a translation less certain than this is not determined
constexpr double kBeyondLimit_rad = 10.0 * kDegree;
constexpr double kFreeTurn_rad = 0.35;  // jump allowance besides the speed limits
constexpr double kFreeTravel_m = 0.10;
constexpr double kNoiseSigmas = 6.0;  // and so many standard deviations of the coordinate itself

}  // namespace

bool beyond_limit(const Coordinate& c, double q) {
  return c.rotation && (q < c.lower - kBeyondLimit_rad || q > c.upper + kBeyondLimit_rad);
}

bool FrameFitter::used(int marker) const {
  return base_[marker] > 0.0 && weight_[marker] >= kUsedWeight * base_[marker];
}

void FrameFitter::find_determined() {
  equations_.inverse_diagonal(variance_);
  const double largest = std::pow(radians(options_.undetermined_sd_deg), 2);
  std::fill(pose_.determined.begin(), pose_.determined.end(), false);
  for (int i = 0; i < equations_.size(); ++i) {
    const int j = equations_.free_coordinates()[i];
    pose_.determined[j] =
        variance_[i] <
        (skeleton_.coordinates[j].rotation ? largest : kUndetermined_m * kUndetermined_m);
  }
}

void FrameFitter::judge(double time_s) {
  FrameQuality quality;
  const int axes = view_ == View::spatial ? 3 : 2;
  int seen = 0;
  double sum = 0.0;
  double whitened = 0.0;
  weighted_squares_ = common_squares_;
  for (std::size_t k = 0; k < base_.size(); ++k) {
    if (base_[k] == 0.0) continue;
    ++seen;
    const double squared = equations_.residuals_m().col(k).squaredNorm();
    if (std::sqrt(squared) > quality.worst_m || quality.worst_marker < 0) {
      quality.worst_marker = static_cast<int>(k);
      quality.worst_m = std::sqrt(squared);
    }
    weighted_squares_ += weight_[k] * own_squares(k);
    if (!used(static_cast<int>(k))) continue;
    ++quality.n_used;
    sum += squared;
    whitened += own_squares(k) * base_[k];
  }
  quality.rms_m = quality.n_used > 0 ? std::sqrt(sum / quality.n_used) : kNaN;
  find_determined();
  int determined = 0;
  int weak = 0;
  bool beyond = false;
  bool jumped = false;
  for (int i = 0; i < equations_.size(); ++i) {
    const int j = equations_.free_coordinates()[i];
    if (!pose_.determined[j]) {
      ++weak;
      continue;
    }
    ++determined;
    const Coordinate& c = skeleton_.coordinates[j];
    const double q = pose_.coordinates[j];
    beyond = beyond || beyond_limit(c, q);
    const double dt = time_s - good_time_s_[j];
    const double noise = kNoiseSigmas * std::sqrt(variance_[i]);
    const double allowed =
        noise + (c.rotation ? kFreeTurn_rad + radians(options_.max_turn_deg_s) * dt
                            : kFreeTravel_m + options_.max_travel_m_s * dt);
    jumped = jumped || (warm_ && std::abs(q - good_[j]) > allowed);  // NaN dt: no judgement
  }
  degrees_of_freedom_ = std::max(0, axes * quality.n_used - determined);
  if (seen == 0 || !pose_.coordinates.allFinite()) {
    quality.status = FrameStatus::no_data;
  } else if (2 * quality.n_used < seen ||
             std::sqrt(whitened / (axes * quality.n_used)) > options_.max_rms_sigmas) {
    quality.status = FrameStatus::high_residual;
  } else if (quality.n_used <= axes || axes * quality.n_used <= determined) {
    quality.status = FrameStatus::few_markers;  // they would fit anything
    std::fill(pose_.determined.begin(), pose_.determined.end(), false);
    determined = 0;
  } else if (jumped) {
    quality.status = FrameStatus::jump;
  } else if (beyond) {
    quality.status = FrameStatus::limit;
  } else {
    quality.status = weak > 0 ? FrameStatus::few_markers : FrameStatus::ok;
  }
  pose_.quality = quality;
  pose_.usable = determined > 0 &&
                 (quality.status == FrameStatus::ok || quality.status == FrameStatus::limit ||
                  quality.status == FrameStatus::few_markers);
}

}  // namespace runmech
