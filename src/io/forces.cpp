// SPDX-License-Identifier: BSD-3-Clause
#include "forces.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace runmech {

void clear_unloaded(ForcePlate& plate) {
  Eigen::Index up = 0;
  plate.force_n.array().isNaN().select(0.0, plate.force_n).cwiseAbs().colwise().sum().maxCoeff(&up);
  const auto zero = [&](Eigen::Index i) { return plate.force_n.row(i).isZero(0.0); };
  double smallest = std::numeric_limits<double>::infinity();
  Eigen::Index zeros = 0;
  for (Eigen::Index i = 0; i < plate.n_samples(); ++i) {
    if (zero(i)) {
      ++zeros;
      if (plate.cop_m.rows() > i) plate.cop_m.row(i).setConstant(std::nan(""));
    } else if (std::isfinite(plate.force_n(i, up))) {
      smallest = std::min(smallest, std::abs(plate.force_n(i, up)));
    }
  }
  // A plate that is never exactly zero has no dead band; one far below a newton is a rounding.
  plate.dead_band_n = zeros > 0 && std::isfinite(smallest) && smallest > 1.0 ? smallest : 0.0;
}

}  // namespace runmech
