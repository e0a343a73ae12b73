// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <numbers>
#include <utility>

#include "per_contact.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"
#include "runmech/signal/robust.hpp"

// Time and distance metrics (metrics.md A, E1; validity.md 1.2, 2, 5).
namespace runmech::metrics_detail {
namespace {

/// A value from event times; nothing where one of them is not known.
std::optional<ContactValue> timed(double value, double event_sd) {
  if (std::isnan(value)) return std::nullopt;
  return ContactValue{value, event_sd, 0.0};
}

Measurement cadence(const Trial& trial) {
  Measurement out;
  out.harmonic = true;
  out.either_foot = true;
  if (trial.unseen) {
    out.reason =
        "twice the stride rate of the " + std::string(to_string(opposite(*trial.unseen))) + " foot";
  }
  out.strides = per_contact(trial, [](const Contact& c) {
    const double rate = 120.0 / c.stride_s();
    return timed(rate, rate / c.stride_s() * std::hypot(c.strike.sd_s, c.next_strike.sd_s));
  });
  // Both ends of a stride are timed by one rule on one foot: the shared error cancels, the first
  // and last event of the run carry the rest.
  for (const Side side : kSides) {
    for (StrideValue& s : out.strides[side])
      s.event_sd /= static_cast<double>(out.strides[side].size());
  }
  return out;
}

/// What the times refer to. From behind or in front the feet do not show when they land: times read
/// off the pelvis (15 to 20 ms a foot strike, more a toe-off) are never of full quality.
void say_contact_rule(const Trial& trial, Measurement& out) {
  out.reason = trial.contact_rule;
  if (trial.sagittal || trial.from_force) return;
  out.status = MetricStatus::low_quality;
  out.reason = "from the fall and rise of the pelvis: this view does not show when a foot lands; " +
               trial.contact_rule;
}

Measurement contact_time(const Trial& trial) {
  Measurement out;
  out.strides = per_contact(trial, [](const Contact& c) {
    return timed(c.toe_off.time_s - c.strike.time_s, std::hypot(c.strike.sd_s, c.toe_off.sd_s));
  });
  say_contact_rule(trial, out);
  return out;
}

Measurement flight_time(const Trial& trial) {
  if (trial.unseen) return needs_both_feet(*trial.unseen);
  Measurement out;
  out.strides = per_contact(trial, [](const Contact& c) {
    return timed(c.next_other.time_s - c.toe_off.time_s,
                 std::hypot(c.next_other.sd_s, c.toe_off.sd_s));
  });
  say_contact_rule(trial, out);
  return out;
}

Measurement duty_factor(const Trial& trial) {
  Measurement out;
  out.strides = per_contact(trial, [](const Contact& c) {
    const double stride = c.stride_s();
    return timed((c.toe_off.time_s - c.strike.time_s) / stride,
                 std::hypot(c.strike.sd_s, c.toe_off.sd_s) / stride);
  });
  say_contact_rule(trial, out);
  return out;
}

/// Foot position along the heading while it stands: mean of 30-55 % of stance.
double planted_x(const Trial& trial, const Contact& c) {
  if (!c.toe_off.known()) return at(trial, trial.foot_x[c.side], c.strike.time_s).value;
  const double contact_s = c.toe_off.time_s - c.strike.time_s;
  return mean_over(trial, trial.foot_x[c.side], c.strike.time_s + 0.30 * contact_s,
                   c.strike.time_s + 0.55 * contact_s)
      .value;
}

const Contact* contact_at(const Trial& trial, Side side, double strike_s) {
  for (const Contact& c : trial.contacts[side]) {
    if (c.strike.time_s == strike_s) return &c;
  }
  return nullptr;
}

Measurement step_length(const Trial& trial) {
  if (trial.unseen) return needs_both_feet(*trial.unseen);
  Measurement out;
  const bool places = trial.context.surface == Surface::overground && trial.feet_rest;
  if (places) {
    if (!trial.foot_x.left.observed() || !trial.foot_x.right.observed()) {
      return not_observed("the view or the points do not show both feet along the heading");
    }
    out.strides = per_contact(trial, [&](const Contact& c) {
      const Contact* other = c.previous_other.known()
                                 ? contact_at(trial, opposite(c.side), c.previous_other.time_s)
                                 : nullptr;
      return timed(other == nullptr ? kNaN : planted_x(trial, c) - planted_x(trial, *other), 0.0);
    });
    out.reason = "distance along the heading between the standing feet";
  } else {
    const double v = trial.context.speed_m_s;
    if (std::isnan(v)) return not_observed("the running speed is not known: state it");
    out.strides = per_contact(trial, [&](const Contact& c) {
      const double step_s = c.strike.time_s - c.previous_other.time_s;
      // Both ends are timed by one detector: one event's error, not two (R - L is off by 6-12 ms,
      // validity 2.3).
      return timed(v * step_s, v * c.strike.sd_s);
    });
    out.events_cancel = true;
    out.reason = "speed (" + trial.context.speed_source + ") x step time";
  }
  const double share = places ? trial.scale_sd_share : trial.speed_sd_share;
  out.error = std::hypot(places ? 0.01 : 0.0, share * median(values_of(out.strides, true)));
  const bool scaled = places || trial.context.speed_source != "stated";
  if (trial.context.scale_assumed && scaled) {
    out.status = MetricStatus::not_comparable;
    out.reason = kScaleAssumed;
  }
  return out;
}

/// Rise and fall of the body in one step from its timing alone: a half-sine force in contact, free
/// flight (Morin 2005 model; metrics E1).
double timing_oscillation(double contact_s, double step_s) {
  const double flight_s = step_s - contact_s;
  return kGravity * (contact_s * step_s / (2.0 * std::numbers::pi) - contact_s * contact_s / 8.0 +
                     flight_s * flight_s / 8.0);
}

Measurement vertical_oscillation(const Trial& trial) {
  const double v = adult_speed(trial);
  const double correction =
      trial.from_force ? by_speed(v, 1.046, 1.024, 1.010) : by_speed(v, 1.041, 1.022, 1.013);
  Measurement out;
  // One level for the runner from the timing of all strides; the timing does not carry left and
  // right.
  const SidedStrides timing = per_contact(trial, [&](const Contact& c) {
    constexpr double kPerSecondOfContact = 0.3;  // 3 mm for 10 ms (validity 2.2.1)
    return timed(
        correction * timing_oscillation(c.toe_off.time_s - c.strike.time_s, 0.5 * c.stride_s()),
        kPerSecondOfContact * std::hypot(c.strike.sd_s, c.toe_off.sd_s));
  });
  for (const Side side : kSides) {
    out.both.insert(out.both.end(), timing[side].begin(), timing[side].end());
  }
  const std::vector<double> levels = values_of(timing, false);
  const double level = mean(levels);
  out.reason = "per step; level from contact and step times x " + printed("%.3f", correction) +
               ", left and right from " +
               (trial.height_has_legs ? "pelvis and legs" : "the pelvis");
  if (!trial.height.observed() || levels.empty() || trial.unseen) {
    out.reason = "per step; from contact and step times x " + printed("%.3f", correction) +
                 "; left and right are not seen";
    return out;
  }
  // Displacement of the body in the step that starts with this contact.
  const double surrogate =
      trial.height_has_legs ? 1.0 : by_speed(v, 0.908, 0.938, 0.996);  // validity 2.1, mid-pelvis
  SidedStrides moved = per_contact(trial, [&](const Contact& c) -> std::optional<ContactValue> {
    if (!c.next_other.known()) return std::nullopt;
    const double from = c.strike.time_s;
    const double to = c.next_other.time_s;
    // The step's highest point lies in the flight that follows, its lowest in this stance.
    const Window high = extreme(trial, trial.height, from, to, 1.0);
    const Window low = extreme(trial, trial.height, from, to, -1.0);
    const double value = surrogate * (high.value - low.value);
    if (std::isnan(value)) return std::nullopt;
    return ContactValue{value, 0.0, high.interpolated};
  });
  const std::vector<double> all = values_of(moved, false);
  if (all.empty()) return out;
  const double shown = mean(all);
  for (const Side side : kSides) {
    for (StrideValue& s : moved[side]) s.value += level - shown;
  }
  out.strides = std::move(moved);
  const double scale = trial.scale_sd_share * shown;
  if (std::abs(level - shown) > 0.012 + 2.0 * scale) {
    out.error = std::hypot(0.005, 0.5 * (level - shown));
    out.reason +=
        "; the points move by " + printed("%.1f", 1000.0 * shown) + " mm, which disagrees";
  }
  return out;
}

}  // namespace

const std::vector<Metric>& spatiotemporal_metrics() {
  static const std::vector<Metric> table{
      {{"cadence", "cadence", "steps/min", Plane::sagittal,
        "120 / stride time (two steps a stride); the mean is 60 / mean step time. Strides per "
        "minute are half of it.",
        "Heiderscheit 2011; metrics A", "foot strikes of one foot, twice", 3.3, 0.25, 0.25,
        "+-0.5 steps/min at 95 % (validity 5)"},
       &cadence},
      {{"contact_time", "ground contact time", "s", Plane::sagittal,
        "toe-off minus foot strike of the same foot; the reason column names the rule or force "
        "threshold that "
        "the two times refer to (100 N instead of 50 N is 10-16 ms shorter).",
        "validity 1.1, 1.2", "foot strike and toe-off", 0.0054, 0.0, 0.0,
        "event times only (validity 2.1)"},
       &contact_time},
      {{"flight_time", "flight time", "s", Plane::sagittal,
        "next foot strike of the other foot minus this foot's toe-off; negative = double support.",
        "metrics A", "toe-off and the other foot's strike", 0.0064, 0.0, 0.0,
        "event times only (validity 2.1)"},
       &flight_time},
      {{"duty_factor", "duty factor", "1", Plane::sagittal,
        "contact time / stride time of the same foot; below 0.5 = running.",
        "Fukuchi 2017; metrics A", "a complete stride", 0.008, 0.0, 0.0,
        "event times only (validity 2.1)"},
       &duty_factor},
      {{"step_length", "step length", "m", Plane::sagittal,
        "of the foot that lands: treadmill, speed x step time; overground, distance along the "
        "heading between "
        "the two standing feet (mean of 30-55 % of stance). Step width never enters.",
        "metrics A", "speed (treadmill) or both feet along the heading (overground)", 0.03, 0.01,
        0.01,
        "speed 0.5 % from the stance foot, 1 % stated; overground 1 cm (our choice); picture scale "
        "3 %, assumed 15 %"},
       &step_length},
      {{"vertical_oscillation", "vertical oscillation per step", "m", Plane::sagittal,
        "rise and fall of the centre of mass in one step. Level: g [tc T/2pi - tc^2/8 + "
        "(T-tc)^2/8] c(v) with step "
        "time T, contact tc, c = 1.041/1.022/1.013 at 2.5/3.5/4.5 m/s of legs of 0.92 m, others at "
        "the "
        "same Froude number (1.046/1.024/1.010 for force "
        "events). "
        "Left and right: the same level plus the side's own share of the movement of .603 "
        "mid-pelvis + legs "
        "(or of the mid-pelvis x .908/.938/.996). Per stride, both steps, it is about 6 mm more.",
        "validity 2.1, 2.2.1, 5", "contacts; for left and right the pelvis", 0.0042, 0.005, 0.005,
        "+-10 mm at 95 % outside the laboratory the correction comes from (validity 5)"},
       &vertical_oscillation},
  };
  return table;
}

}  // namespace runmech::metrics_detail
