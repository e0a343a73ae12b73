// SPDX-License-Identifier: BSD-3-Clause
#include "frame_posterior.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <random>

#include "roughness.hpp"
#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

constexpr double kPoseEvery_s = 0.02;  // the correlation turns with the limbs
constexpr int kResponses = 4;
// Our choice, of 2 to 6 on the synthetic runners that the benchmarks score.
constexpr int kTimesOver = 5;
constexpr int kDegree = SplineSmoother::kDegree;

/// What sampling needs once the fit is over.
struct Sampler {
  Smoothing smoothing;
  FrameMatrix weight;            // n_frames x the smoothed coordinates
  std::vector<double> noise_sd;  // of a sample of weight 1, likewise
  FrameMatrix bias;              // n_control x the smoothed coordinates, see add_bias()
  FrameMatrix bias_share;
  int reach = 0;
  PoseErrors poses;

  /// Lower factors of the correlation between coordinates, over the trial.
  [[nodiscard]] std::vector<std::pair<double, Eigen::MatrixXd>> correlations() const {
    const auto& lines = smoothing.lines;
    std::vector<Eigen::Index> at;
    for (const auto& line : lines) {
      const auto& free = poses.coordinates();
      at.push_back(std::find(free.begin(), free.end(), line.coordinate) - free.begin());
    }
    std::vector<std::pair<double, Eigen::MatrixXd>> out;
    poses.visit(kPoseEvery_s, [&](const PoseAnswer& pose) {
      const Eigen::MatrixXd c = pose.covariance(at, at);
      const Eigen::VectorXd scale = c.diagonal().cwiseSqrt().cwiseInverse();
      const Eigen::MatrixXd r = scale.asDiagonal() * c * scale.asDiagonal();
      out.emplace_back(pose.time_s, r.llt().matrixL());
    });
    return out;
  }

  [[nodiscard]] std::vector<FrameMatrix> sample(int n, std::uint64_t seed) const {
    const SplineSmoother& smoother = *smoothing.smoother;
    const Eigen::Index size = smoother.n_control();
    const auto count = static_cast<Eigen::Index>(smoothing.lines.size());
    const auto factors = correlations();
    if (factors.empty()) throw InvalidArgument("no frame's pose is known: nothing to draw from");
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<FrameMatrix> out(n, FrameMatrix(size, count));
    Eigen::VectorXd independent(count);
    for (FrameMatrix& x : out) {
      std::size_t near = 0;
      for (Eigen::Index k = 0; k < size; ++k) {
        for (double& v : independent) v = normal(random);
        // The middle of what this control value moves.
        const double t = smoother.knots()[k + (kDegree + 1) / 2];
        while (near + 1 < factors.size() && factors[near + 1].first <= t) ++near;
        x.row(k) = (factors[near].second * independent).transpose();
      }
    }
    Eigen::VectorXd column(size);
    for (Eigen::Index c = 0; c < count; ++c) {
      const Smoothing::Line& line = smoothing.lines[c];
      const Band factor = smoother.system(weight.col(c), line.cutoff_hz).factor;
      for (FrameMatrix& x : out) {
        column = noise_sd[c] * x.col(c);
        colour_band(factor, column);
        x.col(c) = column;
      }
    }
    for (std::size_t i = 0; i < out.size(); ++i) {  // the first samples do not depend on how many
      std::seed_seq own{seed, static_cast<std::uint64_t>(i)};
      std::mt19937_64 shifts(own);
      add_bias_sample(bias, bias_share, reach, shifts, out[i]);
    }
    return out;
  }
};

/// What smoothing has taken from a movement. The result shows it only in part, being smoothed
/// itself: each time over adds to it (Tukey's twicing).
Eigen::VectorXd bias_of(const SplineSmoother& smoother, const SplineSmoother::System& system,
                        const Eigen::VectorXd& control) {
  Eigen::VectorXd again = control;
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(control.size());
  for (int i = 0; i < kTimesOver; ++i) {
    again = smoother.smoothing_bias(system, again);
    sum += again;
  }
  return sum;
}

/// White noise of these weights, smoothed.
Eigen::VectorXd smoothed_noise(const SplineSmoother& smoother, double cutoff_hz, double noise_sd,
                               const Eigen::VectorXd& weight, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  Eigen::VectorXd noise(weight.size());
  for (Eigen::Index i = 0; i < noise.size(); ++i) {
    noise[i] = weight[i] > 0.0 ? noise_sd / std::sqrt(weight[i]) * normal(random) : 0.0;
  }
  return smoother.smooth(noise, weight, cutoff_hz).control;
}

}  // namespace

std::shared_ptr<MotionPosterior> frame_posterior(const Smoothing& smoothing,
                                                 const FrameMatrix& weight,
                                                 const FrameMatrix& control,
                                                 const PoseErrors& poses) {
  if (smoothing.smoother == nullptr) return nullptr;
  const SplineSmoother& smoother = *smoothing.smoother;
  Smoothing kept{smoothing.smoother, {}};
  std::vector<SplineSmoother::System> systems;
  for (const Smoothing::Line& line : smoothing.lines) {
    auto system = smoother.system(weight.col(line.coordinate), line.cutoff_hz);
    if (system.factor.size() == 0) continue;  // too unequal weights to be told apart
    systems.push_back(std::move(system));
    kept.lines.push_back(line);
  }
  if (kept.lines.empty()) return nullptr;
  const auto n = static_cast<Eigen::Index>(kept.lines.size());
  auto out = std::make_shared<MotionPosterior>();
  out->knots = smoother.knots();
  out->degree = kDegree;
  out->column.assign(weight.cols(), -1);
  out->variance.setZero(smoother.n_control(), (kDegree + 1) * n);
  FrameMatrix of_lines(weight.rows(), n);
  FrameMatrix bias(control.rows(), n);
  std::vector<FrameMatrix> of_noise(kResponses, bias);
  std::vector<double> noise_sd;
  std::mt19937_64 random(1);
  for (Eigen::Index c = 0; c < n; ++c) {
    const Smoothing::Line& line = kept.lines[c];
    const SplineSmoother::System& system = systems[c];
    out->column[line.coordinate] = static_cast<int>(c);
    of_lines.col(c) = weight.col(line.coordinate);
    const Band inverse = inverse_band(system.factor);
    const double left = line.n_used - smoother.freedom(system, inverse);
    noise_sd.push_back(std::sqrt(line.squares / std::max(left, 1.0)));
    bias.col(c) = bias_of(smoother, system, control.col(line.coordinate));
    for (FrameMatrix& response : of_noise) {
      response.col(c) = bias_of(
          smoother, system,
          smoothed_noise(smoother, line.cutoff_hz, noise_sd.back(), of_lines.col(c), random));
    }
    for (Eigen::Index k = 0; k < inverse.rows(); ++k) {
      for (Eigen::Index back = 0; back <= std::min<Eigen::Index>(k, kDegree); ++back) {
        out->variance(k - back, back * n + c) =
            noise_sd.back() * noise_sd.back() * inverse(k, kDegree - back);
      }
    }
  }
  Eigen::MatrixXd responses(bias.size(), kResponses);
  for (int p = 0; p < kResponses; ++p) {
    responses.col(p) = Eigen::Map<const Eigen::VectorXd>(of_noise[p].data(), bias.size());
  }
  const int reach = bias_reach(std::span(out->knots).subspan(kDegree, bias.rows() - kDegree + 1));
  FrameMatrix share = add_bias(Eigen::Map<const Eigen::VectorXd>(bias.data(), bias.size()),
                               responses, kDegree, reach, out->variance);
  const auto sampler = std::make_shared<const Sampler>(Sampler{std::move(kept), std::move(of_lines),
                                                               std::move(noise_sd), std::move(bias),
                                                               std::move(share), reach, poses});
  out->sample = [sampler](int count, std::uint64_t seed) { return sampler->sample(count, seed); };
  return out;
}

}  // namespace runmech
