// SPDX-License-Identifier: BSD-3-Clause

#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"
#include "runmech/signal/robust.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {
// Limits of metrics K3, the upper ones widened: K3's 90 deg of hip motion and 135 deg of knee
// flexion hold to 5 m/s, its 3-20 deg of obliquity would refuse healthy runners at 4.5 m/s (14.7
// +- 3.1 deg, validity 4.2).
void check_tracking(Trial& trial) {
  const auto range = [](const Series& s) {
    std::vector<double> seen;
    for (const double v : s.values) seen.push_back(v / kDegree);
    // The outermost percent may be single wild frames.
    return quantile(seen, 0.99) - quantile(seen, 0.01);
  };
  std::string& sagittal = trial.tracking_problem_sagittal;
  for (const Side side : kSides) {
    const std::string name(to_string(side));
    const Series& thigh = trial.thigh[side];
    const Series& knee = trial.knee[side];
    if (!thigh.observed() || !knee.observed() || trial.contacts[side].size() < 2) continue;
    const double thigh_range = range(thigh);
    if (thigh_range < 40.0 || thigh_range > 110.0) {
      sagittal =
          printed("%.0f deg of thigh motion is not running", thigh_range) + " (" + name + ")";
    }
    std::vector<double> swing_peaks;
    std::vector<double> at_contact;
    for (const Contact& c : trial.contacts[side]) {
      at_contact.push_back(at(trial, knee, c.strike.time_s).value / kDegree);
      if (!c.toe_off.known() || !c.next_strike.known()) continue;
      swing_peaks.push_back(
          extreme(trial, knee, c.toe_off.time_s, c.next_strike.time_s, 1.0).value / kDegree);
    }
    const double swing = median(swing_peaks);
    const double contact = median(at_contact);
    if (swing < 70.0 || swing > 140.0) {
      sagittal = printed("the knee bends to %.0f deg in swing", swing) + " (" + name + ")";
    }
    if (contact < -5.0) {
      sagittal =
          printed("the knee is overstretched by %.0f deg at contact", -contact) + " (" + name + ")";
    }
  }
  if (trial.obliquity.observed()) {
    const double obliquity_range = range(trial.obliquity);
    if (obliquity_range < 2.0 || obliquity_range > 30.0) {
      trial.tracking_problem_frontal =
          printed("%.1f deg of pelvic obliquity is not running", obliquity_range);
    }
  }
}

}  // namespace runmech::metrics_detail
