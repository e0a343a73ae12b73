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
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kFarthest_m = 1e6;       // beyond: not a position
constexpr double kLargestStep_rad = 0.7;  // per iteration; keeps a bad start from winding joints up
constexpr double kKeepFactor_rad = 0.02;  // after a step this small H is taken as constant
// A small sigma gives a marker weight against the errors of the joints; it does not make an
// ordinary distance of soft tissue an outlier. The loss bends nowhere below this share of the
// skeleton's middle sigma: else two poses far apart are both a minimum (pelvis by its markers or by
// the legs).
constexpr double kLeastBend = 0.75;
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

std::vector<double> loss_bends(const Skeleton& skeleton, double loss_scale) {
  std::vector<double> sigmas;
  for (const Marker& marker : skeleton.markers) sigmas.push_back(marker.sigma_m);
  const double least = kLeastBend * (sigmas.empty() ? 0.0 : median(sigmas));
  std::vector<double> bends;
  for (const double sigma : sigmas) bends.push_back(loss_scale * std::max(1.0, least / sigma));
  return bends;
}

FrameFitter::FrameFitter(const Skeleton& skeleton, const std::vector<CoordinateStatus>& locks,
                         const FrameFitOptions& options, View view)
    : skeleton_(skeleton),
      options_(options),
      view_(view),
      locks_(locks),
      equations_(skeleton, free_of(locks), unseen_axis(view)),
      common_(skeleton) {
  options.validate();
  if (options_.loss_scale == 0.0) options_.loss_scale = standard_scale(options_.loss);
  for (const Marker& marker : skeleton.markers) {
    if (!(marker.sigma_m > 0.0 && std::isfinite(marker.sigma_m))) {
      throw InvalidArgument("marker '" + marker.at.name + "' has sigma_m " +
                            printed(marker.sigma_m) + "; allowed: greater than 0, finite");
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
  base_.assign(skeleton.markers.size(), 0.0);
  bend_ = loss_bends(skeleton, options_.loss_scale);
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

// Squared distance of a marker from where pose and common error put it.
double FrameFitter::own_squares(std::size_t marker) const {
  const auto k = static_cast<Eigen::Index>(marker);
  return (equations_.residuals_m().col(k) -
          equations_.common_m().col(skeleton_.markers[marker].at.segment))
      .squaredNorm();
}

double FrameFitter::lost_weight(const LostMarker& lost, double narrow) const {
  const double sigma = skeleton_.markers[lost.marker].sigma_m;
  const double unit = narrow / (sigma * sigma);
  return unit * robust_weight(options_.loss, unit * lost.error_m.cast<double>().squaredNorm(),
                              bend_[lost.marker]);
}

// Residuals and robust weights at pose_.coordinates; returns the cost.
double FrameFitter::evaluate(const double* measured_m, double widening) {
  forward_kinematics(skeleton_, pose_.coordinates.data(), state_);
  equations_.measure(state_, measured_m, base_.data());
  const double narrow = 1.0 / (widening * widening);
  for (std::size_t k = 0; k < base_.size(); ++k) weight_[k] = base_[k] * narrow;
  if (!lost_.empty()) lost_pull_.setZero(3, static_cast<Eigen::Index>(skeleton_.segments.size()));
  for (const LostMarker& lost : lost_) {
    const Marker& marker = skeleton_.markers[lost.marker];
    lost_pull_.col(marker.at.segment) += lost_weight(lost, narrow) * lost.error_m.cast<double>();
  }
  common_squares_ = common_.find(equations_.residuals_m(), weight_, options_.loss, bend_, narrow,
                                 equations_.common_m(), lost_.empty() ? nullptr : &lost_pull_);
  equations_.weigh_common(narrow);
  double cost = common_squares_;
  for (std::size_t k = 0; k < base_.size(); ++k) {
    weight_[k] = curvature_[k] = 0.0;
    if (base_[k] == 0.0) continue;
    const double unit = base_[k] * narrow;
    const double s = own_squares(k) * unit;
    const double w = robust_weight(options_.loss, s, bend_[k]);
    weight_[k] = unit * w;
    curvature_[k] = unit * robust_curvature(options_.loss, s, bend_[k], w);
    cost += robust_cost(options_.loss, s, bend_[k]);
  }
  for (const LostMarker& lost : lost_) {
    const BodyPoint& at = skeleton_.markers[lost.marker].at;
    weight_[lost.marker] = lost_weight(lost, narrow);
    equations_.pull(state_, lost.marker, lost.error_m.cast<double>());
    cost += weight_[lost.marker] *
            pull_cost(lost, point_position(state_, at) + equations_.common_m().col(at.segment));
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
  if (pose_.usable) {
    failures_ = 0;
  } else if (pose_.quality.status != FrameStatus::no_data) {
    ++failures_;  // an empty frame says nothing about the next
  }
}

const FramePose& FrameFitter::fit(const double* measured_m, double time_s,
                                  std::span<const LostMarker> lost) {
  pose_.iterations = 0;
  lost_ = lost;
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
  last_base_ = base_;
  if (!pose_.usable) return pose_;
  for (std::size_t j = 0; j < pose_.determined.size(); ++j) {
    if (pose_.determined[j]) good_time_s_[j] = time_s;
    if (pose_.determined[j] || !warm_) good_[j] = pose_.coordinates[j];
  }
  warm_ = true;
  return pose_;
}

}  // namespace runmech
