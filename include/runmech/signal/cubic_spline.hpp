// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <span>

namespace runmech {

/// The series at other times (sorted), by the natural cubic spline through each stretch without
/// missing samples: two continuous derivatives, which `resample` (shape-keeping) does not have. NaN
/// outside the stretches; a stretch of one sample answers at its own time only. Throws
/// InvalidArgument when sizes differ or times do not increase.
[[nodiscard]] Eigen::VectorXd spline_resample(const Eigen::Ref<const Eigen::VectorXd>& x,
                                              std::span<const double> time_s,
                                              std::span<const double> at_s);

}  // namespace runmech
