// SPDX-License-Identifier: BSD-3-Clause
#include "roughness.hpp"

#include <algorithm>
#include <cmath>

namespace runmech {
namespace {

// Our choices, made on synthetic runners and on real running with known truth; the result is flat
// about all of them (a factor of two in any changes the error by less than 2 %).
constexpr double kHalfWindow_s = 0.03;  // of a triangular window: the length of an impact
constexpr double kOwnCount = 6.0;       // evidence that counts as much as the prior
constexpr double kCommonCount = 6.0;
constexpr double kLevelCount = 3.0;
constexpr double kOverstep = 1.7;  // the fixed point is approached from one side, slowly
constexpr double kLargestChange = 20.0;

/// Sums over a triangular window of time about each interval's middle.
FrameMatrix windowed(const FrameMatrix& x, const TrajectoryBasis& basis) {
  const Eigen::Index n = x.rows();
  FrameMatrix out = x;
  const auto middle = [&](Eigen::Index i) { return 0.5 * (basis.breaks[i] + basis.breaks[i + 1]); };
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index k = i + 1; k < n; ++k) {
      const double near = 1.0 - (middle(k) - middle(i)) / kHalfWindow_s;
      if (near <= 0.0) break;
      out.row(i) += near * x.row(k);
      out.row(k) += near * x.row(i);
    }
  }
  return out;
}

/// Third derivative at a point of the curves whose control values are the rows of `control`.
Eigen::RowVectorXd jerk_at(const TrajectoryBasis::RoughnessPoint& point, int degree,
                           const Eigen::Ref<const FrameMatrix>& control) {
  Eigen::RowVectorXd out = point.third.value[0] * control.row(point.third.first);
  for (int a = 1; a <= degree; ++a)
    out += point.third.value[a] * control.row(point.third.first + a);
  return out;
}

Eigen::Map<const FrameMatrix> as_control(const double* x, const TrajectoryProblem& problem) {
  return {x, problem.basis.n_control(), problem.n()};
}

}  // namespace

RoughnessEvidence roughness_evidence(const TrajectoryProblem& problem, const FrameMatrix& counts,
                                     const FrameMatrix& control, const FrameMatrix& variance) {
  const auto& basis = problem.basis;
  const int n = problem.n();
  const double rank = static_cast<double>(basis.n_control() - 3) / basis.n_intervals();
  RoughnessEvidence out;
  out.determined = FrameMatrix::Constant(basis.n_intervals(), n, rank);
  out.energy = FrameMatrix::Zero(basis.n_intervals(), n);
  Eigen::RowVectorXd spread(n);
  for (const auto& point : basis.roughness) {
    spread.setZero();
    for (int a = 0; a <= basis.degree; ++a) {
      for (int c = 0; c <= a; ++c) {
        const double product = (a == c ? 1.0 : 2.0) * point.third.value[a] * point.third.value[c];
        spread += product * variance.row(point.third.first + c).segment((a - c) * n, n);
      }
    }
    out.energy.row(point.interval) +=
        point.weight * jerk_at(point, basis.degree, control).cwiseAbs2();
    out.determined.row(point.interval) -=
        point.weight * spread.cwiseProduct(problem.lambda.row(point.interval));
  }
  out.all_determined = out.determined.cwiseMax(0.0).sum();
  out.determined = out.determined.cwiseMax(0.0).cwiseProduct(counts);
  out.energy = out.energy.cwiseProduct(counts);
  return out;
}

void update_pattern(const RoughnessEvidence& evidence, const TrajectoryBasis& basis, bool varying,
                    const RoughnessBounds& bounds, FrameMatrix& lambda) {
  const Eigen::RowVectorXd mean = (evidence.determined.colwise().sum().array() /
                                   evidence.energy.colwise().sum().array().max(1e-300))
                                      .max(bounds.lowest.transpose().array())
                                      .min(bounds.highest.transpose().array());
  FrameMatrix next = mean.replicate(lambda.rows(), 1);
  if (varying) {
    const FrameMatrix determined = windowed(evidence.determined, basis);
    const FrameMatrix energy = windowed(evidence.energy, basis);
    for (Eigen::Index i = 0; i < next.rows(); ++i) {
      const double common =
          (determined.row(i).sum() + kCommonCount) / (energy.row(i).dot(mean) + kCommonCount);
      next.row(i) = (determined.row(i).array() + kOwnCount) /
                    (energy.row(i).array() + kOwnCount / (common * mean.array()));
    }
  }
  lambda = lambda.array() * (next.array() / lambda.array()).pow(kOverstep);
  for (Eigen::Index j = 0; j < lambda.cols(); ++j) {
    lambda.col(j) = lambda.col(j).cwiseMax(bounds.lowest[j]).cwiseMin(bounds.highest[j]);
  }
}

void update_level(const TrajectoryProblem& problem, const FrameMatrix& counts,
                  const FrameMatrix& control, const Eigen::VectorXd& bias,
                  const Eigen::MatrixXd& responses, const RoughnessBounds& bounds,
                  FrameMatrix& lambda) {
  const int degree = problem.basis.degree;
  Eigen::RowVectorXd from_noise = Eigen::RowVectorXd::Zero(problem.n());
  Eigen::RowVectorXd taken = from_noise;
  for (const auto& point : problem.basis.roughness) {
    const Eigen::RowVectorXd weight =
        point.weight * lambda.row(point.interval).cwiseProduct(counts.row(point.interval));
    taken += weight.cwiseProduct(jerk_at(point, degree, control))
                 .cwiseProduct(jerk_at(point, degree, as_control(bias.data(), problem)));
    for (Eigen::Index p = 0; p < responses.cols(); ++p) {
      from_noise += weight.cwiseProduct(
                        jerk_at(point, degree, as_control(&responses(0, p), problem)).cwiseAbs2()) /
                    static_cast<double>(responses.cols());
    }
  }
  // Drawn towards what all coordinates say together: one of them alone has few strides to judge by.
  const double together =
      std::sqrt(from_noise.sum() / std::max(taken.sum(), from_noise.sum() / kLargestChange));
  for (Eigen::Index j = 0; j < lambda.cols(); ++j) {
    const double change = (from_noise[j] + kLevelCount * together) /
                          std::max(taken[j] + kLevelCount / together, 1e-3 * from_noise[j]);
    lambda.col(j) *= std::clamp(change, 1.0 / kLargestChange, kLargestChange);
    lambda.col(j) = lambda.col(j).cwiseMax(bounds.lowest[j]).cwiseMin(bounds.highest[j]);
  }
}

int bias_reach(std::span<const double> breaks) {
  constexpr double kWindow_s = 0.045;
  const double spacing_s =
      (breaks.back() - breaks.front()) / static_cast<double>(breaks.size() - 1);
  return std::max(1, static_cast<int>(std::lround(kWindow_s / spacing_s)));
}

FrameMatrix add_bias(const Eigen::Ref<const Eigen::VectorXd>& bias,
                     const Eigen::Ref<const Eigen::MatrixXd>& of_noise, int degree, int reach,
                     FrameMatrix& variance) {
  const Eigen::Index n_control = variance.rows();
  const Eigen::Index n = variance.cols() / (degree + 1);
  // Mean product of control value k with k + r over the window.
  const auto mean_product = [&](const double* x, Eigen::Index k, Eigen::Index r) {
    const Eigen::Map<const FrameMatrix> d(x, n_control, n);
    const Eigen::Index first = std::max<Eigen::Index>(0, k - reach);
    const Eigen::Index count = std::min(n_control - 1 - r, k + reach) - first + 1;
    return Eigen::RowVectorXd(
        d.middleRows(first, count).cwiseProduct(d.middleRows(first + r, count)).colwise().sum() /
        static_cast<double>(count));
  };
  FrameMatrix shares(n_control, n);
  for (Eigen::Index k = 0; k < n_control; ++k) {
    const Eigen::RowVectorXd found = mean_product(bias.data(), k, 0);
    Eigen::RowVectorXd noise = Eigen::RowVectorXd::Zero(n);
    for (Eigen::Index p = 0; p < of_noise.cols(); ++p) {
      noise += mean_product(of_noise.col(p).data(), k, 0) / static_cast<double>(of_noise.cols());
    }
    const Eigen::RowVectorXd share =
        (1.0 - noise.array() / found.array().max(1e-300)).max(0.0).matrix();
    shares.row(k) = share;
    for (Eigen::Index r = 0; r <= degree && k + r < n_control; ++r) {
      variance.row(k).segment(r * n, n) += share.cwiseProduct(mean_product(bias.data(), k, r));
    }
  }
  return shares;
}

void add_bias_sample(const FrameMatrix& bias, const FrameMatrix& share, int reach,
                     std::mt19937_64& random, FrameMatrix& out) {
  std::normal_distribution<double> normal;
  Eigen::VectorXd weight(2 * reach + 1);
  for (double& w : weight) w = normal(random);
  for (Eigen::Index k = 0; k < bias.rows(); ++k) {
    const Eigen::Index first = std::max<Eigen::Index>(0, k - reach);
    const Eigen::Index count = std::min(bias.rows() - 1, k + reach) - first + 1;
    const Eigen::RowVectorXd sum = weight.segment(first - k + reach, count).transpose() *
                                   bias.middleRows(first, count) /
                                   std::sqrt(static_cast<double>(count));
    out.row(k) += share.row(k).cwiseSqrt().cwiseProduct(sum);
  }
}

}  // namespace runmech
