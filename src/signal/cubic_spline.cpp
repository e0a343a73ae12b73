// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/cubic_spline.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/signal/gaps.hpp"

namespace runmech {
namespace {

/// Second derivatives at the samples, 0 at both ends; Thomas' algorithm on the tridiagonal system.
Eigen::VectorXd curvatures(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const double> t) {
  const Eigen::Index n = x.size();
  Eigen::VectorXd m = Eigen::VectorXd::Zero(n);
  Eigen::VectorXd upper = Eigen::VectorXd::Zero(n);
  for (Eigen::Index i = 1; i + 1 < n; ++i) {
    const double before = t[i] - t[i - 1];
    const double after = t[i + 1] - t[i];
    const double pivot = 2.0 * (before + after) - before * upper[i - 1];
    upper[i] = after / pivot;
    m[i] = (6.0 * ((x[i + 1] - x[i]) / after - (x[i] - x[i - 1]) / before) - before * m[i - 1]) /
           pivot;
  }
  for (Eigen::Index i = n - 2; i > 0; --i) m[i] -= upper[i] * m[i + 1];
  return m;
}

}  // namespace

Eigen::VectorXd spline_resample(const Eigen::Ref<const Eigen::VectorXd>& x,
                                std::span<const double> time_s, std::span<const double> at_s) {
  if (x.size() != static_cast<Eigen::Index>(time_s.size())) {
    throw InvalidArgument("spline_resample: " + std::to_string(x.size()) + " samples but " +
                          std::to_string(time_s.size()) + " times");
  }
  if (std::adjacent_find(time_s.begin(), time_s.end(), std::greater_equal<>()) != time_s.end())
    throw InvalidArgument("spline_resample: times must increase");
  Eigen::VectorXd out = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(at_s.size()),
                                                  std::numeric_limits<double>::quiet_NaN());
  for (const Run& run : finite_runs(x)) {
    const auto t =
        time_s.subspan(static_cast<std::size_t>(run.first), static_cast<std::size_t>(run.count));
    const auto y = x.segment(run.first, run.count);
    const auto from = std::lower_bound(at_s.begin(), at_s.end(), t.front());
    const auto to = std::upper_bound(from, at_s.end(), t.back());
    if (run.count == 1) {
      for (auto at = from; at != to; ++at) out[at - at_s.begin()] = y[0];
      continue;
    }
    const Eigen::VectorXd m = curvatures(y, t);
    Eigen::Index i = 0;
    for (auto at = from; at != to; ++at) {
      while (i + 2 < run.count && *at > t[i + 1]) ++i;
      const double h = t[i + 1] - t[i];
      const double b = (*at - t[i]) / h;
      const double a = 1.0 - b;
      out[at - at_s.begin()] =
          a * y[i] + b * y[i + 1] +
          (a * (a * a - 1.0) * m[i] + b * (b * b - 1.0) * m[i + 1]) * h * h / 6.0;
    }
  }
  return out;
}

}  // namespace runmech
