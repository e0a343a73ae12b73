// SPDX-License-Identifier: BSD-3-Clause
#include "trial.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/gait/strides.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::metrics_detail {
namespace {

/// Longest hole that is bridged, in strides (about 70 ms; our choice, longer ones lose the stride).
constexpr double kLongestGap_strides = 0.1;

using Path = FilledPath<Points>;

void check_options(const MetricOptions& options) {
  const auto range = [](const char* name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw InvalidArgument(std::string(name) + " is " + printed(value) +
                            "; allowed: " + printed(low) + " to " + printed(high));
    }
  };
  range("speed_m_s", options.speed_m_s, 0.0, 15.0);
  range("leg_length_m", options.leg_length_m, 0.0, 1.6);
  range("filter_harmonics", options.filter_harmonics, 0.0, 1000.0);
  range("min_strides", options.min_strides, 1, 1e6);
  range("max_interpolated", options.max_interpolated, 0.0, 1.0);
}

void check_kind(const GaitEvents& events, const GaitSignals& signals) {
  const char* what = nullptr;
  if (events.kind == GaitKind::walking) what = "this is walking, not running";
  if (events.kind == GaitKind::grounded) what = "this is running without flight";
  if (events.kind == GaitKind::no_steps) what = "no running steps were found";
  if (events.kind == GaitKind::unclear) what = "it is not clear that this is running";
  if (events.kind == GaitKind::too_short) what = "the recording is too short";
  if (what != nullptr) {
    throw NotAnalysable(std::string(what) + (events.reason.empty() ? "" : ": " + events.reason));
  }
  if (signals.n_frames() < 3) {
    throw NotAnalysable("the recording is too short: " + std::to_string(signals.n_frames()) +
                        " frames, at least 3 are needed");
  }
}

/// Points of one name, with short gaps bridged and low-passed; 0 rows stay 0 rows.
class Smoother {
 public:
  Smoother(const GaitSignals& signals, double stride_s, double cutoff_hz, double rate_hz)
      : time_s_(signals.time_s),
        gap_s_(kLongestGap_strides * stride_s),
        cutoff_hz_(cutoff_hz),
        rate_hz_(rate_hz) {}

  [[nodiscard]] Path operator()(const Points& points, const char* name) const {
    if (points.rows() == 0) return {};
    if (points.rows() != static_cast<Eigen::Index>(time_s_.size())) {
      throw InvalidArgument("signals: " + std::string(name) + " has " +
                            std::to_string(points.rows()) + " rows for " +
                            std::to_string(time_s_.size()) + " times");
    }
    Path path = fill_gaps_of_path(points, time_s_, gap_s_);
    if (cutoff_hz_ > 0.0) path.values = low_pass_path(path.values, rate_hz_, cutoff_hz_);
    if (path.values.array().isNaN().all()) return {};
    return path;
  }

 private:
  const std::vector<double>& time_s_;
  double gap_s_;
  double cutoff_hz_;
  double rate_hz_;
};

/// An angle or distance from two points, where both are observed.
template <class F>
Series between(const Path& a, const Path& b, F&& formula) {
  if (a.values.rows() == 0 || b.values.rows() == 0) return {};
  Series out;
  out.values.resize(a.values.rows());
  out.filled.resize(a.filled.size());
  for (Eigen::Index i = 0; i < a.values.rows(); ++i) {
    const Eigen::Vector3d d = b.values.row(i) - a.values.row(i);
    out.values[i] = formula(d);
    const auto k = static_cast<std::size_t>(i);
    out.filled[k] = a.filled[k] | b.filled[k];
  }
  return out;
}

/// Adds whole turns so that neighbouring frames differ by less than half a turn.
void unwrap(Series& angle) {
  double last = kNaN;
  for (Eigen::Index i = 0; i < angle.values.size(); ++i) {
    double& value = angle.values[i];
    if (std::isnan(value)) continue;
    if (!std::isnan(last)) value = last + std::remainder(value - last, 2.0 * std::numbers::pi);
    last = value;
  }
}

/// Height of .603 mid-pelvis + thighs, shanks and feet (de Leva 1996 masses and centres;
/// validity 2.2.3), or of the pelvis point where legs are missing.
void find_height(Trial& trial, const Path& pelvis, const Sided<std::array<Path, 5>>& legs) {
  if (pelvis.values.rows() == 0) return;
  trial.height.values = pelvis.values.col(1);
  trial.height.filled = pelvis.filled;
  for (const Side side : kSides) {
    for (const Path& path : legs[side]) {
      if (path.values.rows() == 0) return;
    }
  }
  struct Part {
    int proximal, distal;
    double mass, centre;
  };
  constexpr Part kParts[]{{0, 1, 0.1416, 0.4095}, {1, 2, 0.0433, 0.4395}, {3, 4, 0.0137, 0.4415}};
  Eigen::VectorXd sum = 0.6028 * pelvis.values.col(1);
  for (const Side side : kSides) {
    for (const Part& part : kParts) {
      const auto& from = legs[side][static_cast<std::size_t>(part.proximal)].values.col(1);
      const auto& to = legs[side][static_cast<std::size_t>(part.distal)].values.col(1);
      sum += part.mass * (from + part.centre * (to - from));
    }
  }
  trial.height.values = sum;
  trial.height_has_legs = true;
  for (const Side side : kSides) {
    for (const Path& path : legs[side]) {
      for (std::size_t i = 0; i < path.filled.size(); ++i) trial.height.filled[i] |= path.filled[i];
    }
  }
}

double leg_length(const GaitSignals& signals, const Sided<std::array<Path, 5>>& legs,
                  const MetricOptions& options) {
  if (options.leg_length_m > 0.0) return options.leg_length_m;
  if (signals.standing.leg_length_m > 0.0) return signals.standing.leg_length_m;
  if (signals.view == View::rear || signals.view == View::front) return kNaN;
  std::vector<double> lengths;
  for (const Side side : kSides) {
    const auto& [hip, knee, ankle, heel, toe] = legs[side];
    if (hip.values.rows() == 0 || knee.values.rows() == 0 || ankle.values.rows() == 0) continue;
    for (Eigen::Index i = 0; i < hip.values.rows(); ++i) {
      lengths.push_back((hip.values.row(i) - knee.values.row(i)).norm() +
                        (knee.values.row(i) - ankle.values.row(i)).norm());
    }
  }
  // Hip height over thigh + shank: 0.530 / (0.245 + 0.246) of stature (Drillis and Contini 1966).
  return 0.530 / 0.491 * median(lengths);
}

/// What of the steps found is no running step.
void note_left_out(const GaitEvents& all, const GaitEvents& used, std::vector<Note>& notes) {
  const auto strikes = [](const GaitEvents& events, StepState state) {
    return std::count_if(events.events.begin(), events.events.end(), [&](const GaitEvent& e) {
      return e.type == EventType::foot_strike && e.state == state;
    });
  };
  std::string out;
  for (const StepState state : {StepState::walking, StepState::grounded, StepState::unknown}) {
    const auto n = strikes(all, state) - strikes(used, state);
    if (n == 0) continue;
    const char* what = state == StepState::walking    ? "walking"
                       : state == StepState::grounded ? "without flight"
                                                      : "of unknown kind";
    out += printed("%s%ld %s", out.empty() ? "" : ", ", static_cast<long>(n), what);
  }
  if (!out.empty()) {
    notes.push_back({"states", "metrics are of running steps; left out: " + out, true});
  }
}

std::string contact_rule(const GaitEvents& events) {
  if (events.threshold_n > 0.0) {
    return printed("contact at %.0f N", events.threshold_n);
  }
  return "contact as defined by " +
         (events.detector.empty() ? "the given events" : events.detector);
}

}  // namespace

Trial prepare(const GaitSignals& signals, const GaitEvents& all, const MetricOptions& options) {
  check_options(options);
  check_kind(all, signals);
  const GaitEvents events = steps_that_count(all);
  Trial trial;
  trial.time_s = signals.time_s;
  trial.options = options;
  trial.rate_hz = clock_of(signals.time_s).rate_hz;
  trial.contacts = contacts_of(events, signals, trial.rate_hz);
  if (trial.contacts.left.empty() && trial.contacts.right.empty()) {
    throw NotAnalysable("no running steps were found" +
                        (events.reason.empty() ? "" : ": " + events.reason));
  }
  const std::optional<Side> unseen = unseen_foot(signals);
  if (unseen && trial.contacts[*unseen].empty()) trial.unseen = unseen;
  trial.from_force = events.detector == "force";
  trial.contact_rule = contact_rule(events);
  trial.sagittal = signals.view == View::spatial || signals.view == View::side;
  trial.frontal = signals.view != View::side;
  trial.standing_obliquity = signals.standing.obliquity_rad;
  trial.notes = events.notes;
  note_left_out(all, events, trial.notes);

  const std::vector<Stride> found = strides(events, &signals);
  trial.context.strides_found = static_cast<int>(found.size());
  trial.context.strides_used = used_count(found);
  std::vector<double> durations;
  for (const Stride& stride : found) durations.push_back(stride.duration_s());
  trial.stride_s = median(durations);

  // One running stride lasts 0.7 s (metrics A) where this trial shows none of its own.
  const double stride_s = found.empty() ? 0.7 : trial.stride_s;
  const auto smoother = [&](bool fitted) {
    double harmonics = options.filter_harmonics;
    if (harmonics == 0.0 && !fitted) harmonics = signals.keypoints ? 7.0 : 11.0;
    const double cutoff_hz = std::min(harmonics / stride_s, 0.45 * trial.rate_hz);
    return Smoother(signals, stride_s, cutoff_hz, trial.rate_hz);
  };
  const Smoother smooth = smoother(signals.from_fit);
  const Smoother smooth_foot = smoother(signals.feet_from_fit);

  Sided<std::array<Path, 5>> legs;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    legs[side] = {smooth(leg.hip, "hip"), smooth(leg.knee, "knee"), smooth(leg.ankle, "ankle"),
                  smooth_foot(leg.heel, "heel"), smooth_foot(leg.toe, "toe")};
  }
  const Path pelvis = smooth(signals.pelvis, "pelvis");
  const auto downward = [](const Eigen::Vector3d& d) { return std::atan2(d.x(), -d.y()); };
  if (trial.sagittal) {
    for (const Side side : kSides) {
      const auto& [hip, knee, ankle, heel, toe] = legs[side];
      trial.thigh[side] = between(hip, knee, downward);
      trial.shank[side] = between(knee, ankle, downward);
      unwrap(trial.thigh[side]);
      unwrap(trial.shank[side]);
      if (trial.thigh[side].observed() && trial.shank[side].observed()) {
        Series& knee_angle = trial.knee[side];
        knee_angle = trial.thigh[side];
        knee_angle.values -= trial.shank[side].values;
        for (std::size_t i = 0; i < knee_angle.filled.size(); ++i) {
          knee_angle.filled[i] |= trial.shank[side].filled[i];
        }
      }
      trial.reach[side] = between(hip, ankle, [](const Eigen::Vector3d& d) { return d.x(); });
      const Path& rear = heel.values.rows() > 0 ? heel : ankle;
      if (rear.values.rows() > 0) trial.foot_x[side] = {rear.values.col(0), rear.filled};
    }
    Path base = pelvis;
    if (legs.left[0].values.rows() > 0 && legs.right[0].values.rows() > 0) {
      base = legs.left[0];
      base.values = 0.5 * (legs.left[0].values + legs.right[0].values);
      for (std::size_t i = 0; i < base.filled.size(); ++i)
        base.filled[i] |= legs.right[0].filled[i];
    }
    trial.trunk = between(base, smooth(signals.trunk_top, "trunk_top"),
                          [](const Eigen::Vector3d& d) { return std::atan2(d.x(), d.y()); });
  }
  if (trial.frontal) {
    trial.obliquity = between(smooth(signals.pelvis_side.left, "pelvis_side.left"),
                              smooth(signals.pelvis_side.right, "pelvis_side.right"),
                              [](const Eigen::Vector3d& d) { return std::atan2(d.y(), d.z()); });
  }
  find_height(trial, pelvis, legs);

  trial.context.surface = signals.surface;
  trial.context.view = signals.view;
  trial.context.keypoints = signals.keypoints;
  trial.context.scale_assumed = signals.scale_assumed;
  trial.context.detector = events.detector;
  trial.context.told_by = events.told_by;
  trial.context.leg_length_m = leg_length(signals, legs, options);
  // A picture's scale: from stature good to a few percent (our choice 3 %), assumed to 15 %
  // (keypoints 0).
  if (signals.keypoints) trial.scale_sd_share = signals.scale_assumed ? 0.15 : 0.03;
  find_speed(trial, signals, events);
  check_tracking(trial);
  return trial;
}

}  // namespace runmech::metrics_detail
