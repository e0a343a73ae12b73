// SPDX-License-Identifier: BSD-3-Clause
#include "trajectory_system.hpp"

#include <algorithm>
#include <cmath>

namespace runmech {
namespace {

constexpr double kFirstDamping = 1e-4;
constexpr double kNear = 0.02;  // a step that gains less of the cost than this starts near the end

/// What a fit keeps beside the factor is some vectors of all unknowns: steps, weights, variances.
std::size_t bytes_for_factor(const TrajectoryProblem& problem, const TrajectoryOptions& options) {
  constexpr double kVectors = 15.0;
  const double vectors = kVectors * sizeof(double) * problem.basis.n_control() * problem.n();
  return static_cast<std::size_t>(std::max(1.0, 1e6 * options.memory_mb - vectors));
}

}  // namespace

TrajectorySystem::TrajectorySystem(const TrajectoryProblem& problem,
                                   const TrajectoryOptions& options)
    : problem_(problem),
      sums_(problem, options.num_threads),
      reach_(problem.basis.degree),
      band_(problem.basis.n_control(), problem.n(), reach_, problem.n_shared(),
            bytes_for_factor(problem, options)) {
  pull_.setZero(band_.size());
  if (!band_.whole()) return;
  const auto n_control = static_cast<std::size_t>(problem.basis.n_control());
  blocks_.count = problem.basis.n_control();
  blocks_.packed.resize(n_control * (reach_ + 1UL) *
                        static_cast<std::size_t>(sums_.entry_stride()));
  blocks_.edges.resize(n_control * static_cast<std::size_t>(sums_.edge_stride()));
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
  for (int i = 0; i < problem_.n_shared(); ++i) {
    const double information = 1.0 / (problem_.shared_sd(i) * problem_.shared_sd(i));
    cost += 0.5 * information * x.shared[i] * x.shared[i];
    if (derivatives) pull_[pull_.size() - problem_.n_shared() + i] -= information * x.shared[i];
  }
  return cost;
}

double TrajectorySystem::cost(const TrajectoryPoint& x) {
  const auto totals = sums_.evaluate(x);
  residuals_ = totals.residuals;
  return priors(x, false) + totals.cost;
}

double TrajectorySystem::linearise(const TrajectoryPoint& x, FrameTerms::Curvature curvature) {
  linearised_.point = x;
  linearised_.curvature = curvature;
  pull_.setZero();
  const double prior = priors(x, true);
  auto totals = sums_.linearise(x, curvature, pull_, band_.whole() ? &blocks_ : nullptr);
  residuals_ = totals.residuals;
  corner_ = std::move(totals.corner);
  return prior + totals.cost;
}

void TrajectorySystem::fill(int first, int count) {
  if (!band_.whole()) {
    blocks_.first = first;
    blocks_.count = count;
    sums_.collect(factored_.point, factored_.curvature, blocks_);
  }
  const auto& basis = problem_.basis;
  const int n = problem_.n();
  const int m = problem_.n_shared();
  const int end = first + count;
  for (int k = first; k < end; ++k) {
    for (int r = 0; r <= std::min(reach_, basis.n_control() - 1 - k); ++r) {
      const double* entries = &blocks_.packed[((k - blocks_.first) * (reach_ + 1UL) + r) *
                                              static_cast<std::size_t>(sums_.entry_stride())];
      for (const auto& place : sums_.places()) {
        band_.at(k, r, place.row, place.column) = entries[place.entry];
        band_.at(k, r, place.column, place.row) = entries[place.entry];
      }
    }
    for (int j = 0; j < n; ++j) {
      band_.at(k, 0, j, j) += 1.0 / (problem_.hold_sd[j] * problem_.hold_sd[j]);
    }
    const double* edge =
        m > 0 ? &blocks_.edges[static_cast<std::size_t>((k - blocks_.first) * sums_.edge_stride())]
              : nullptr;
    for (int j = 0; j < n; ++j) {
      for (int l = 0; l < m; ++l) band_.edge(k, l, j) = edge[j * m + l];
    }
  }
  const auto from =
      std::lower_bound(basis.roughness.begin(), basis.roughness.end(), first - reach_,
                       [](const auto& point, int group) { return point.third.first < group; });
  for (auto point = from; point != basis.roughness.end() && point->third.first < end; ++point) {
    const int start = point->third.first;
    for (int c = std::max(0, first - start); c <= reach_ && start + c < end; ++c) {
      for (int a = c; a <= reach_; ++a) {
        const double product = point->weight * point->third.value[a] * point->third.value[c];
        for (int j = 0; j < n; ++j) {
          band_.at(start + c, a - c, j, j) += product * problem_.lambda(point->interval, j);
        }
      }
    }
  }
  if (factored_.damping == 0.0) return;
  for (int k = first; k < end; ++k) {
    for (int j = 0; j < n; ++j) band_.at(k, 0, j, j) *= 1.0 + factored_.damping;
  }
}

bool TrajectorySystem::factor(double damping) {
  if (!band_.whole()) factored_ = linearised_;
  factored_.damping = damping;
  band_.corner() = corner_;
  for (int i = 0; i < problem_.n_shared(); ++i) {
    band_.corner()(i, i) += 1.0 / (problem_.shared_sd(i) * problem_.shared_sd(i));
  }
  band_.corner().diagonal() *= 1.0 + damping;
  forward_ = pull_;
  return band_.factor([this](int first, int count) { fill(first, count); }, &forward_);
}

void TrajectorySystem::step(Eigen::VectorXd& out) {
  out = forward_;
  band_.colour(out);
}

Eigen::MatrixXd TrajectorySystem::noise_pulls(const TrajectoryPoint& x, int n) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size(), n);
  sums_.noise_pulls(x, out);
  return out;
}

Eigen::VectorXd TrajectorySystem::smoothing_pull(
    const Eigen::Ref<const FrameMatrix>& control) const {
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
  return out;
}

FrameMatrix TrajectorySystem::variance() {
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
  x.shared += step.tail(x.shared.size());
}

// Re-weighting never overshoots but crawls near the minimum of a robust loss; the loss's own
// curvature converges fast there and may overshoot elsewhere. The true cost decides whether a step
// stands.
MinimiseSummary minimise(const TrajectoryProblem&, const TrajectoryOptions& options,
                         TrajectorySystem& system, TrajectoryPoint& x,
                         FrameTerms::Curvature first) {
  using Curvature = FrameTerms::Curvature;
  MinimiseSummary out;
  double damping = 0.0;
  Eigen::VectorXd step;
  TrajectoryPoint tried;
  Curvature curvature = first;
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
    const bool last = out.iterations == options.max_iterations;  // nobody asks for more equations
    const Curvature next = expected < kNear * out.cost ? Curvature::newton : Curvature::reweighted;
    const double cost = last ? system.cost(tried) : system.linearise(tried, next);
    if (cost <= out.cost) {
      std::swap(x, tried);
      out.cost = cost;
      curvature = next;
      damping = damping > 10.0 * kFirstDamping ? 0.1 * damping : 0.0;
    } else {
      if (!newton) damping = std::max(10.0 * damping, kFirstDamping);
      curvature = Curvature::reweighted;
      static_cast<void>(last ? system.cost(x) : system.linearise(x, curvature));
    }
  }
  return out;
}

}  // namespace runmech
