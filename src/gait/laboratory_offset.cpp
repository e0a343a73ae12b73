// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/laboratory_offset.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runmech/signal/robust.hpp"

namespace runmech {

LaboratoryOffset laboratory_offset(const GaitEvents& found, const GaitEvents& force) {
  constexpr double kMatch_s = 0.05;
  LaboratoryOffset out;
  std::vector<double> middles;
  double variance = 0.0;
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    std::vector<double> late;
    for (const Side side : kSides) {
      const std::vector<double> times = found.times(side, type);
      for (const double t : force.times(side, type)) {
        const auto nearest = std::min_element(times.begin(), times.end(), [t](double a, double b) {
          return std::abs(a - t) < std::abs(b - t);
        });
        if (nearest != times.end() && std::abs(*nearest - t) < kMatch_s)
          late.push_back(t - *nearest);
      }
    }
    if (late.empty()) continue;
    out.n += static_cast<int>(late.size());
    middles.push_back(mean(late));
    const double sd = standard_deviation(late);
    variance += (std::isnan(sd) ? 0.0 : sd * sd) / static_cast<double>(late.size());
  }
  if (middles.empty()) return out;
  out.offset_s = mean(middles);
  if (out.n > 2) out.sd_s = std::sqrt(variance) / static_cast<double>(middles.size());
  return out;
}

}  // namespace runmech
