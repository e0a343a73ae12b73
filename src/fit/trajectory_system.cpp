// SPDX-License-Identifier: BSD-3-Clause
#include "trajectory_system.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "block_kernel.hpp"

namespace runmech {
namespace {

constexpr double kFirstDamping = 1e-4;
constexpr double kNear = 0.02;  // a step that gains less of the cost than this starts near the end

}  // namespace

TrajectorySystem::TrajectorySystem(const TrajectoryProblem& problem)
    : problem_(problem),
      frame_(problem),
      reach_(problem.basis.degree),
      n_entries_(frame_.entries().size()),
      packed_(n_entries_ * (reach_ + 1) * problem.basis.n_control(), 0.0),
      edges_(
          static_cast<std::size_t>(problem.n()) * problem.n_lengths() * problem.basis.n_control(),
          0.0),
      corner_(Eigen::MatrixXd::Zero(problem.n_lengths(), problem.n_lengths())),
      band_(problem.basis.n_control(), problem.n(), reach_, problem.n_lengths()) {
  pull_.setZero(band_.size());
  pose_.setZero(problem.n());
}

double TrajectorySystem::priors(const TrajectoryPoint& x, bool derivatives) {
  const auto& basis = problem_.basis;
  const int n = problem_.n();
  double cost = 0.0;
  Eigen::RowVectorXd jerk(n);
  for (const auto& point : basis.roughness) {
    jerk.setZero();
    for (int a = 0; a <= reach_; ++a) {
      jerk += point.third.value[a] * x.control.row(point.third.first + a);
    }
    const auto weighted = (point.weight * problem_.lambda.row(point.interval)).cwiseProduct(jerk);
    cost += 0.5 * weighted.dot(jerk);
    if (!derivatives) continue;
    for (int a = 0; a <= reach_; ++a) {
      pull_.segment(static_cast<Eigen::Index>(point.third.first + a) * n, n) -=
          point.third.value[a] * weighted.transpose();
    }
  }
  for (int j = 0; j < n; ++j) {
    const double information = 1.0 / (problem_.hold_sd[j] * problem_.hold_sd[j]);
    for (Eigen::Index k = 0; k < x.control.rows(); ++k) {
      const double away = x.control(k, j) - problem_.hold(k, j);
      cost += 0.5 * information * away * away;
      if (derivatives) pull_[k * n + j] -= information * away;
    }
  }
  for (int l = 0; l < problem_.n_lengths(); ++l) {
    const double information = 1.0 / (problem_.lengths[l].sd * problem_.lengths[l].sd);
    cost += 0.5 * information * x.lengths[l] * x.lengths[l];
    if (derivatives) pull_[pull_.size() - problem_.n_lengths() + l] -= information * x.lengths[l];
  }
  return cost;
}

void TrajectorySystem::pose_at(Eigen::Index frame, const TrajectoryPoint& x) {
  const SplineBasis& b = problem_.basis.frame[frame];
  pose_ = b.value[0] * x.control.row(b.first).transpose();
  for (int a = 1; a <= reach_; ++a) pose_ += b.value[a] * x.control.row(b.first + a).transpose();
}

double TrajectorySystem::cost(const TrajectoryPoint& x) {
  double sum = priors(x, false);
  for (Eigen::Index f = 0; f < problem_.n_frames(); ++f) {
    pose_at(f, x);
    sum += frame_.evaluate(f, pose_.data(), x.lengths.data());
  }
  return sum;
}

double TrajectorySystem::linearise(const TrajectoryPoint& x, FrameTerms::Curvature curvature) {
  std::fill(packed_.begin(), packed_.end(), 0.0);
  std::fill(edges_.begin(), edges_.end(), 0.0);
  corner_.setZero();
  pull_.setZero();
  residuals_ = {};
  const int n = problem_.n();
  const int m = problem_.n_lengths();
  const int n_entries = static_cast<int>(n_entries_);
  double sum = priors(x, true);
  for (Eigen::Index f = 0; f < problem_.n_frames(); ++f) {
    const SplineBasis& b = problem_.basis.frame[f];
    pose_at(f, x);
    sum += frame_.evaluate(f, pose_.data(), x.lengths.data());
    if (frame_.n_residuals() == 0) continue;  // nothing but, perhaps, limits that hold already
    frame_.linearise(curvature);
    residuals_.n += frame_.n_residuals();
    residuals_.weighted_squares += frame_.weighted_squares();
    residuals_.twice_weighted_squares += frame_.twice_weighted_squares();
    residuals_.curvatures += frame_.curvatures();
    for (int a = 0; a <= reach_; ++a) {
      if (b.value[a] == 0.0) continue;
      const auto k = static_cast<std::size_t>(b.first + a);
      add_scaled(n, b.value[a], frame_.pull().data(), &pull_[static_cast<Eigen::Index>(k) * n]);
      if (m > 0) add_scaled(n * m, b.value[a], frame_.edge().data(), &edges_[k * n * m]);
      for (int c = 0; c <= a; ++c) {
        const std::size_t block = (b.first + c) * (reach_ + 1UL) + (a - c);
        add_scaled(n_entries, b.value[a] * b.value[c], frame_.entries().data(),
                   &packed_[block * n_entries_]);
      }
    }
    if (m > 0) {
      corner_ += frame_.corner();
      pull_.tail(m) += frame_.length_pull();
    }
  }
  return sum;
}

void TrajectorySystem::fill(BorderedBand& band, double damping) const {
  const auto& basis = problem_.basis;
  const int n = problem_.n();
  const int m = problem_.n_lengths();
  band.set_zero();
  for (int k = 0; k < basis.n_control(); ++k) {
    for (int r = 0; r <= std::min(reach_, basis.n_control() - 1 - k); ++r) {
      const double* entries = &packed_[(k * (reach_ + 1UL) + r) * n_entries_];
      for (const auto& place : frame_.places()) {
        band.at(k, r, place.row, place.column) = entries[place.entry];
        band.at(k, r, place.column, place.row) = entries[place.entry];
      }
    }
    for (int j = 0; j < n; ++j) {
      band.at(k, 0, j, j) += 1.0 / (problem_.hold_sd[j] * problem_.hold_sd[j]);
    }
    const double* edge = m > 0 ? &edges_[static_cast<std::size_t>(k) * n * m] : nullptr;
    for (int j = 0; j < n; ++j) {
      for (int l = 0; l < m; ++l) band.edge(k, l, j) = edge[j * m + l];
    }
  }
  for (const auto& point : basis.roughness) {
    for (int a = 0; a <= reach_; ++a) {
      for (int c = 0; c <= a; ++c) {
        const double product = point.weight * point.third.value[a] * point.third.value[c];
        for (int j = 0; j < n; ++j) {
          band.at(point.third.first + c, a - c, j, j) +=
              product * problem_.lambda(point.interval, j);
        }
      }
    }
  }
  band.corner() = corner_;
  for (int l = 0; l < m; ++l) {
    band.corner()(l, l) += 1.0 / (problem_.lengths[l].sd * problem_.lengths[l].sd);
  }
  if (damping == 0.0) return;
  for (int k = 0; k < basis.n_control(); ++k) {
    for (int j = 0; j < n; ++j) band.at(k, 0, j, j) *= 1.0 + damping;
  }
  band.corner().diagonal() *= 1.0 + damping;
}

bool TrajectorySystem::factor(double damping) {
  fill(band_, damping);
  return band_.factor();
}

void TrajectorySystem::visit_frames(
    const TrajectoryPoint& x, const std::function<void(Eigen::Index, const FrameTerms&)>& visit) {
  for (Eigen::Index f = 0; f < problem_.n_frames(); ++f) {
    pose_at(f, x);
    static_cast<void>(frame_.evaluate(f, pose_.data(), x.lengths.data()));
    visit(f, frame_);
  }
}

void TrajectorySystem::step(Eigen::VectorXd& out) const {
  out = pull_;
  band_.solve(out);
}

Eigen::MatrixXd TrajectorySystem::noise_responses(const TrajectoryPoint& x, int n) {
  const int m = problem_.n_lengths();
  std::mt19937 random(1);
  std::vector<double> numbers(3 * problem_.skeleton.markers.size());
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size(), n);
  for (Eigen::Index f = 0; f < problem_.n_frames(); ++f) {
    const SplineBasis& b = problem_.basis.frame[f];
    pose_at(f, x);
    static_cast<void>(frame_.evaluate(f, pose_.data(), x.lengths.data()));
    if (frame_.n_residuals() == 0) continue;
    for (int p = 0; p < n; ++p) {
      for (double& v : numbers) v = (random() & 1U) != 0U ? 1.0 : -1.0;  // unit variance suffices
      frame_.linearise_noise(numbers.data());
      for (int a = 0; a <= reach_; ++a) {
        out.col(p).segment(static_cast<Eigen::Index>(b.first + a) * problem_.n(), problem_.n()) +=
            b.value[a] * frame_.pull();
      }
      if (m > 0) out.col(p).tail(m) += frame_.length_pull();
    }
  }
  for (int p = 0; p < n; ++p) band_.solve(out.col(p));
  return out;
}

Eigen::VectorXd TrajectorySystem::smoothing_bias(const FrameMatrix& control) const {
  const int n = problem_.n();
  Eigen::VectorXd out = Eigen::VectorXd::Zero(size());
  Eigen::RowVectorXd jerk(n);
  for (const auto& point : problem_.basis.roughness) {
    jerk.setZero();
    for (int a = 0; a <= reach_; ++a) {
      jerk += point.third.value[a] * control.row(point.third.first + a);
    }
    for (int a = 0; a <= reach_; ++a) {
      out.segment(static_cast<Eigen::Index>(point.third.first + a) * n, n) +=
          point.third.value[a] * point.weight *
          problem_.lambda.row(point.interval).cwiseProduct(jerk).transpose();
    }
  }
  band_.solve(out);
  return out;
}

FrameMatrix TrajectorySystem::variance() const {
  const int n = problem_.n();
  FrameMatrix out = FrameMatrix::Zero(problem_.basis.n_control(), (reach_ + 1) * n);
  band_.visit_inverse([&](int k, const auto& column) {
    for (int r = 0; r <= reach_; ++r) {
      for (int j = 0; j < n; ++j) out(k, r * n + j) = column(r * n + j, j);
    }
  });
  return out;
}

void advance(TrajectoryPoint& x, const Eigen::VectorXd& step) {
  Eigen::Map<Eigen::VectorXd>(x.control.data(), x.control.size()) += step.head(x.control.size());
  x.lengths += step.tail(x.lengths.size());
}

// Re-weighting never overshoots but crawls near the minimum of a robust loss; the loss's own
// curvature converges fast there and may overshoot elsewhere. The true cost decides whether a step
// stands.
MinimiseSummary minimise(const TrajectoryProblem&, const TrajectoryOptions& options,
                         TrajectorySystem& system, TrajectoryPoint& x) {
  using Curvature = FrameTerms::Curvature;
  MinimiseSummary out;
  double damping = 0.0;
  Eigen::VectorXd step;
  TrajectoryPoint tried;
  Curvature curvature = Curvature::reweighted;
  out.cost = system.linearise(x, curvature);
  while (out.iterations < options.max_iterations) {
    ++out.iterations;
    if (!system.factor(damping)) {
      damping = std::max(10.0 * damping, kFirstDamping);
      continue;
    }
    system.step(step);
    const double expected = 0.5 * step.dot(system.pull());
    if (!std::isfinite(expected)) return out;
    const bool newton = curvature == Curvature::newton;
    if (expected <= options.cost_tolerance * out.cost && damping == 0.0 && newton) {
      out.converged = true;  // the factor is that of the result
      return out;
    }
    tried = x;
    advance(tried, step);
    const Curvature next = expected < kNear * out.cost ? Curvature::newton : Curvature::reweighted;
    const double cost = system.linearise(tried, next);
    if (cost <= out.cost) {
      std::swap(x, tried);
      out.cost = cost;
      curvature = next;
      damping = damping > 10.0 * kFirstDamping ? 0.1 * damping : 0.0;
    } else {
      if (!newton) damping = std::max(10.0 * damping, kFirstDamping);
      curvature = Curvature::reweighted;
      static_cast<void>(system.linearise(x, curvature));
    }
  }
  return out;
}

}  // namespace runmech
