// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "per_contact.hpp"
#include "runmech/core/units.hpp"
#include "runmech/signal/robust.hpp"

// Angles and distances in the plane of progression (metrics.md 0.2, B; validity.md 4.2; angles.md
// 3, 5, 6).
namespace runmech::metrics_detail {
namespace {

constexpr double kPerDegree = 1.0 / kDegree;

Measurement unseen(const Trial& trial, const char* points) {
  return not_observed(trial.sagittal ? std::string(points) + " were not recorded"
                                     : "a " + std::string(to_string(trial.context.view)) +
                                           " view does not show the plane of progression");
}

/// Extreme of a series between two instants of each contact, in the metric's unit.
template <class Select, class From, class To>
Measurement peak(const Trial& trial, Select&& series, double sign, double factor, From&& from,
                 To&& to) {
  Measurement out;
  out.strides = per_contact(trial, [&](const Contact& c) -> std::optional<ContactValue> {
    const double start = from(c).time_s;
    const double end = to(c).time_s;
    if (std::isnan(start) || std::isnan(end)) return std::nullopt;
    const Window window = extreme(trial, series(c.side), start, end, sign);
    return ContactValue{factor * window.value, 0.0, window.interpolated};
  });
  doubt_tracking(out, trial.tracking_problem_sagittal);
  return out;
}

/// Value of a series at foot strike, with the event error its slope there makes.
template <class Select>
Measurement contact_value(const Trial& trial, Select&& series, double factor) {
  Measurement out;
  out.strides = per_contact(trial, [&](const Contact& c) -> std::optional<ContactValue> {
    const Window window = at(trial, series(c.side), c.strike.time_s);
    const double slope = slope_at(trial, series(c.side), c.strike.time_s);
    const double event = std::isnan(slope) ? 0.0 : std::abs(factor * slope) * c.strike.sd_s;
    return ContactValue{factor * window.value, event, window.interpolated};
  });
  doubt_tracking(out, trial.tracking_problem_sagittal);
  return out;
}

bool any(const Sided<Series>& series) {
  return series.left.observed() || series.right.observed();
}

constexpr auto kStrike = [](const Contact& c) -> const Instant& { return c.strike; };
constexpr auto kToeOff = [](const Contact& c) -> const Instant& { return c.toe_off; };
constexpr auto kNext = [](const Contact& c) -> const Instant& { return c.next_strike; };

Measurement trunk_lean(const Trial& trial) {
  if (!trial.trunk.observed()) return unseen(trial, "points of the trunk");
  Measurement out;
  out.either_foot = true;
  out.strides = per_contact(trial, [&](const Contact& c) -> std::optional<ContactValue> {
    if (!c.next_strike.known()) return std::nullopt;
    const Window window = mean_over(trial, trial.trunk, c.strike.time_s, c.next_strike.time_s);
    return ContactValue{kPerDegree * window.value, 0.0, window.interpolated};
  });
  doubt_tracking(out, trial.tracking_problem_sagittal);
  return out;
}

Measurement knee_lift(const Trial& trial) {
  if (!any(trial.thigh)) return unseen(trial, "hips and knees");
  return peak(
      trial, [&](Side s) -> const Series& { return trial.thigh[s]; }, 1.0, kPerDegree, kToeOff,
      kNext);
}

Measurement hip_extension_peak(const Trial& trial) {
  if (!any(trial.thigh)) return unseen(trial, "hips and knees");
  return peak(
      trial, [&](Side s) -> const Series& { return trial.thigh[s]; }, -1.0, -kPerDegree, kStrike,
      kNext);
}

Measurement knee_flexion_contact(const Trial& trial) {
  if (!any(trial.knee)) return unseen(trial, "hips, knees and ankles");
  return contact_value(
      trial, [&](Side s) -> const Series& { return trial.knee[s]; }, kPerDegree);
}

Measurement shank_angle_contact(const Trial& trial) {
  if (!any(trial.shank)) return unseen(trial, "knees and ankles");
  return contact_value(
      trial, [&](Side s) -> const Series& { return trial.shank[s]; }, kPerDegree);
}

Measurement overstride(const Trial& trial) {
  if (!any(trial.reach)) return unseen(trial, "hips and ankles");
  Measurement out = contact_value(
      trial, [&](Side s) -> const Series& { return trial.reach[s]; }, 1.0);
  std::vector<double> reach = values_of(out.strides, true);
  if (!reach.empty()) {
    for (double& r : reach) r = std::abs(r);
    const double definition = trial.context.keypoints ? 0.020 : 0.008;
    out.error = std::hypot(definition, trial.scale_sd_share * mean(reach));
  }
  if (trial.context.scale_assumed && out.status == MetricStatus::ok) {
    out.status = MetricStatus::not_comparable;
    out.reason = kScaleAssumed;
  }
  return out;
}

}  // namespace

const std::vector<Metric>& sagittal_metrics() {
  static const std::vector<Metric> table{
      {{"trunk_lean", "trunk lean", "deg", Plane::sagittal,
        "angle of the line from mid-hip (else mid-pelvis) to the top of the trunk against the "
        "vertical, mean "
        "over a stride; + forward. C7 as the top reads 2-4 deg less than the shoulders.",
        "Teng and Powers 2015; metrics B1", "trunk and hips from the side or in 3-D", 1.4, 1.0, 1.5,
        "between-day MDC of 2D trunk angles 2-3 deg (metrics B1); the larger value for keypoints "
        "is our choice"},
       &trunk_lean},
      {{"knee_lift", "knee lift (peak forward thigh angle)", "deg", Plane::sagittal,
        "largest angle of hip-to-knee against the vertical in swing; + knee in front of the hip.",
        "metrics B4", "hips and knees from the side or in 3-D", 1.1, 1.5, 2.9,
        "markers: hip centre and soft tissue, 1.3 deg of shape and 0.8 of offset (angles 3, 6); "
        "keypoints: "
        "hip flexion MDC 8 deg / 2.772 (metrics J2)"},
       &knee_lift},
      {{"hip_extension_peak", "peak backward thigh angle (hip extension against the vertical)",
        "deg", Plane::sagittal,
        "largest backward angle of hip-to-knee against the vertical in a stride; + knee behind the "
        "hip. Against "
        "the vertical, not the pelvis, whose tilt most recordings do not show.",
        "metrics B3, B4", "hips and knees from the side or in 3-D", 0.85, 1.5, 2.9, "as knee_lift"},
       &hip_extension_peak},
      {{"knee_flexion_contact", "knee flexion at contact", "deg", Plane::sagittal,
        "thigh angle minus shank angle, both against the vertical, at foot strike; 0 = straight, + "
        "flexed.",
        "metrics 0.2, B6", "hips, knees and ankles from the side or in 3-D", 1.8, 2.3, 5.0,
        "markers: 2.3 deg with the offset of the knee (angles 5); keypoints: manual 2D between-day "
        "9-14 deg "
        "(metrics J2) / 2.772. The knee flexes at 200-240 deg/s here: 5 ms of foot strike is 1.1 "
        "deg"},
       &knee_flexion_contact},
      {{"overstride", "overstride (ankle ahead of hip at contact)", "m", Plane::sagittal,
        "ankle minus hip of the same side along the heading at foot strike; + ahead. It says "
        "little about "
        "braking between runners (r .03 to .3), more about changes of one runner (r .4).",
        "Lieberman 2015; metrics B8; validity 2.2.6",
        "hips and ankles from the side or in 3-D, and the scale", 0.0108, 0.008, 0.020,
        "hip centre 6 mm and ankle 5 mm (angles 5, 6); keypoints: perspective (our choice), scale "
        "3 %, assumed 15 %"},
       &overstride},
      {{"shank_angle_contact", "shank angle at contact", "deg", Plane::sagittal,
        "angle of knee-to-ankle against the vertical at foot strike; + ankle in front of the knee.",
        "metrics B7", "knees and ankles from the side or in 3-D", 1.4, 1.4, 1.7,
        "MDC 4 deg with new markers, 2D 2.2-4.8 deg, / 2.772 (metrics J2)"},
       &shank_angle_contact},
  };
  return table;
}

}  // namespace runmech::metrics_detail
