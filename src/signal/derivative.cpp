// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/derivative.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/signal/gaps.hpp"

namespace runmech {
namespace {

void check(Eigen::Index n, std::span<const double> time_s) {
  if (n != static_cast<Eigen::Index>(time_s.size())) {
    throw InvalidArgument("derivative: " + std::to_string(n) + " samples but " +
                          std::to_string(time_s.size()) + " times");
  }
  for (std::size_t i = 1; i < time_s.size(); ++i) {
    if (!(time_s[i] > time_s[i - 1])) {
      throw InvalidArgument("derivative: times must increase, but time " + std::to_string(i) +
                            " does not");
    }
  }
}

/// Newton's form of the parabola through samples i-1, i, i+1.
struct Parabola {
  double t0, t1, first, second;
  double slope(double t) const { return first + second * (2.0 * t - t0 - t1); }
};

Parabola parabola(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const double> t,
                  Eigen::Index i) {
  const double left = (x[i] - x[i - 1]) / (t[i] - t[i - 1]);
  const double right = (x[i + 1] - x[i]) / (t[i + 1] - t[i]);
  return {t[i - 1], t[i], left, (right - left) / (t[i + 1] - t[i - 1])};
}

template <class Rule>
Eigen::VectorXd by_stretch(const Eigen::Ref<const Eigen::VectorXd>& x,
                           std::span<const double> time_s, Rule&& rule) {
  check(x.size(), time_s);
  Eigen::VectorXd out =
      Eigen::VectorXd::Constant(x.size(), std::numeric_limits<double>::quiet_NaN());
  for (const Run& run : finite_runs(x)) {
    for (Eigen::Index i = run.first; i < run.end(); ++i) out[i] = rule(run, i);
  }
  return out;
}

}  // namespace

Eigen::VectorXd derivative(const Eigen::Ref<const Eigen::VectorXd>& x,
                           std::span<const double> time_s) {
  return by_stretch(x, time_s, [&](const Run& run, Eigen::Index i) {
    if (run.count == 1) return std::numeric_limits<double>::quiet_NaN();
    if (run.count == 2) {
      return (x[run.first + 1] - x[run.first]) / (time_s[run.first + 1] - time_s[run.first]);
    }
    const Eigen::Index middle = std::min(std::max(i, run.first + 1), run.end() - 2);
    return parabola(x, time_s, middle).slope(time_s[i]);
  });
}

Eigen::VectorXd second_derivative(const Eigen::Ref<const Eigen::VectorXd>& x,
                                  std::span<const double> time_s) {
  return by_stretch(x, time_s, [&](const Run& run, Eigen::Index i) {
    if (run.count < 3) return std::numeric_limits<double>::quiet_NaN();
    const Eigen::Index middle = std::min(std::max(i, run.first + 1), run.end() - 2);
    return 2.0 * parabola(x, time_s, middle).second;
  });
}

}  // namespace runmech
