// SPDX-License-Identifier: BSD-3-Clause
// The cost of a trajectory through Ceres: one residual block per knot interval, whatever the number
// of frames and markers in it.
//
// With c the interval's cost, g its gradient and H = J'J its Gauss-Newton matrix, the block's rows
// are y = L^-1 g (H = L L'), whose Jacobian L' gives Ceres the same H and g that all residuals
// together would, and one row sqrt(2 c - |y|^2) with no Jacobian, so that the sum of squares is the
// true cost and Levenberg-Marquardt judges its steps rightly. Re-weighting keeps |y|^2 <= 2 c for
// every loss that grows no faster than a square.
#include <ceres/ceres.h>

#include <Eigen/Cholesky>
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

#include "trajectory_system.hpp"

namespace runmech {
namespace {

constexpr double kJitter = 1e-13;  // of H's largest diagonal element: what rounding takes away

/// What lies in one knot interval: its frames, its roughness and its share of the weak priors.
class IntervalCost final : public ceres::CostFunction {
 public:
  IntervalCost(const TrajectoryProblem& problem, int interval, Eigen::Index first_frame,
               Eigen::Index end_frame)
      : problem_(problem),
        interval_(interval),
        first_frame_(first_frame),
        end_frame_(end_frame),
        n_blocks_(problem.basis.degree + 1),
        frame_(problem) {
    const int n = n_blocks_ * problem.n() + problem.n_shared();
    set_num_residuals(n + 1);
    mutable_parameter_block_sizes()->assign(n_blocks_, problem.n());
    if (problem.n_shared() > 0) mutable_parameter_block_sizes()->push_back(problem.n_shared());
  }

  bool Evaluate(double const* const* x, double* residuals, double** jacobians) const override {
    const int n = num_residuals() - 1;
    Eigen::Map<Eigen::VectorXd> y(residuals, n);
    const std::scoped_lock lock(mutex_);  // Ceres may evaluate a block from several threads
    if (jacobians == nullptr) {
      const double cost = sum(x, false);
      y.setZero();
      residuals[n] = std::sqrt(2.0 * cost);
      return std::isfinite(cost);
    }
    const double cost = sum(x, true);
    if (!std::isfinite(cost)) return false;
    hessian_.diagonal().array() += kJitter * hessian_.diagonal().maxCoeff();
    const Eigen::LLT<Eigen::MatrixXd> llt(hessian_);
    if (llt.info() != Eigen::Success) return false;
    y = gradient_;
    llt.matrixL().solveInPlace(y);
    residuals[n] = std::sqrt(std::max(0.0, 2.0 * cost - y.squaredNorm()));
    const Eigen::MatrixXd root = llt.matrixU();
    int column = 0;
    for (std::size_t b = 0; b < parameter_block_sizes().size(); ++b) {
      const int size = parameter_block_sizes()[b];
      if (jacobians[b] != nullptr) {
        Eigen::Map<FrameMatrix> out(jacobians[b], n + 1, size);
        out.topRows(n) = root.middleCols(column, size);
        out.row(n).setZero();
      }
      column += size;
    }
    return true;
  }

 private:
  double sum(double const* const* x, bool derivatives) const {
    const int n = problem_.n();
    const int inner = n_blocks_ * n;
    if (derivatives) {
      hessian_.setZero(num_residuals() - 1, num_residuals() - 1);
      gradient_.setZero(num_residuals() - 1);
    }
    double cost = 0.0;
    Eigen::VectorXd pose(n);
    const double* shared = problem_.n_shared() > 0 ? x[n_blocks_] : nullptr;
    for (Eigen::Index f = first_frame_; f < end_frame_; ++f) {
      const SplineBasis& b = problem_.basis.frame[f];
      pose.setZero();
      for (int a = 0; a < n_blocks_; ++a) {
        pose += b.value[a] * Eigen::Map<const Eigen::VectorXd>(x[a], n);
      }
      frame_.evaluate(f, pose.data(), shared);
      cost += frame_.cost();
      if (derivatives && frame_.n_residuals() > 0) add_frame(b);
    }
    for (const auto& point : problem_.basis.roughness) {
      if (point.interval != interval_) continue;
      for (int j = 0; j < n; ++j) {
        double jerk = 0.0;
        for (int a = 0; a < n_blocks_; ++a) jerk += point.third.value[a] * x[a][j];
        const double w = point.weight * problem_.lambda(interval_, j);
        cost += 0.5 * w * jerk * jerk;
        if (!derivatives) continue;
        for (int a = 0; a < n_blocks_; ++a) {
          gradient_[a * n + j] += w * jerk * point.third.value[a];
          for (int c = 0; c < n_blocks_; ++c) {
            hessian_(a * n + j, c * n + j) += w * point.third.value[a] * point.third.value[c];
          }
        }
      }
    }
    // A control value's weak prior is shared by the intervals that it reaches into.
    const int last = problem_.basis.n_control() - 1;
    for (int a = 0; a < n_blocks_; ++a) {
      const int k = interval_ + a;
      const int reached = std::min({k, last - k, n_blocks_ - 1, last - n_blocks_ + 1}) + 1;
      for (int j = 0; j < n; ++j) {
        const double w = 1.0 / (problem_.hold_sd[j] * problem_.hold_sd[j] * reached);
        const double away = x[a][j] - problem_.hold(k, j);
        cost += 0.5 * w * away * away;
        if (!derivatives) continue;
        gradient_[a * n + j] += w * away;
        hessian_(a * n + j, a * n + j) += w;
      }
    }
    for (int i = 0; i < problem_.n_shared(); ++i) {
      const double w =
          1.0 / (problem_.shared_sd(i) * problem_.shared_sd(i) * problem_.basis.n_intervals());
      cost += 0.5 * w * shared[i] * shared[i];
      if (!derivatives) continue;
      gradient_[inner + i] += w * shared[i];
      hessian_(inner + i, inner + i) += w;
    }
    return cost;
  }

  void add_frame(const SplineBasis& b) const {
    const int n = problem_.n();
    const int inner = n_blocks_ * n;
    const int m = problem_.n_shared();
    frame_.linearise(FrameTerms::Curvature::reweighted);
    for (int a = 0; a < n_blocks_; ++a) {
      gradient_.segment(a * n, n) -= b.value[a] * frame_.pull();
      for (int c = 0; c < n_blocks_; ++c) {
        const double product = b.value[a] * b.value[c];
        for (const auto& place : frame_.places()) {
          const double value = product * frame_.entries()[place.entry];
          hessian_(a * n + place.row, c * n + place.column) += value;
          if (place.row != place.column) {
            hessian_(a * n + place.column, c * n + place.row) += value;
          }
        }
      }
      if (m == 0) continue;
      hessian_.block(inner, a * n, m, n) += b.value[a] * frame_.edge();
      hessian_.block(a * n, inner, n, m) += b.value[a] * frame_.edge().transpose();
    }
    if (m == 0) return;
    gradient_.tail(m) -= frame_.shared_pull();
    hessian_.bottomRightCorner(m, m) += frame_.corner();
  }

  const TrajectoryProblem& problem_;
  int interval_;
  Eigen::Index first_frame_;
  Eigen::Index end_frame_;
  int n_blocks_;
  mutable std::mutex mutex_;
  mutable FrameTerms frame_;
  mutable Eigen::MatrixXd hessian_;
  mutable Eigen::VectorXd gradient_;
};

}  // namespace

MinimiseSummary minimise_with_ceres(const TrajectoryProblem& problem,
                                    const TrajectoryOptions& options, TrajectoryPoint& x) {
  ceres::Problem ceres_problem;
  const int n_blocks = problem.basis.degree + 1;
  Eigen::Index frame = 0;
  for (int i = 0; i < problem.basis.n_intervals(); ++i) {
    const Eigen::Index first = frame;
    while (frame < problem.n_frames() && problem.basis.frame[frame].first == i) ++frame;
    std::vector<double*> blocks;
    for (int a = 0; a < n_blocks; ++a) blocks.push_back(x.control.row(i + a).data());
    if (problem.n_shared() > 0) blocks.push_back(x.shared.data());
    ceres_problem.AddResidualBlock(new IntervalCost(problem, i, first, frame), nullptr, blocks);
  }
  ceres::Solver::Options solver;
  solver.linear_solver_type = ceres::SPARSE_NORMAL_CHOLESKY;
  solver.max_num_iterations = options.max_iterations;
  solver.num_threads = options.num_threads;
  solver.function_tolerance = options.cost_tolerance;
  solver.gradient_tolerance = 1e-14;
  solver.parameter_tolerance = 1e-14;
  solver.logging_type = ceres::SILENT;
  ceres::Solver::Summary summary;
  ceres::Solve(solver, &ceres_problem, &summary);
  MinimiseSummary out;
  out.cost = summary.final_cost;
  out.iterations = static_cast<int>(summary.iterations.size());
  out.converged = summary.termination_type == ceres::CONVERGENCE;
  return out;
}

}  // namespace runmech
