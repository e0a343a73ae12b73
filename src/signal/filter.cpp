// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/filter.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/gaps.hpp"

namespace runmech {
namespace {

/// Second-order section, direct form II transposed, a0 = 1.
struct Biquad {
  double b0, b1, b2, a1, a2;

  /// Filters in place, starting as if the first sample had lasted for ever.
  void run(Eigen::Ref<Eigen::VectorXd> x) const {
    const double gain = (b0 + b1 + b2) / (1.0 + a1 + a2);
    double z1 = (gain - b0) * x[0];
    double z2 = (b2 - a2 * gain) * x[0];
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const double in = x[i];
      const double out = b0 * in + z1;
      z1 = b1 * in - a1 * out + z2;
      z2 = b2 * in - a2 * out;
      x[i] = out;
    }
  }
};

Biquad butterworth_low(double rate_hz, double effective_hz) {
  // |H|^2 of one pass must be 1/sqrt(2) at the effective cut-off.
  const double per_pass = std::pow(std::numbers::sqrt2 - 1.0, 0.25);
  const double w = std::tan(std::numbers::pi * effective_hz / rate_hz) / per_pass;
  const double norm = 1.0 / (1.0 + std::numbers::sqrt2 * w + w * w);
  const double b0 = w * w * norm;
  return {b0, 2.0 * b0, b0, 2.0 * (w * w - 1.0) * norm,
          (1.0 - std::numbers::sqrt2 * w + w * w) * norm};
}

/// The stretch continued beyond its ends by point reflection, as often as needed (a ramp stays a
/// ramp).
double reflected(const Eigen::Ref<const Eigen::VectorXd>& x, Eigen::Index place) {
  const Eigen::Index last = x.size() - 1;
  Eigen::Index turn = place / last;
  if (place % last < 0) --turn;
  const Eigen::Index rest = place - turn * last;
  const double drift = static_cast<double>(turn) * (x[last] - x[0]);
  return turn % 2 == 0 ? x[rest] + drift : x[0] + x[last] - x[last - rest] + drift;
}

}  // namespace

Eigen::VectorXd low_pass(const Eigen::Ref<const Eigen::VectorXd>& x, double rate_hz,
                         double cutoff_hz) {
  if (!(rate_hz > 0.0) || !std::isfinite(rate_hz)) {
    throw InvalidArgument("low_pass: rate_hz is " + printed(rate_hz) + "; allowed: > 0");
  }
  if (!(cutoff_hz > 0.0 && cutoff_hz < 0.5 * rate_hz)) {
    throw InvalidArgument("low_pass: cutoff_hz is " + printed(cutoff_hz) +
                          "; allowed: between 0 and half the rate, " + printed(0.5 * rate_hz) +
                          " Hz");
  }
  const Biquad section = butterworth_low(rate_hz, cutoff_hz);
  // Three periods of the cut-off: the filter has forgotten its start by then.
  const auto reach = static_cast<Eigen::Index>(std::ceil(3.0 * rate_hz / cutoff_hz));
  Eigen::VectorXd out = x;
  for (const Run& run : finite_runs(x)) {
    if (run.count < 2) continue;
    const auto inside = x.segment(run.first, run.count);
    Eigen::VectorXd padded(run.count + 2 * reach);
    padded.segment(reach, run.count) = inside;
    for (Eigen::Index i = 1; i <= reach; ++i) {
      padded[reach - i] = reflected(inside, -i);
      padded[reach + run.count - 1 + i] = reflected(inside, run.count - 1 + i);
    }
    section.run(padded);
    padded.reverseInPlace();
    section.run(padded);
    padded.reverseInPlace();
    out.segment(run.first, run.count) = padded.segment(reach, run.count);
  }
  return out;
}

}  // namespace runmech
