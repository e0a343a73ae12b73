// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "per_contact.hpp"
#include "runmech/core/units.hpp"

// The pelvis seen from behind, from the front or in 3-D (metrics.md 0.5, C; validity.md 4.2).
namespace runmech::metrics_detail {
namespace {

/// Tilt of camera, floor or marker placement where no standing trial shows it, one SD: C widens its
/// grey zone by 2 deg.
constexpr double kUnknownTilt_deg = 2.0;

Measurement unseen(const Trial& trial) {
  return not_observed(trial.frontal ? "no pair of points on the pelvis was recorded"
                                    : "a side view does not show the pelvis' drop");
}

enum class Zero { standing, gravity, contact };

/// Drop of the side that swings, over the stance of each foot: with s = +1 right, -1 left, the
/// largest s x obliquity, from the chosen zero.
Measurement drop(const Trial& trial, Zero zero) {
  Measurement out;
  out.strides = per_contact(trial, [&](const Contact& c) -> std::optional<ContactValue> {
    if (!c.toe_off.known()) return std::nullopt;
    const double s = sign(c.side);
    const Window window = extreme(trial, trial.obliquity, c.strike.time_s, c.toe_off.time_s, s);
    double reference = zero == Zero::standing ? trial.standing_obliquity : 0.0;
    double event = 0.0;
    if (zero == Zero::contact) {
      reference = at(trial, trial.obliquity, c.strike.time_s).value;
      const double slope = slope_at(trial, trial.obliquity, c.strike.time_s);
      if (!std::isnan(slope)) event = std::abs(slope) / kDegree * c.strike.sd_s;
    }
    return ContactValue{s * (window.value - reference) / kDegree, event, window.interpolated};
  });
  doubt_tracking(out, trial.tracking_problem_frontal);
  return out;
}

double placement_error(const Trial& trial) {
  return trial.context.keypoints ? 1.45 : 1.1;
}

Measurement pelvic_drop(const Trial& trial) {
  if (!trial.obliquity.observed()) return unseen(trial);
  if (!std::isnan(trial.standing_obliquity)) {
    Measurement out = drop(trial, Zero::standing);
    if (out.reason.empty()) out.reason = "corrected by the standing trial";
    return out;
  }
  Measurement out = drop(trial, Zero::gravity);
  out.error = std::hypot(placement_error(trial), kUnknownTilt_deg);
  if (out.reason.empty()) out.reason = "raw: no standing trial shows the tilt of camera or markers";
  return out;
}

Measurement pelvic_drop_raw(const Trial& trial) {
  if (!trial.obliquity.observed()) return unseen(trial);
  return drop(trial, Zero::gravity);
}

Measurement pelvic_drop_excursion(const Trial& trial) {
  if (!trial.obliquity.observed()) return unseen(trial);
  return drop(trial, Zero::contact);
}

}  // namespace

const std::vector<Metric>& frontal_metrics() {
  static const std::vector<Metric> table{
      {{"pelvic_drop", "contralateral pelvic drop", "deg", Plane::frontal,
        "largest drop of the swing side of the pelvis in the stance of the named foot, minus the "
        "obliquity of "
        "quiet standing; without a standing trial the raw angle (the reason column says which). + "
        "= swing side lower.",
        "Bramah 2018; metrics C, 0.5",
        "two points on the pelvis from behind, from the front or in 3-D", 0.69, 1.1, 1.45,
        "MDC 3 deg with new markers, 4 deg markerless, / 2.772 (metrics J2); raw: and 2 deg of "
        "unknown tilt (metrics C)"},
       &pelvic_drop},
      {{"pelvic_drop_raw", "contralateral pelvic drop, raw", "deg", Plane::frontal,
        "the same against the horizontal of the recording: a camera roll of 1 deg moves left minus "
        "right by 2 deg.",
        "metrics 0.5", "as pelvic_drop", 0.69, 2.3, 2.5,
        "as pelvic_drop, with 2 deg of unknown tilt"},
       &pelvic_drop_raw},
      {{"pelvic_drop_excursion", "pelvic drop from contact", "deg", Plane::frontal,
        "the drop minus its value at foot strike: no offset of camera or markers enters, so that "
        "left and right "
        "compare.",
        "metrics C; validity 4.2", "as pelvic_drop", 0.58, 0.7, 1.0,
        "MDC 2 deg / 2.772 (metrics C, our choice there); keypoints: our choice"},
       &pelvic_drop_excursion},
  };
  return table;
}

}  // namespace runmech::metrics_detail
