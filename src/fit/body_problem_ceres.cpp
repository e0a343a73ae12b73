// SPDX-License-Identifier: BSD-3-Clause
#include <ceres/ceres.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <vector>

#include "body_problem.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

constexpr double kSoleLevel_rad = 2.0 * kDegree;  // of a foot standing flat; our choice

class SightCost final : public ceres::CostFunction {
 public:
  SightCost(const BodyProblem& problem, const ProblemSight& sight)
      : problem_(problem), sight_(sight) {
    set_num_residuals(3);
    mutable_parameter_block_sizes()->assign(
        {static_cast<int>(problem.pose_mean.size()), static_cast<int>(problem.shape.size()), 3});
  }
  bool Evaluate(double const* const* parameters, double* residuals,
                double** jacobians) const override {
    Eigen::Vector3d residual;
    Eigen::Matrix3Xd by_pose;
    Eigen::Matrix3Xd by_shape;
    Eigen::Matrix3d by_local;
    const bool derivatives = jacobians != nullptr;
    sight_residual(problem_, sight_, parameters[0], parameters[1], parameters[2], residual,
                   derivatives && jacobians[0] != nullptr ? &by_pose : nullptr,
                   derivatives && jacobians[1] != nullptr ? &by_shape : nullptr,
                   derivatives && jacobians[2] != nullptr ? &by_local : nullptr);
    for (int k = 0; k < 3; ++k) residuals[k] = residual[k];
    if (!derivatives) return true;
    const auto store = [&](int block, const auto& j) {
      if (jacobians[block] == nullptr) return;
      for (int k = 0; k < 3; ++k) {
        for (Eigen::Index c = 0; c < j.cols(); ++c) jacobians[block][k * j.cols() + c] = j(k, c);
      }
    };
    store(0, by_pose);
    store(1, by_shape);
    store(2, by_local);
    return true;
  }

 private:
  const BodyProblem& problem_;
  const ProblemSight& sight_;
};

// (value - mean) / sd, row by row; sd 0 leaves the row out.
class PriorCost final : public ceres::CostFunction {
 public:
  PriorCost(Eigen::VectorXd mean, Eigen::VectorXd sd) : mean_(std::move(mean)), sd_(std::move(sd)) {
    set_num_residuals(static_cast<int>(mean_.size()));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(mean_.size()));
  }
  bool Evaluate(double const* const* parameters, double* residuals,
                double** jacobians) const override {
    const Eigen::Index n = mean_.size();
    for (Eigen::Index i = 0; i < n; ++i) {
      const double w = sd_[i] > 0.0 ? 1.0 / sd_[i] : 0.0;
      residuals[i] = w * (parameters[0][i] - mean_[i]);
      if (jacobians == nullptr || jacobians[0] == nullptr) continue;
      for (Eigen::Index j = 0; j < n; ++j) jacobians[0][i * n + j] = i == j ? w : 0.0;
    }
    return true;
  }

 private:
  Eigen::VectorXd mean_;
  Eigen::VectorXd sd_;
};

// A marker's place against its nominal one, which scales with the lengths.
class NominalCost final : public ceres::CostFunction {
 public:
  NominalCost(const BodyProblem& problem, const ProblemPoint& point)
      : problem_(problem), point_(point) {
    set_num_residuals(3);
    mutable_parameter_block_sizes()->assign({3, static_cast<int>(problem.shape.size())});
  }
  bool Evaluate(double const* const* parameters, double* residuals,
                double** jacobians) const override {
    const auto n = static_cast<Eigen::Index>(problem_.shape.size());
    Eigen::Vector3d nominal = point_.nominal_m;
    for (Eigen::Index k = 0; k < n; ++k) {
      nominal += point_.nominal_by_shape.col(k) *
                 (parameters[1][k] - problem_.shape[static_cast<std::size_t>(k)].base_m);
    }
    for (int i = 0; i < 3; ++i) {
      const double w = point_.nominal_sd_m[i] > 0.0 ? 1.0 / point_.nominal_sd_m[i] : 0.0;
      residuals[i] = w * (parameters[0][i] - nominal[i]);
      if (jacobians == nullptr) continue;
      for (int j = 0; jacobians[0] != nullptr && j < 3; ++j) {
        jacobians[0][3 * i + j] = i == j ? w : 0.0;
      }
      for (Eigen::Index k = 0; jacobians[1] != nullptr && k < n; ++k) {
        jacobians[1][i * n + k] = -w * point_.nominal_by_shape(i, k);
      }
    }
    return true;
  }

 private:
  const BodyProblem& problem_;
  const ProblemPoint& point_;
};

// Left and right of one length differ by little.
class MirrorCost final : public ceres::CostFunction {
 public:
  MirrorCost(int n, int left, int right, double sd_m)
      : n_(n), left_(left), right_(right), w_(1.0 / sd_m) {
    set_num_residuals(1);
    mutable_parameter_block_sizes()->push_back(n);
  }
  bool Evaluate(double const* const* parameters, double* residuals,
                double** jacobians) const override {
    residuals[0] = w_ * (parameters[0][left_] - parameters[0][right_]);
    if (jacobians == nullptr || jacobians[0] == nullptr) return true;
    std::fill_n(jacobians[0], n_, 0.0);
    jacobians[0][left_] = w_;
    jacobians[0][right_] = -w_;
    return true;
  }

 private:
  int n_, left_, right_;
  double w_;
};

// The up axis of a foot against the world's.
struct SoleCost {
  template <class T>
  bool operator()(T const* const* q, T* residuals) const {
    SkeletonState<T> state;
    forward_kinematics(*skeleton, q[0], state);
    const auto& r = state.rotation[static_cast<std::size_t>(foot)];
    residuals[0] = r(0, 1) / T(kSoleLevel_rad);
    residuals[1] = r(2, 1) / T(kSoleLevel_rad);
    return true;
  }
  const Skeleton* skeleton;
  int foot;
};

class Watch final : public ceres::IterationCallback {
 public:
  explicit Watch(const Progress& progress) : progress_(progress) {}
  ceres::CallbackReturnType operator()(const ceres::IterationSummary& summary) override {
    report(progress_, std::min(0.95, 0.02 * summary.iteration), "calibration");
    return ceres::SOLVER_CONTINUE;
  }

 private:
  const Progress& progress_;
};

// The parameters an axis SD of 0 holds still; all of them when that is every axis.
void hold(ceres::Problem& problem, double* block, const Eigen::VectorXd& sd) {
  std::vector<int> still;
  for (Eigen::Index i = 0; i < sd.size(); ++i) {
    if (!(sd[i] > 0.0)) still.push_back(static_cast<int>(i));
  }
  if (still.empty()) return;
  if (static_cast<Eigen::Index>(still.size()) == sd.size()) {
    problem.SetParameterBlockConstant(block);
  } else {
    problem.SetManifold(block, new ceres::SubsetManifold(static_cast<int>(sd.size()), still));
  }
}

Eigen::VectorXd length_sd(ceres::Problem& problem, const BodyProblem& body, const double* values) {
  ceres::Covariance::Options options;
  options.algorithm_type = ceres::SPARSE_QR;
  ceres::Covariance covariance(options);
  const auto n = static_cast<Eigen::Index>(body.shape.size());
  const std::vector<std::pair<const double*, const double*>> wanted{{values, values}};
  if (!covariance.Compute(wanted, &problem)) return {};
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> matrix(n, n);
  covariance.GetCovarianceBlock(values, values, matrix.data());
  return matrix.diagonal().cwiseMax(0.0).cwiseSqrt();
}

/// The unknowns side by side in one buffer. Ceres orders blocks by their addresses; one buffer
/// keeps that order, and with it every rounding, the same from run to run.
class Blocks {
 public:
  explicit Blocks(const BodyProblem& body)
      : pose_size_(static_cast<std::size_t>(body.pose_mean.size())),
        first_point_(body.poses.size() * pose_size_),
        first_value_(first_point_ + 3 * body.points.size()),
        memory_(first_value_ + static_cast<std::size_t>(body.values.size())) {
    double* next = memory_.data();
    for (const auto& pose : body.poses) next = std::copy_n(pose.data(), pose.size(), next);
    for (const auto& point : body.points) next = std::copy_n(point.local_m.data(), 3, next);
    std::copy_n(body.values.data(), body.values.size(), next);
  }
  double* pose(int index) { return memory_.data() + static_cast<std::size_t>(index) * pose_size_; }
  double* point(int index) {
    return memory_.data() + first_point_ + 3 * static_cast<std::size_t>(index);
  }
  double* values() { return memory_.data() + first_value_; }
  void copy_to(BodyProblem& body) const {
    const double* next = memory_.data();
    const auto take = [&next](double* to, Eigen::Index n) {
      std::copy_n(next, n, to);
      next += n;
    };
    for (auto& pose : body.poses) take(pose.data(), pose.size());
    for (auto& point : body.points) take(point.local_m.data(), 3);
    take(body.values.data(), body.values.size());
  }

 private:
  std::size_t pose_size_;
  std::size_t first_point_;
  std::size_t first_value_;
  std::vector<double> memory_;
};

}  // namespace

BodySolution solve(BodyProblem& body, bool want_sd, const Progress& progress) {
  ceres::Problem::Options problem_options;
  problem_options.cost_function_ownership = ceres::TAKE_OWNERSHIP;
  ceres::Problem problem(problem_options);
  Blocks blocks(body);
  const auto n_shape = static_cast<int>(body.shape.size());
  std::set<int> seen_poses;
  std::set<int> seen_points;
  const double worth = body.poses_worth > 0.0 && (body.free_shape || body.free_points)
                           ? body.poses_worth / static_cast<double>(body.poses.size())
                           : 1.0;
  const auto shared = [worth](ceres::LossFunction* loss) {
    return new ceres::ScaledLoss(loss, worth, ceres::TAKE_OWNERSHIP);
  };
  for (const ProblemSight& sight : body.sights) {
    ProblemPoint& point = body.points[static_cast<std::size_t>(sight.point)];
    ceres::LossFunction* robust =
        body.robust_m > 0.0 ? new ceres::HuberLoss(body.robust_m / point.sigma_m) : nullptr;
    problem.AddResidualBlock(new SightCost(body, sight), shared(robust), blocks.pose(sight.pose),
                             blocks.values(), blocks.point(sight.point));
    seen_poses.insert(sight.pose);
    seen_points.insert(sight.point);
  }
  BodySolution out;
  if (seen_poses.empty()) {
    out.message = "nothing was seen";
    return out;
  }
  for (const int p : seen_poses) {
    double* pose = blocks.pose(p);
    problem.AddResidualBlock(new PriorCost(body.pose_mean, body.pose_sd), shared(nullptr), pose);
    hold(problem, pose, body.pose_sd);
  }
  for (const int p : seen_points) {
    ProblemPoint& point = body.points[static_cast<std::size_t>(p)];
    if (!body.free_points) {
      problem.SetParameterBlockConstant(blocks.point(p));
      continue;
    }
    hold(problem, blocks.point(p), point.nominal_sd_m);
    if (point.nominal_sd_m.maxCoeff() > 0.0) {
      problem.AddResidualBlock(new NominalCost(body, point), nullptr, blocks.point(p),
                               blocks.values());
    }
  }
  if (body.free_shape) {
    Eigen::VectorXd mean(n_shape);
    Eigen::VectorXd sd(n_shape);
    for (int k = 0; k < n_shape; ++k) {
      const ShapeParameter& parameter = body.shape[static_cast<std::size_t>(k)];
      mean[k] = parameter.base_m;
      sd[k] = parameter.relative_sd * std::abs(parameter.base_m);
      if (parameter.mirror > k) {
        problem.AddResidualBlock(
            new MirrorCost(n_shape, k, parameter.mirror, body.mirror_sd * parameter.base_m),
            nullptr, blocks.values());
      }
    }
    problem.AddResidualBlock(new PriorCost(mean, sd), nullptr, blocks.values());
    hold(problem, blocks.values(), sd);
  } else {
    problem.SetParameterBlockConstant(blocks.values());
  }
  if (body.feet_flat) {
    for (const char* foot : {"calcn_r", "calcn_l"}) {
      auto* cost = new ceres::DynamicAutoDiffCostFunction<SoleCost>(
          new SoleCost{&body.base, body.base.segment(foot)});
      cost->AddParameterBlock(static_cast<int>(body.pose_mean.size()));
      cost->SetNumResiduals(2);
      problem.AddResidualBlock(cost, nullptr, blocks.pose(0));
    }
  }

  ceres::Solver::Options options;
  options.max_num_iterations = 60;
  options.function_tolerance = 1e-8;
  options.logging_type = ceres::SILENT;
  // The poses meet only in the lengths and places: eliminate them first.
  options.linear_solver_type = seen_poses.size() > 1 ? ceres::DENSE_SCHUR : ceres::DENSE_QR;
  if (seen_poses.size() > 1) {
    auto ordering = std::make_shared<ceres::ParameterBlockOrdering>();
    for (const int p : seen_poses) {
      ordering->AddElementToGroup(blocks.pose(p), 0);
    }
    for (const int p : seen_points) {
      ordering->AddElementToGroup(blocks.point(p), 1);
    }
    ordering->AddElementToGroup(blocks.values(), 1);
    options.linear_solver_ordering = ordering;
  }
  Watch watch(progress);
  options.callbacks.push_back(&watch);
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  out.usable = summary.IsSolutionUsable() && std::isfinite(summary.final_cost);
  out.message = summary.message;
  blocks.copy_to(body);
  if (out.usable && want_sd && body.free_shape)
    out.shape_sd = length_sd(problem, body, blocks.values());
  double sum = 0.0;
  for (const ProblemSight& sight : body.sights) {
    const Eigen::Vector3d d = place(body, sight.point, sight.pose) - sight.world_m;
    for (int k = 0; k < 3; ++k) sum += std::isnan(d[k]) ? 0.0 : d[k] * d[k];
  }
  out.rms_m = std::sqrt(sum / static_cast<double>(body.sights.size()));
  return out;
}

}  // namespace runmech
