// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/fit/fit_report.hpp"
#include "runmech/fit/motion.hpp"

// What a motion says of its own errors.
namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Variance of the stride-locked shape by harmonic of the stride: at 1.4 strides a second its
// velocity is 26 per second of its own size, as in fit/skin_errors.json.
constexpr double kHarmonics[]{0.28, 0.26, 0.20, 0.14, 0.08, 0.04};

/// The motion without its tables and what is known of its errors.
Motion plain(const Motion& motion) {
  Motion out = motion;
  out.frame_coordinates.resize(0, 0);
  out.quality.clear();
  out.posterior = nullptr;
  out.systematic = nullptr;
  out.report = nullptr;
  return out;
}

/// Square root of a covariance, S S' = covariance, that need not have full rank.
Eigen::MatrixXd root_of(const Eigen::MatrixXd& covariance) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(covariance);
  return eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).cwiseSqrt().asDiagonal();
}

/// Strides since the first foot strike, linear between them and beyond.
double phase_at(const std::vector<double>& strikes, double t_s) {
  const auto last = static_cast<std::ptrdiff_t>(strikes.size()) - 2;
  const auto after = std::upper_bound(strikes.begin(), strikes.end(), t_s) - strikes.begin() - 1;
  const auto i = std::clamp<std::ptrdiff_t>(after, 0, last);
  return static_cast<double>(i) + (t_s - strikes[i]) / (strikes[i + 1] - strikes[i]);
}

}  // namespace

double Motion::sd(int index, double t_s, int derivative) const {
  if (std::isnan(coordinate(index, t_s)) || posterior == nullptr) return kNaN;
  return posterior->sd(index, t_s, derivative);
}

double Motion::systematic_sd(int index, double t_s, int derivative) const {
  if (derivative < 0 || derivative > 1) {
    throw InvalidArgument("derivative is " + std::to_string(derivative) + "; allowed: 0 or 1");
  }
  if (std::isnan(coordinate(index, t_s)) || systematic == nullptr) return kNaN;
  return systematic->shape(index, t_s) * (derivative == 1 ? systematic->rate_rad_s : 1.0);
}

double Motion::offset_sd(int index) const {
  return systematic == nullptr ? kNaN : systematic->offset(index);
}

double Motion::total_sd(int index, double t_s, int derivative) const {
  return std::hypot(sd(index, t_s, derivative), systematic_sd(index, t_s, derivative),
                    derivative == 0 ? offset_sd(index) : 0.0);
}

bool Motion::weakly_observed(int index) const {
  if (report == nullptr) return false;
  const std::string& name = skeleton.coordinates[index].name;
  return std::any_of(
      report->coordinates.begin(), report->coordinates.end(),
      [&name](const auto& line) { return line.name == name && line.weakly_observed; });
}

std::vector<Motion> Motion::draw(int n, std::uint64_t seed) const {
  if (posterior == nullptr) {
    throw InvalidArgument("the motion has no posterior to draw from: it has too few frames");
  }
  if (n < 0) throw InvalidArgument("n is " + std::to_string(n) + "; allowed: 0 or more");
  std::vector<Motion> out(n, plain(*this));
  const auto samples = posterior->sample(n, seed);
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < skeleton.n_coordinates(); ++j) {
      if (posterior->column[j] >= 0) {
        out[i].control.col(j) += samples[i].col(posterior->column[j]);
      }
    }
  }
  return out;
}

std::vector<Motion> Motion::draw_systematic(int n, std::uint64_t seed,
                                            const std::vector<double>& foot_strikes_s) const {
  if (n < 0) throw InvalidArgument("n is " + std::to_string(n) + "; allowed: 0 or more");
  if (foot_strikes_s.size() < 2) {
    throw InvalidArgument("foot_strikes_s has " + std::to_string(foot_strikes_s.size()) +
                          " times; allowed: 2 or more of one foot");
  }
  std::vector<Motion> out(n, plain(*this));
  if (systematic == nullptr || systematic->time_s.empty()) return out;
  const Eigen::MatrixXd shape = root_of(systematic->shape_covariance);
  const Eigen::MatrixXd offset = root_of(systematic->offset_covariance);
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  const auto draw_from = [&](const Eigen::MatrixXd& root) -> Eigen::VectorXd {
    return root * Eigen::VectorXd::NullaryExpr(root.cols(), [&] { return normal(random); });
  };
  const Eigen::Index n_control = control.rows();
  for (Motion& motion : out) {
    const Eigen::VectorXd constant = draw_from(offset);
    std::vector<std::pair<Eigen::VectorXd, Eigen::VectorXd>> waves;
    for (const double share : kHarmonics) {
      Eigen::VectorXd cosine = std::sqrt(share) * draw_from(shape);
      Eigen::VectorXd sine = std::sqrt(share) * draw_from(shape);
      waves.emplace_back(std::move(cosine), std::move(sine));
    }
    for (Eigen::Index k = 0; k < n_control; ++k) {
      // The middle of what a control value moves (Greville's abscissa).
      double middle = 0.0;
      for (int d = 1; d <= degree; ++d) middle += knots[k + d] / degree;
      const double turn = 2.0 * std::numbers::pi * phase_at(foot_strikes_s, middle);
      Eigen::VectorXd at = constant;
      for (std::size_t h = 0; h < waves.size(); ++h) {
        const double angle = static_cast<double>(h + 1) * turn;
        at += std::cos(angle) * waves[h].first + std::sin(angle) * waves[h].second;
      }
      motion.control.row(k) += at.transpose();
    }
  }
  return out;
}

}  // namespace runmech
