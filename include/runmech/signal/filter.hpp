// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>

namespace runmech {

/// Zero-lag low-pass: a second-order Butterworth filter run forwards and backwards.
///
/// `cutoff_hz` is the effective cut-off of BOTH passes together: a sine at cutoff_hz keeps 70.7 %
/// of its amplitude. (Each pass is designed at cut-off / (sqrt(2) - 1)^(1/4) = cut-off / 0.802, on
/// the prewarped frequency axis: Winter, Biomechanics and Motor Control, 2009, 2.2.4.) `x` is
/// evenly sampled at rate_hz. Each stretch without a missing sample is filtered by itself, its ends
/// extended by point reflection, so that nothing leaks across a gap and missing stays missing; a
/// stretch of one sample is returned as it is.
///
/// Throws InvalidArgument unless rate_hz > 0 and 0 < cutoff_hz < rate_hz / 2.
[[nodiscard]] Eigen::VectorXd low_pass(const Eigen::Ref<const Eigen::VectorXd>& x, double rate_hz,
                                       double cutoff_hz);

/// The same for each column of a path (n x d, a Points for instance).
template <class Derived>
[[nodiscard]] typename Derived::PlainObject low_pass_path(const Eigen::MatrixBase<Derived>& path,
                                                          double rate_hz, double cutoff_hz) {
  typename Derived::PlainObject out(path.rows(), path.cols());
  for (Eigen::Index c = 0; c < path.cols(); ++c) {
    out.col(c) = low_pass(path.col(c), rate_hz, cutoff_hz);
  }
  return out;
}

}  // namespace runmech
