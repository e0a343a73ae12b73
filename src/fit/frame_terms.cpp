// SPDX-License-Identifier: BSD-3-Clause
#include "frame_terms.hpp"

#include <algorithm>
#include <cmath>

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
      equations_(problem.skeleton, free_of(problem), unseen_) {
  const std::size_t n_markers = problem.skeleton.markers.size();
  bend_ = loss_bends(problem.skeleton, problem.loss_scale);
  information_.assign(n_markers, 0.0);
  weight_.assign(n_markers, 0.0);
  newton_.assign(n_markers, 0.0);
  noisy_m_.assign(3 * n_markers, 0.0);
  robust_.assign(n_markers, 0.0);
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
  pull_.setZero(problem.n());
  edge_.setZero(problem.n_lengths(), problem.n());
  corner_.setZero(problem.n_lengths(), problem.n_lengths());
  length_pull_.setZero(problem.n_lengths());
}

double FrameTerms::evaluate(Eigen::Index frame, const double* q, const double* lengths) {
  const double* measured = &problem_.measured_m(frame, 0);
  for (int j = 0; j < problem_.n(); ++j) pose_[problem_.splined[j]] = q[j];
  for (int l = 0; l < problem_.n_lengths(); ++l) {
    const auto& length = problem_.lengths[l];
    for (std::size_t p = 0; p < length.coordinates.size(); ++p) {
      pose_[length.coordinates[p]] = lengths[l] * length.length_m[p];
    }
  }
  for (std::size_t k = 0; k < information_.size(); ++k) {
    const double sigma = problem_.noise * problem_.skeleton.markers[k].sigma_m;
    information_[k] = is_seen(measured + 3 * k, unseen_) ? 1.0 / (sigma * sigma) : 0.0;
  }
  forward_kinematics(problem_.skeleton, pose_.data(), state_);
  equations_.measure(state_, measured, information_.data());
  const int axes = unseen_ < 0 ? 3 : 2;
  double loss = 0.0;
  n_residuals_ = 0;
  weighted_squares_ = twice_weighted_ = curvatures_ = 0.0;
  for (std::size_t k = 0; k < information_.size(); ++k) {
    weight_[k] = newton_[k] = robust_[k] = 0.0;
    if (information_[k] == 0.0) continue;
    const double s =
        equations_.residuals_m().col(static_cast<Eigen::Index>(k)).squaredNorm() * information_[k];
    const double w = robust_weight(problem_.loss, s, bend_[k]);
    const double c = robust_curvature(problem_.loss, s, bend_[k], w);
    robust_[k] = w;
    weight_[k] = problem_.gain * information_[k] * w;
    newton_[k] = problem_.gain * information_[k] * c;
    loss += robust_cost(problem_.loss, s, bend_[k]);
    n_residuals_ += axes;
    weighted_squares_ += w * s;
    twice_weighted_ += w * w * s;
    curvatures_ += axes * c;
  }
  double cost = 0.5 * problem_.gain * loss;
  if (problem_.limit_sd_rad > 0.0) {
    const double information = 1.0 / (problem_.limit_sd_rad * problem_.limit_sd_rad);
    for (int j = 0; j < problem_.n(); ++j) {
      const Coordinate& c = problem_.skeleton.coordinates[problem_.splined[j]];
      const double beyond = q[j] - std::clamp(q[j], c.lower, c.upper);
      cost += 0.5 * information * beyond * beyond;
    }
  }
  return cost;
}

void FrameTerms::share_pull() {
  const Eigen::VectorXd& gradient = equations_.gradient();
  length_pull_.setZero();
  for (int i = 0; i < equations_.size(); ++i) {
    if (spline_of_[i] >= 0) pull_[spline_of_[i]] = gradient[i];
    if (length_of_[i].length >= 0) {
      length_pull_[length_of_[i].length] += length_of_[i].by * gradient[i];
    }
  }
}

void FrameTerms::linearise_noise(const double* number) {
  for (std::size_t k = 0; k < newton_.size(); ++k) {
    if (newton_[k] == 0.0) continue;
    const BodyPoint& at = problem_.skeleton.markers[k].at;
    Eigen::Map<Eigen::Vector3d> place(noisy_m_.data() + 3 * k);
    place = point_position(state_, at) +
            Eigen::Map<const Eigen::Vector3d>(number + 3 * k) / std::sqrt(newton_[k]);
  }
  equations_.measure(state_, noisy_m_.data(), newton_.data());
  equations_.accumulate_gradient(state_, newton_.data());
  share_pull();
}

void FrameTerms::linearise(Curvature curvature) {
  equations_.accumulate(state_, weight_.data(),
                        curvature == Curvature::newton ? newton_.data() : nullptr);
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
  share_pull();
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
}

}  // namespace runmech
