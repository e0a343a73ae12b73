// SPDX-License-Identifier: BSD-3-Clause
#include "frame_terms.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runmech/fit/frame_fit.hpp"

namespace runmech {
namespace {

constexpr double kFarthest_m = 1e6;  // beyond: not a position

std::vector<bool> free_of(const TrajectoryProblem& problem) {
  std::vector<bool> free(problem.skeleton.coordinates.size(), false);
  for (const int j : problem.splined) free[j] = true;
  for (const auto& length : problem.lengths) {
    for (const int j : length.coordinates) free[j] = true;
  }
  return free;
}

}  // namespace

bool is_seen(const double* position_m, int unseen_axis) {
  bool zero = true;
  for (int i = 0; i < 3; ++i) {
    if (i == unseen_axis) continue;
    zero = zero && position_m[i] == 0.0;
    if (!(std::abs(position_m[i]) < kFarthest_m)) return false;  // or NaN
  }
  return !zero;
}

FrameTerms::FrameTerms(const TrajectoryProblem& problem)
    : problem_(problem),
      unseen_(problem.view == View::spatial ? -1
              : problem.view == View::side  ? 2
                                            : 0),
      equations_(problem.skeleton, free_of(problem), unseen_),
      common_(problem.skeleton) {
  const std::size_t n_markers = problem.skeleton.markers.size();
  bend_ = loss_bends(problem.skeleton, problem.loss_scale);
  information_.assign(n_markers, 0.0);
  pulling_.assign(n_markers, 0.0);
  weight_.assign(n_markers, 0.0);
  newton_.assign(n_markers, 0.0);
  common_taken_.assign(n_markers, 0.0);
  measured_.assign(3 * n_markers, 0.0);
  force_.setZero(3, static_cast<Eigen::Index>(n_markers));
  robust_.assign(n_markers, 0.0);
  squared_.assign(n_markers, 0.0);
  wide_.assign(n_markers, 0.0);
  pose_ = problem.skeleton.neutral_pose();
  spline_of_.assign(equations_.size(), -1);
  length_of_.assign(equations_.size(), {-1, 0.0});
  const auto& free = equations_.free_coordinates();
  for (int i = 0; i < equations_.size(); ++i) {
    const auto at = std::find(problem.splined.begin(), problem.splined.end(), free[i]);
    if (at != problem.splined.end()) {
      spline_of_[i] = static_cast<int>(at - problem.splined.begin());
    }
    for (std::size_t l = 0; l < problem.lengths.size(); ++l) {
      const auto& length = problem.lengths[l];
      for (std::size_t p = 0; p < length.coordinates.size(); ++p) {
        if (length.coordinates[p] == free[i]) {
          length_of_[i] = {static_cast<int>(l), length.length_m[p]};
        }
      }
    }
  }
  const auto places = equations_.entry_places();
  for (std::size_t e = 0; e < places.size(); ++e) {
    const int row = places[e].row;
    const int column = places[e].column;
    if (spline_of_[row] >= 0 && spline_of_[column] >= 0) {
      places_.push_back({static_cast<int>(e), spline_of_[row], spline_of_[column]});
    } else {
      length_places_.push_back({static_cast<int>(e), row, column});
    }
  }
  for (std::size_t s = 0; s < problem.skeleton.segments.size(); ++s) {
    const int parent = problem.skeleton.segments[s].parent;
    above_.push_back(parent < 0 ? std::vector<int>{} : above_[parent]);
    for (int i = 0; i < equations_.size(); ++i) {
      if (problem.skeleton.coordinates[free[i]].segment == static_cast<int>(s)) {
        above_[s].push_back(i);
      }
    }
  }
  for (const Marker& marker : problem.skeleton.markers) markers_.push_back(marker.at);
  for (int k = 0; k < static_cast<int>(n_markers); ++k) {
    FreeMarker free_marker{k, {}};
    for (std::size_t p = 0; p < problem.places.size(); ++p) {
      for (const auto& move : problem.places[p].moves) {
        if (move.marker != k) continue;
        free_marker.ways.push_back({problem.n_lengths() + static_cast<int>(p), move.direction});
      }
    }
    if (!free_marker.ways.empty()) free_markers_.push_back(std::move(free_marker));
  }
  shared_.setZero(problem.n_shared());
  pull_.setZero(problem.n());
  edge_.setZero(problem.n_shared(), problem.n());
  corner_.setZero(problem.n_shared(), problem.n_shared());
  shared_pull_.setZero(problem.n_shared());
}

Eigen::Vector3d FrameTerms::own_residual(std::size_t marker) const {
  return equations_.residuals_m().col(static_cast<Eigen::Index>(marker)) -
         equations_.common_m().col(markers_[marker].segment);
}

double FrameTerms::common_freedom() const {
  return std::accumulate(common_taken_.begin(), common_taken_.end(), 0.0);
}

void FrameTerms::evaluate(Eigen::Index frame, const double* q, const double* shared) {
  for (int j = 0; j < problem_.n(); ++j) pose_[problem_.splined[j]] = q[j];
  for (int l = 0; l < problem_.n_lengths(); ++l) {
    const auto& length = problem_.lengths[l];
    for (std::size_t p = 0; p < length.coordinates.size(); ++p) {
      pose_[length.coordinates[p]] = shared[l] * length.length_m[p];
    }
  }
  place_markers(shared);
  const bool given = problem_.information.size() > 0;
  for (std::size_t k = 0; k < information_.size(); ++k) {
    information_[k] = 0.0;
    if (given) {
      information_[k] = problem_.information(frame, static_cast<Eigen::Index>(k));
      continue;
    }
    const Eigen::Index point = problem_.point_of[k];
    if (point < 0) continue;
    const double* at = problem_.recorded_m->row(frame).data() + 3 * point;
    if (!is_seen(at, unseen_)) continue;
    std::copy(at, at + 3, &measured_[3 * k]);
    information_[k] = stated_information(k);
  }
  forward_kinematics(problem_.skeleton, pose_.data(), state_);
  equations_.measure(state_, measured_.data(), information_.data());
  const int axes = unseen_ < 0 ? 3 : 2;
  const double scale = 1.0 / (problem_.noise * problem_.noise);
  equations_.weigh_common(problem_.gain * scale);
  for (std::size_t k = 0; k < information_.size(); ++k) {
    // A marker better than stated does not make an outlier of a movement that the spline lags
    // behind.
    wide_[k] = bend_[k] * std::max(1.0, 1.0 / (problem_.noise * ratio_of(k)));
  }
  const std::span<const LostMarker> lost =
      given || problem_.lost == nullptr ? std::span<const LostMarker>() : problem_.lost->in(frame);
  std::fill(pulling_.begin(), pulling_.end(), 0.0);
  weigh_lost(lost);
  common_squares_ =
      given ? 0.0
            : common_.find(equations_.residuals_m(), information_, problem_.loss, wide_, scale,
                           equations_.common_m(), lost.empty() ? nullptr : &lost_pull_);
  pull_lost(lost);
  n_residuals_ = 0;
  weighted_squares_ = twice_weighted_ = curvatures_ = 0.0;
  for (std::size_t k = 0; k < information_.size(); ++k) {
    weight_[k] = newton_[k] = robust_[k] = squared_[k] = 0.0;
    if (information_[k] == 0.0) continue;
    n_residuals_ += axes;
    if (given) {
      newton_[k] = information_[k];  // and no weight: nothing pulls
      continue;
    }
    const double s = own_residual(k).squaredNorm() * information_[k];
    const double w = robust_weight(problem_.loss, s, wide_[k]);
    const double c = robust_curvature(problem_.loss, s, wide_[k], w);
    squared_[k] = s;
    robust_[k] = w;
    pulling_[k] = weight_[k] = problem_.gain * information_[k] * w;
    newton_[k] = problem_.gain * information_[k] * c;
    weighted_squares_ += w * s;
    twice_weighted_ += w * w * s;
    curvatures_ += axes * c;
  }
  for (const auto& group : common_.groups()) {
    const double variance = equations_.common_variance(group.segment, newton_.data());
    for (const int k : group.markers) common_taken_[k] = axes * variance * newton_[k];
  }
}

double FrameTerms::ratio_of(std::size_t marker) const {
  return problem_.sigma_ratio.empty() ? 1.0 : problem_.sigma_ratio[marker];
}

double FrameTerms::stated_information(std::size_t marker) const {
  const double sigma =
      problem_.noise * ratio_of(marker) * problem_.skeleton.markers[marker].sigma_m;
  return 1.0 / (sigma * sigma);
}

// Weights of lost markers and what they pull at their segments' common errors.
void FrameTerms::weigh_lost(std::span<const LostMarker> lost) {
  lost_cost_ = 0.0;
  if (lost.empty()) return;
  lost_pull_.setZero(3, static_cast<Eigen::Index>(problem_.skeleton.segments.size()));
  for (const LostMarker& one : lost) {
    const auto k = static_cast<std::size_t>(one.marker);
    const double unit = stated_information(k);
    const double weight =
        unit *
        robust_weight(problem_.loss, unit * one.error_m.cast<double>().squaredNorm(), wide_[k]);
    pulling_[k] = problem_.gain * weight;
    lost_pull_.col(markers_[k].segment) += weight * one.error_m.cast<double>();
  }
}

// Their pulls at the pose, and its cost.
void FrameTerms::pull_lost(std::span<const LostMarker> lost) {
  for (const LostMarker& one : lost) {
    const BodyPoint& at = markers_[one.marker];
    equations_.pull(state_, one.marker, one.error_m.cast<double>());
    lost_cost_ +=
        pulling_[one.marker] / problem_.gain *
        pull_cost(one, point_position(state_, at) + equations_.common_m().col(at.segment));
  }
}

double FrameTerms::cost() const {
  double loss = common_squares_ + lost_cost_;
  for (std::size_t k = 0; k < information_.size(); ++k) {
    if (squared_[k] == 0.0) continue;  // not seen, or met exactly
    loss += robust_cost(problem_.loss, squared_[k], wide_[k]);
  }
  double cost = 0.5 * problem_.gain * loss;
  if (problem_.limit_sd_rad > 0.0) {
    const double information = 1.0 / (problem_.limit_sd_rad * problem_.limit_sd_rad);
    for (int j = 0; j < problem_.n(); ++j) {
      const Coordinate& c = problem_.skeleton.coordinates[problem_.splined[j]];
      const double q = pose_[problem_.splined[j]];
      const double beyond = q - std::clamp(q, c.lower, c.upper);
      cost += 0.5 * information * beyond * beyond;
    }
  }
  return cost;
}

void FrameTerms::share_pull(const Eigen::Matrix3Xd& force) {
  const Eigen::VectorXd& gradient = equations_.gradient();
  shared_pull_.setZero();
  for (int i = 0; i < equations_.size(); ++i) {
    if (spline_of_[i] >= 0) pull_[spline_of_[i]] = gradient[i];
    if (length_of_[i].length >= 0) {
      shared_pull_[length_of_[i].length] += length_of_[i].by * gradient[i];
    }
  }
  for (const FreeMarker& free : free_markers_) {
    const Eigen::Vector3d local =
        state_.rotation[markers_[free.marker].segment].transpose() * force.col(free.marker);
    for (const auto& way : free.ways) shared_pull_[way.shared] += way.direction.dot(local);
  }
}

void FrameTerms::linearise(Curvature curvature) {
  const auto& weight = curvature == Curvature::newton ? newton_ : weight_;
  equations_.accumulate(state_, pulling_.data(), weight.data());
  if (problem_.limit_sd_rad > 0.0) {
    const double information = 1.0 / (problem_.limit_sd_rad * problem_.limit_sd_rad);
    for (int i = 0; i < equations_.size(); ++i) {
      if (spline_of_[i] < 0) continue;
      const int j = equations_.free_coordinates()[i];
      const Coordinate& c = problem_.skeleton.coordinates[j];
      const double beyond = pose_[j] - std::clamp(pose_[j], c.lower, c.upper);
      if (beyond != 0.0) equations_.add_prior(i, information, -information * beyond);
    }
  }
  for (const FreeMarker& free : free_markers_) {
    force_.col(free.marker) = pulling_[free.marker] * own_residual(free.marker);
  }
  share_pull(force_);
  edge_.setZero();
  corner_.setZero();
  for (const Place& place : length_places_) {
    const double value = equations_.entries()[place.entry];
    const LengthPart row = length_of_[place.row];
    const LengthPart column = length_of_[place.column];
    if (row.length >= 0 && column.length >= 0) {
      const double part = row.by * column.by * value;
      corner_(row.length, column.length) += part;
      if (place.row != place.column) corner_(column.length, row.length) += part;
    } else if (row.length >= 0) {
      edge_(row.length, spline_of_[place.column]) += row.by * value;
    } else {
      edge_(column.length, spline_of_[place.row]) += column.by * value;
    }
  }
  add_places(weight);
  share_places(weight);
}

}  // namespace runmech
