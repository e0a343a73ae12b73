// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/frame_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"
#include "runmech/fit/rough_pose.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFarthest_m = 1e6;       // beyond: not a position
constexpr double kLargestStep_rad = 0.7;  // per iteration; keeps a bad start from winding joints up
constexpr double kKeepFactor_rad = 0.02;  // after a step this small H is taken as constant
constexpr double kUsedWeight = 0.2;       // a marker with less robust weight does not count as used
constexpr double kUndetermined_m = 0.05;  // a translation less certain than this is not determined
constexpr double kBeyondLimit_rad = 10.0 * kDegree;
constexpr double kFreeTurn_rad = 0.35;  // jump allowance besides the speed limits
constexpr double kFreeTravel_m = 0.10;
constexpr double kNoiseSigmas = 6.0;  // and so many standard deviations of the coordinate itself
constexpr double kWidenings[]{8.0, 3.0, 1.0};  // sigmas of a fresh start, wide to true
constexpr int kFreshIterations = 15;
constexpr int kPatience = 5;  // after so many vain fresh starts in a row they are tried ...
constexpr int kSeldom = 16;  // ... only every so many frames: a spoilt trial must not take for ever

int unseen_axis(View view) {
  return view == View::spatial ? -1 : view == View::side ? 2 : 0;
}

/// Of a prior with this standard deviation; 0 stands for no prior.
double information(double sd_deg) {
  return sd_deg > 0.0 ? 1.0 / (radians(sd_deg) * radians(sd_deg)) : 0.0;
}

std::vector<bool> free_of(const std::vector<CoordinateStatus>& locks) {
  std::vector<bool> free;
  for (const auto lock : locks) free.push_back(lock == CoordinateStatus::observed);
  return free;
}

}  // namespace

void FrameFitOptions::validate() const {
  const auto need = [](bool good, const char* name, double value, const char* allowed) {
    if (!good) {
      throw InvalidArgument(std::string(name) + " is " + printed(value) + "; allowed: " + allowed);
    }
  };
  need(loss_scale >= 0.0, "loss_scale", loss_scale, "0 or more");
  need(max_iterations >= 1 && max_iterations <= 1000, "max_iterations", max_iterations,
       "1 to 1000");
  need(step_tolerance_sd > 0.0, "step_tolerance_sd", step_tolerance_sd, "greater than 0");
  need(hold_sd_deg > 0.0, "hold_sd_deg", hold_sd_deg, "greater than 0");
  need(limit_sd_deg >= 0.0, "limit_sd_deg", limit_sd_deg, "0 or more");
  need(undetermined_sd_deg > 0.0, "undetermined_sd_deg", undetermined_sd_deg, "greater than 0");
  need(max_rms_sigmas > 0.0, "max_rms_sigmas", max_rms_sigmas, "greater than 0");
  need(max_turn_deg_s > 0.0, "max_turn_deg_s", max_turn_deg_s, "greater than 0");
  need(max_travel_m_s > 0.0, "max_travel_m_s", max_travel_m_s, "greater than 0");
}

std::vector<CoordinateStatus> coordinate_locks(const Skeleton& skeleton,
                                               const std::vector<bool>& recorded, View view) {
  std::vector<int> below(skeleton.segments.size(), 0);  // recorded markers on a segment and below
  for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
    if (!recorded[k]) continue;
    for (int s = skeleton.markers[k].at.segment; s >= 0; s = skeleton.segments[s].parent)
      ++below[s];
  }
  std::vector<CoordinateStatus> locks;
  for (const Coordinate& c : skeleton.coordinates) {
    const int n = below[c.segment];
    const bool locked = c.locked || !moves_within(c, view) || n < c.rigid_below;
    locks.push_back(locked   ? CoordinateStatus::locked
                    : n == 0 ? CoordinateStatus::undetermined
                             : CoordinateStatus::observed);
  }
  return locks;
}

FrameFitter::FrameFitter(const Skeleton& skeleton, const std::vector<CoordinateStatus>& locks,
                         const FrameFitOptions& options, View view)
    : skeleton_(skeleton),
      options_(options),
      view_(view),
      locks_(locks),
      equations_(skeleton, free_of(locks), unseen_axis(view)) {
  options.validate();
  if (options_.loss_scale == 0.0) options_.loss_scale = standard_scale(options_.loss);
  for (const Marker& marker : skeleton.markers) {
    if (!(marker.sigma_m > 0.0)) {
      throw InvalidArgument("marker '" + marker.at.name + "' has sigma_m " +
                            printed(marker.sigma_m) + "; allowed: greater than 0");
    }
  }
  const int n = skeleton.n_coordinates();
  pose_.coordinates = skeleton.neutral_pose();
  pose_.determined.assign(n, false);
  hold_ = good_ = pose_.coordinates;
  tried_.setZero(n);
  good_time_s_.assign(n, kNaN);
  step_.setZero(equations_.size());
  variance_.setZero(equations_.size());
  pivots_.setZero(equations_.size());
  base_.assign(skeleton.markers.size(), 0.0);
  last_base_ = base_;
  weight_ = base_;
  curvature_ = base_;
}

void FrameFitter::forget() {
  warm_ = false;
  failures_ = 0;
  hold_ = skeleton_.neutral_pose();
}

void FrameFitter::start_from(const Eigen::VectorXd& coordinates) {
  if (coordinates.size() != skeleton_.n_coordinates()) {
    throw InvalidArgument("coordinates has " + std::to_string(coordinates.size()) +
                          " entries; allowed: " + std::to_string(skeleton_.n_coordinates()));
  }
  warm_ = true;
  std::fill(good_time_s_.begin(), good_time_s_.end(), kNaN);  // no step to judge
  good_ = hold_ = coordinates;
}

void FrameFitter::see(const double* measured_m) {
  const int unseen = unseen_axis(view_);
  for (std::size_t k = 0; k < base_.size(); ++k) {
    const double* p = measured_m + 3 * k;
    bool zero = true;  // exactly at the origin: how several formats spell "missing"
    bool good = true;
    for (int i = 0; i < 3; ++i) {
      if (i == unseen) continue;
      zero = zero && p[i] == 0.0;
      good = good && std::abs(p[i]) < kFarthest_m;  // false for NaN
    }
    const double sigma = skeleton_.markers[k].sigma_m;
    base_[k] = good && !zero ? 1.0 / (sigma * sigma) : 0.0;
  }
}

// Residuals and robust weights at pose_.coordinates; returns the cost.
double FrameFitter::evaluate(const double* measured_m, double widening) {
  forward_kinematics(skeleton_, pose_.coordinates.data(), state_);
  equations_.measure(state_, measured_m, base_.data());
  const double narrow = 1.0 / (widening * widening);
  double cost = 0.0;
  for (std::size_t k = 0; k < base_.size(); ++k) {
    weight_[k] = curvature_[k] = 0.0;
    if (base_[k] == 0.0) continue;
    const double unit = base_[k] * narrow;
    const double s = equations_.residuals_m().col(k).squaredNorm() * unit;
    const double w = robust_weight(options_.loss, s, options_.loss_scale);
    weight_[k] = unit * w;
    curvature_[k] = unit * robust_curvature(options_.loss, s, options_.loss_scale, w);
    cost += robust_cost(options_.loss, s, options_.loss_scale);
  }
  const double hold = information(options_.hold_sd_deg);
  const double limit = information(options_.limit_sd_deg);
  for (const int j : equations_.free_coordinates()) {
    const double q = pose_.coordinates[j];
    const Coordinate& c = skeleton_.coordinates[j];
    const double away = q - hold_[j];
    const double beyond = q - std::clamp(q, c.lower, c.upper);
    cost += hold * away * away + limit * beyond * beyond;
  }
  return cost;
}

void FrameFitter::add_priors(bool with_information) {
  const double hold = information(options_.hold_sd_deg);
  const double limit = information(options_.limit_sd_deg);
  for (int i = 0; i < equations_.size(); ++i) {
    const int j = equations_.free_coordinates()[i];
    const double q = pose_.coordinates[j];
    const Coordinate& c = skeleton_.coordinates[j];
    const double inside = std::clamp(q, c.lower, c.upper);
    const double strength = q == inside ? 0.0 : limit;
    equations_.add_prior(i, with_information ? hold + strength : 0.0,
                         hold * (hold_[j] - q) + strength * (inside - q));
  }
}

// Levenberg-Marquardt from pose_.coordinates; leaves the equations at (within the last step of) the
// result.
double FrameFitter::minimise(const double* measured_m, double widening, int max_iterations) {
  const double tolerance = options_.step_tolerance_sd * options_.step_tolerance_sd;
  const auto& free = equations_.free_coordinates();
  double damping = 0.0;
  double largest = std::numeric_limits<double>::infinity();  // component of the last step
  double before = largest;                                   // and of the one before
  double best = std::numeric_limits<double>::infinity();
  if (free.empty()) return evaluate(measured_m, widening);
  // Near the minimum H hardly changes: its factor is kept and only g is new. The first step of a
  // warm frame makes do with the last frame's.
  bool keep = factored_ && widening == 1.0;
  factored_ = false;
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    ++pose_.iterations;
    const double cost = evaluate(measured_m, widening);
    if (cost <= best * (1.0 + 1e-12)) {
      best = cost;
      tried_ = pose_.coordinates;
      damping = damping > 1e-6 ? 0.1 * damping : 0.0;
      if (iteration > 0) {
        keep = damping == 0.0 && largest < kKeepFactor_rad && largest < 0.5 * before;
      }
    } else {
      pose_.coordinates = tried_;
      evaluate(measured_m, widening);
      if (!keep) damping = std::max(10.0 * damping, 1e-3);  // else H was to blame, not the length
      keep = false;
    }
    if (keep) {
      equations_.accumulate_gradient(state_, weight_.data());
    } else {
      equations_.accumulate(state_, weight_.data(), curvature_.data());
    }
    add_priors(!keep);
    if (!keep && !equations_.factor(damping)) return best;
    equations_.solve(step_);
    const double expected = step_.dot(equations_.gradient());  // squared length in sigmas
    before = largest;
    largest = step_.cwiseAbs().maxCoeff();
    if (!std::isfinite(largest)) return best;
    const double shorten = largest > kLargestStep_rad ? kLargestStep_rad / largest : 1.0;
    for (int i = 0; i < equations_.size(); ++i) {
      const bool rotation = skeleton_.coordinates[free[i]].rotation;
      pose_.coordinates[free[i]] += (rotation ? shorten : 1.0) * step_[i];
    }
    if (expected < tolerance) {
      factored_ = damping == 0.0 && widening == 1.0;
      return best;
    }
  }
  if (const double cost = evaluate(measured_m, widening); cost <= best) return cost;
  pose_.coordinates = tried_;
  return evaluate(measured_m, widening);
}

void FrameFitter::start_afresh(const double* measured_m, double time_s) {
  factored_ = false;
  if (failures_ > kPatience && failures_ % kSeldom != 0) {
    minimise(measured_m, 1.0, options_.max_iterations);
  } else {
    double best = std::numeric_limits<double>::infinity();
    Eigen::VectorXd winner = skeleton_.neutral_pose();
    for (const auto& start : rough_poses(skeleton_, free_of(locks_), measured_m, base_, view_)) {
      pose_.coordinates = hold_ = start;
      double cost = 0.0;
      factored_ = false;
      for (const double w : kWidenings) cost = minimise(measured_m, w, kFreshIterations);
      if (cost < best) {
        best = cost;
        winner = pose_.coordinates;
      }
    }
    pose_.coordinates = hold_ = winner;
    factored_ = false;
    minimise(measured_m, 1.0, options_.max_iterations);
  }
  judge(time_s);
  failures_ = pose_.usable ? 0 : failures_ + 1;
}

const FramePose& FrameFitter::fit(const double* measured_m, double time_s) {
  pose_.iterations = 0;
  see(measured_m);
  if (warm_) {
    pose_.coordinates = hold_ = good_;
    factored_ = factored_ && base_ == last_base_;
    minimise(measured_m, 1.0, options_.max_iterations);
    judge(time_s);
    const FrameStatus status = pose_.quality.status;
    // The last pose may have been a bad start: try without it before giving the frame up.
    if (status == FrameStatus::high_residual || status == FrameStatus::jump) {
      start_afresh(measured_m, time_s);
    }
  } else {
    start_afresh(measured_m, time_s);
  }
  if (!pose_.usable) return pose_;
  for (std::size_t j = 0; j < pose_.determined.size(); ++j) {
    if (pose_.determined[j]) good_time_s_[j] = time_s;
    if (pose_.determined[j] || !warm_) good_[j] = pose_.coordinates[j];
  }
  warm_ = true;
  return pose_;
}

void FrameFitter::find_determined() {
  // Variances cost more than a Gauss-Newton step: again only when other markers are seen or a pivot
  // has changed twofold.
  bool stale = base_ != last_base_;
  for (int i = 0; i < equations_.size(); ++i) {
    const double ratio = equations_.pivot(i) / pivots_[i];
    stale = stale || !(ratio > 0.5 && ratio < 2.0);
  }
  if (stale) {
    equations_.inverse_diagonal(variance_);
    for (int i = 0; i < equations_.size(); ++i) pivots_[i] = equations_.pivot(i);
    last_base_ = base_;
  }
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
  weighted_squares_ = 0.0;
  for (std::size_t k = 0; k < base_.size(); ++k) {
    if (base_[k] == 0.0) continue;
    ++seen;
    const double squared = equations_.residuals_m().col(k).squaredNorm();
    if (std::sqrt(squared) > quality.worst_m || quality.worst_marker < 0) {
      quality.worst_marker = static_cast<int>(k);
      quality.worst_m = std::sqrt(squared);
    }
    weighted_squares_ += weight_[k] * squared;
    if (weight_[k] < kUsedWeight * base_[k]) continue;
    ++quality.n_used;
    sum += squared;
    whitened += squared * base_[k];
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
    beyond = beyond ||
             (c.rotation && (q < c.lower - kBeyondLimit_rad || q > c.upper + kBeyondLimit_rad));
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
