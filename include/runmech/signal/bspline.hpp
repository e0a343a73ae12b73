// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <array>
#include <span>
#include <vector>

#include "runmech/signal/banded.hpp"

namespace runmech {

inline constexpr int kMaxSplineDegree = 7;

/// Knots of a spline between breaks[0] and breaks.back(), end knots repeated degree + 1 times.
/// `breaks` must increase strictly and hold at least two. A spline on them has size - degree - 1
/// control values.
[[nodiscard]] std::vector<double> clamped_knots(std::span<const double> breaks, int degree);

/// The degree + 1 basis functions (or a derivative of them) that are not zero at t, and the index
/// of the first. Cox - de Boor; t outside the knots is taken to the nearest end.
struct SplineBasis {
  int first = 0;
  std::array<double, kMaxSplineDegree + 1> value{};
};
[[nodiscard]] SplineBasis spline_basis(std::span<const double> knots, int degree, double t,
                                       int derivative = 0);

/// A smoothed series.
struct SmoothedSeries {
  Eigen::VectorXd control;  ///< control values
  double noise_sd = 0.0;    ///< white noise of one sample of weight 1, estimated
  double squares = 0.0;     ///< weighted, of the residuals
  double cutoff_hz = 0.0;   ///< where the smoother passes half of the power
  int n_used = 0;           ///< samples that were not NaN
};

/// Penalised least squares on any time stamps: minimises sum w (y - f)^2 + lambda * integral
/// (f''')^2 over splines f of degree 5 (what the exact minimiser is made of). Many series on the
/// same times share one. lambda is found from the data by restricted maximum likelihood (Wahba
/// 1985; Reiss & Ogden 2009: steadier than generalised cross-validation where noise is correlated),
/// between 0.5 Hz and the Nyquist frequency.
class SplineSmoother {
 public:
  static constexpr int kDegree = 5;
  static constexpr int kPenalty = 3;

  /// `spacing_s`: shortest distance of knots; knots lie on time stamps. Throws InvalidArgument for
  /// fewer than two times or times that do not increase.
  SplineSmoother(std::vector<double> time_s, double spacing_s);

  [[nodiscard]] const std::vector<double>& knots() const { return knots_; }
  [[nodiscard]] int n_control() const { return static_cast<int>(knots_.size()) - kDegree - 1; }

  /// `value` with NaN where missing, at the constructor's times; `weight` per sample, empty = 1.
  /// `cutoff_hz` > 0 fixes the smoothing instead of estimating it. At least kPenalty + 2 samples;
  /// with fewer the control values are NaN.
  [[nodiscard]] SmoothedSeries smooth(const Eigen::VectorXd& value,
                                      const Eigen::VectorXd& weight = {},
                                      double cutoff_hz = 0.0) const;

  /// The cut-off at which several series together are likeliest, each with a noise of its own; NaN
  /// when none has enough samples. What one series lacks for a while hardly moves it.
  [[nodiscard]] double common_cutoff_hz(const std::vector<Eigen::VectorXd>& values,
                                        const std::vector<Eigen::VectorXd>& weights = {}) const;

  /// What decides a smoothed series but its values.
  struct System {
    Band factor;          ///< Cholesky factor L of B'WB + lambda P; empty: too few samples
    double lambda = 0.0;  ///< of the cut-off
  };
  /// For noise of SD 1 / sqrt(weight), times noise, noise^2 (L L')^-1 is the covariance of the
  /// control values, smoothing being a prior that the data have chosen (Wahba 1983). Samples of
  /// weight 0 count as missing.
  [[nodiscard]] System system(const Eigen::VectorXd& weight, double cutoff_hz) const;
  /// How far smoothing alone has drawn these control values, backwards.
  [[nodiscard]] Eigen::VectorXd smoothing_bias(const System& system,
                                               const Eigen::VectorXd& control) const;
  /// Degrees of freedom that the smoothed series keeps, from the inverse (inverse_band) of a
  /// system's factor.
  [[nodiscard]] double freedom(const System& system, const Band& inverse) const;

 private:
  struct Equations;
  [[nodiscard]] Equations equations(const Eigen::VectorXd& value,
                                    const Eigen::VectorXd& weight) const;
  /// Control values (about the series' mean) and RSS + lambda c'Pc at a cut-off; returns -2 log
  /// restricted likelihood up to a constant, with the noise variance profiled out.
  double solve(const Equations& series, double cutoff_hz, Eigen::VectorXd& control,
               double& penalised) const;
  [[nodiscard]] double best_cutoff_hz(const std::vector<Equations>& series) const;
  [[nodiscard]] Eigen::VectorXd penalty_times(const Eigen::VectorXd& control) const;
  [[nodiscard]] double length_s() const { return time_s_.back() - time_s_.front(); }

  std::vector<double> time_s_;
  std::vector<double> knots_;
  std::vector<SplineBasis> basis_;  // at the times
  Band penalty_;
};

}  // namespace runmech
