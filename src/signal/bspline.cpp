// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/bspline.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

constexpr double kLowestCutoff_hz = 0.5;  // our choice: slower than any stride
constexpr int kSearchSteps = 18;          // golden section: the cut-off to about 0.1 %

/// lambda for which the smoother passes half of the power (gain 0.707) at this frequency, for
/// samples of weight 1 at `rate_hz`: gain = 1 / (1 + lambda (2 pi f)^6 / rate).
double lambda_of(double cutoff_hz, double rate_hz) {
  return (std::numbers::sqrt2 - 1.0) * rate_hz / std::pow(2.0 * std::numbers::pi * cutoff_hz, 6);
}

}  // namespace

std::vector<double> clamped_knots(std::span<const double> breaks, int degree) {
  if (breaks.size() < 2) throw InvalidArgument("a spline needs at least two breaks");
  if (degree < 0 || degree > kMaxSplineDegree) {
    throw InvalidArgument("spline degree is " + std::to_string(degree) + "; allowed: 0 to " +
                          std::to_string(kMaxSplineDegree));
  }
  std::vector<double> knots(degree, breaks.front());
  knots.insert(knots.end(), breaks.begin(), breaks.end());
  knots.insert(knots.end(), degree, breaks.back());
  for (std::size_t i = degree; i + degree + 1 < knots.size(); ++i) {
    if (!(knots[i] < knots[i + 1])) throw InvalidArgument("the breaks of a spline must increase");
  }
  return knots;
}

SplineBasis spline_basis(std::span<const double> knots, int degree, double t, int derivative) {
  const int n = static_cast<int>(knots.size()) - degree - 1;
  t = std::clamp(t, knots[degree], knots[n]);
  const auto above = std::upper_bound(knots.begin() + degree + 1, knots.begin() + n, t);
  const int span = static_cast<int>(above - knots.begin()) - 1;
  SplineBasis out;
  out.first = span - degree;
  auto& v = out.value;
  if (derivative > degree) return out;
  // Basis of degree - derivative, then raised: each raise differentiates.
  v[0] = 1.0;
  const int plain = degree - derivative;
  for (int p = 1; p <= plain; ++p) {
    double saved = 0.0;
    for (int r = 0; r < p; ++r) {
      const double right = knots[span + r + 1];
      const double left = knots[span + r + 1 - p];
      const double ratio = v[r] / (right - left);
      v[r] = saved + (right - t) * ratio;
      saved = (t - left) * ratio;
    }
    v[p] = saved;
  }
  for (int p = plain + 1; p <= degree; ++p) {
    double saved = 0.0;
    for (int r = 0; r < p; ++r) {
      const double ratio = p * v[r] / (knots[span + r + 1] - knots[span + r + 1 - p]);
      v[r] = saved - ratio;
      saved = ratio;
    }
    v[p] = saved;
  }
  return out;
}

SplineSmoother::SplineSmoother(std::vector<double> time_s, double spacing_s)
    : time_s_(std::move(time_s)) {
  if (time_s_.size() < 2) throw InvalidArgument("smoothing needs at least two times");
  std::vector<double> breaks{time_s_.front()};
  for (std::size_t i = 1; i < time_s_.size(); ++i) {
    if (!(time_s_[i] > time_s_[i - 1]))
      throw InvalidArgument("the times of a series must increase");
    if (time_s_[i] - breaks.back() >= spacing_s * (1.0 - 1e-9)) breaks.push_back(time_s_[i]);
  }
  // The last knot must be the last time: move the last inner one there when it is too near.
  if (breaks.back() < time_s_.back()) {
    if (breaks.size() > 1) {
      breaks.back() = time_s_.back();
    } else {
      breaks.push_back(time_s_.back());
    }
  }
  knots_ = clamped_knots(breaks, kDegree);
  for (const double t : time_s_) basis_.push_back(spline_basis(knots_, kDegree, t));
  penalty_.setZero(n_control(), kDegree + 1);
  // The third derivative is quadratic between knots: its square is exact under Gauss-Legendre of 3
  // points.
  const double node = std::sqrt(0.6);
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i) {
    const double half = 0.5 * (breaks[i + 1] - breaks[i]);
    const double middle = 0.5 * (breaks[i + 1] + breaks[i]);
    for (const auto& [x, w] : {std::pair{-node, 5.0 / 9.0}, {0.0, 8.0 / 9.0}, {node, 5.0 / 9.0}}) {
      const auto b = spline_basis(knots_, kDegree, middle + x * half, kPenalty);
      for (int r = 0; r <= kDegree; ++r) {
        for (int c = 0; c <= r; ++c) {
          penalty_(b.first + r, kDegree - (r - c)) += w * half * b.value[r] * b.value[c];
        }
      }
    }
  }
}

// The normal equations of one series.
struct SplineSmoother::Equations {
  Band gram;              // B'WB
  Eigen::VectorXd right;  // B'Wy
  double mean = 0.0;      // taken off y, for a residual sum without cancellation
  double total = 0.0;     // y'Wy about the mean
  double rate_hz = 0.0;   // samples of weight 1 per second, where there are samples
  int n_used = 0;
};

SplineSmoother::Equations SplineSmoother::equations(const Eigen::VectorXd& value,
                                                    const Eigen::VectorXd& weight) const {
  const auto n_times = static_cast<Eigen::Index>(time_s_.size());
  if (value.size() != n_times || (weight.size() != 0 && weight.size() != n_times)) {
    throw InvalidArgument("a series of " + std::to_string(value.size()) + " values and " +
                          std::to_string(weight.size()) + " weights for " +
                          std::to_string(n_times) + " times");
  }
  Equations out;
  std::vector<double> used;
  double weights = 0.0;
  for (Eigen::Index i = 0; i < n_times; ++i) {
    const double w = weight.size() != 0 ? weight[i] : 1.0;
    if (!std::isfinite(value[i]) || !(w > 0.0)) continue;
    used.push_back(w);
    out.mean += w * value[i];
    weights += w;
  }
  out.n_used = static_cast<int>(used.size());
  if (out.n_used < kPenalty + 2) return out;
  out.mean /= weights;
  out.gram.setZero(n_control(), kDegree + 1);
  out.right.setZero(n_control());
  for (Eigen::Index i = 0; i < n_times; ++i) {
    const double w = weight.size() != 0 ? weight[i] : 1.0;
    if (!std::isfinite(value[i]) || !(w > 0.0)) continue;
    const SplineBasis& b = basis_[i];
    const double y = value[i] - out.mean;
    out.total += w * y * y;
    for (int r = 0; r <= kDegree; ++r) {
      out.right[b.first + r] += w * b.value[r] * y;
      for (int c = 0; c <= r; ++c)
        out.gram(b.first + r, kDegree - (r - c)) += w * b.value[r] * b.value[c];
    }
  }
  // Of the usual sample, not of the time: a gap must not change what a cut-off means elsewhere.
  out.rate_hz = median(used) * static_cast<double>(n_times - 1) / length_s();
  return out;
}

double SplineSmoother::solve(const Equations& series, double cutoff_hz, Eigen::VectorXd& control,
                             double& penalised) const {
  const double lambda = lambda_of(cutoff_hz, series.rate_hz);
  Band factor = series.gram + lambda * penalty_;
  if (!factor_band(factor)) return std::numeric_limits<double>::infinity();
  control = series.right;
  solve_band(factor, control);
  penalised = std::max(series.total - series.right.dot(control), 1e-14 * series.total);
  return (series.n_used - kPenalty) * std::log(penalised) + log_determinant(factor) -
         (n_control() - kPenalty) * std::log(lambda);
}

double SplineSmoother::best_cutoff_hz(const std::vector<Equations>& series) const {
  Eigen::VectorXd control;
  double penalised = 0.0;
  const double rate = static_cast<double>(time_s_.size() - 1) / length_s();
  const auto criterion = [&](double log_cutoff) {
    double sum = 0.0;
    for (const auto& s : series) sum += solve(s, std::exp(log_cutoff), control, penalised);
    return sum;
  };
  const double golden = std::numbers::phi - 1.0;
  double low = std::log(std::min(kLowestCutoff_hz, 0.25 * rate));
  double high = std::log(0.5 * rate);
  double a = high - golden * (high - low);
  double b = low + golden * (high - low);
  double at_a = criterion(a);
  double at_b = criterion(b);
  for (int i = 0; i < kSearchSteps; ++i) {
    if (at_a < at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - golden * (high - low);
      at_a = criterion(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + golden * (high - low);
      at_b = criterion(b);
    }
  }
  return std::exp(0.5 * (low + high));
}

double SplineSmoother::common_cutoff_hz(const std::vector<Eigen::VectorXd>& values,
                                        const std::vector<Eigen::VectorXd>& weights) const {
  std::vector<Equations> series;
  for (std::size_t k = 0; k < values.size(); ++k) {
    auto one = equations(values[k], weights.empty() ? Eigen::VectorXd() : weights[k]);
    if (one.n_used >= kPenalty + 2) series.push_back(std::move(one));
  }
  if (series.empty()) return std::numeric_limits<double>::quiet_NaN();
  return best_cutoff_hz(series);
}

SplineSmoother::System SplineSmoother::system(const Eigen::VectorXd& weight,
                                              double cutoff_hz) const {
  const Equations series = equations(Eigen::VectorXd::Zero(weight.size()), weight);
  if (series.n_used < kPenalty + 2) return {};
  System out;
  out.lambda = lambda_of(cutoff_hz, series.rate_hz);
  out.factor = series.gram + out.lambda * penalty_;
  if (!factor_band(out.factor)) out.factor = Band();
  return out;
}

Eigen::VectorXd SplineSmoother::penalty_times(const Eigen::VectorXd& control) const {
  Eigen::VectorXd out = Eigen::VectorXd::Zero(control.size());
  for (Eigen::Index i = 0; i < control.size(); ++i) {
    for (Eigen::Index d = 0; d <= std::min<Eigen::Index>(i, kDegree); ++d) {
      const double p = penalty_(i, kDegree - d);
      out[i] += p * control[i - d];
      if (d > 0) out[i - d] += p * control[i];
    }
  }
  return out;
}

Eigen::VectorXd SplineSmoother::smoothing_bias(const System& system,
                                               const Eigen::VectorXd& control) const {
  Eigen::VectorXd out = system.lambda * penalty_times(control);
  solve_band(system.factor, out);
  return out;
}

double SplineSmoother::freedom(const System& system, const Band& inverse) const {
  // tr(A^-1 B'WB) with A = B'WB + lambda P; both bands hold their lower half.
  const double off = inverse.leftCols(kDegree).cwiseProduct(penalty_.leftCols(kDegree)).sum();
  const double on = inverse.col(kDegree).dot(penalty_.col(kDegree));
  return n_control() - system.lambda * (on + 2.0 * off);
}

SmoothedSeries SplineSmoother::smooth(const Eigen::VectorXd& value, const Eigen::VectorXd& weight,
                                      double cutoff_hz) const {
  SmoothedSeries out;
  std::vector<Equations> series{equations(value, weight)};
  out.n_used = series[0].n_used;
  if (out.n_used < kPenalty + 2) {
    out.control.setConstant(n_control(), std::numeric_limits<double>::quiet_NaN());
    out.noise_sd = out.cutoff_hz = std::numeric_limits<double>::quiet_NaN();
    return out;
  }
  out.cutoff_hz = cutoff_hz > 0.0 ? cutoff_hz : best_cutoff_hz(series);
  double penalised = 0.0;
  static_cast<void>(solve(series[0], out.cutoff_hz, out.control, penalised));
  const double lambda = lambda_of(out.cutoff_hz, series[0].rate_hz);
  out.squares = penalised - lambda * out.control.dot(penalty_times(out.control));
  out.control.array() += series[0].mean;  // the basis sums to 1
  out.noise_sd = std::sqrt(penalised / (out.n_used - kPenalty));
  return out;
}

}  // namespace runmech
