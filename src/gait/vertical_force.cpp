// SPDX-License-Identifier: BSD-3-Clause
#include "vertical_force.hpp"

#include <algorithm>

#include "runmech/signal/interpolate.hpp"

namespace runmech::detail {

Eigen::VectorXd vertical_force_at(const ForcePlate& plate, const std::vector<double>& time_s) {
  Eigen::VectorXd force = plate.force_n.col(1);
  if (plate.time_s != time_s) {
    // A plate with a clock of its own begins and ends within a sample of the others: its ends hold.
    const double begin = plate.time_s.front();
    const double end = plate.time_s.back();
    const double step = (end - begin) / std::max(1.0, static_cast<double>(force.size() - 1));
    std::vector<double> at = time_s;
    for (double& t : at) {
      if (t > begin - step && t < end + step) t = std::clamp(t, begin, end);
    }
    force = resample(force, plate.time_s, at);
  }
  return force.array().isFinite().select(force, 0.0);
}

}  // namespace runmech::detail
