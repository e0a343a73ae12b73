// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../step_states.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/gait/phases.hpp"
#include "runmech/signal/extrema.hpp"

namespace runmech::detail {

/// A point in the sagittal plane, low-passed, with its derivatives; empty where not observed.
struct SagittalPath {
  Eigen::VectorXd x, y, vx, vy, ax, ay;
  [[nodiscard]] bool seen() const { return x.size() > 0; }
};

/// What every published rule stands on: an even clock, zero-lag low-pass filters, and where to
/// look. Papers that pick peaks leave open how false ones are kept out; here each step of
/// find_phases is searched once, in a window around the most forward or most rearward foot, so a
/// step gives one event of a type at most and sides alternate. The windows are ours.
class Rule {
 public:
  Rule(const GaitSignals& signals, std::string name);

  /// Times of the clock that filtered channels are on.
  [[nodiscard]] const std::vector<double>& time_s() const { return time_s_; }
  [[nodiscard]] const GaitPhases& phases() const { return phases_; }
  /// False where no step or no sagittal view is there; the channels are empty then.
  [[nodiscard]] bool ready() const { return ready_; }

  /// Holes up to a quarter of a stride bridged, then low-passed at cutoff_hz, zero lag, 4th order
  /// with both passes; unfiltered where the rate is too low for that.
  [[nodiscard]] Eigen::VectorXd smooth(const Eigen::VectorXd& x, double cutoff_hz) const;
  /// The low-pass alone, for a channel that is on the clock already.
  [[nodiscard]] Eigen::VectorXd smooth_on_clock(const Eigen::VectorXd& x, double cutoff_hz) const;
  [[nodiscard]] SagittalPath path(const Points& points, double cutoff_hz) const;
  [[nodiscard]] Eigen::VectorXd slope(const Eigen::VectorXd& x) const;
  [[nodiscard]] std::vector<Extremum> maxima(const Eigen::VectorXd& x) const;
  [[nodiscard]] std::vector<Extremum> minima(const Eigen::VectorXd& x) const;

  /// The first (last) passage of x through a level within a window.
  [[nodiscard]] std::optional<double> crossing(const Eigen::VectorXd& x, double level,
                                               Crossing direction, TimeSpan window) const;
  [[nodiscard]] std::optional<double> last_crossing(const Eigen::VectorXd& x, double level,
                                                    Crossing direction, TimeSpan window) const;

  /// Around the strike: 0.07 strides before to 0.18 after the most forward foot.
  [[nodiscard]] TimeSpan strike_window(const FootSwing& step) const;
  /// Around toe-off: from 40 % of the way between the most forward and the most rearward foot to
  /// 0.10 strides after the latter.
  [[nodiscard]] TimeSpan toe_off_window(const FootSwing& step) const;
  /// From the middle of the swing before the step to the middle of the one after it.
  [[nodiscard]] TimeSpan swing_to_swing(const FootSwing& step) const;

  /// Adds one event per step of that side where `pick` finds one.
  template <class Pick>
  void strikes(Side side, Pick&& pick) {
    for (const FootSwing& step : phases_.steps) {
      if (step.side == side && told(step, out_.kind)) add(side, EventType::foot_strike, pick(step));
    }
  }
  template <class Pick>
  void toe_offs(Side side, Pick&& pick) {
    for (const FootSwing& step : phases_.steps) {
      if (step.side == side && told(step, out_.kind)) add(side, EventType::toe_off, pick(step));
    }
  }

  /// The result; says what the rule needs where it found nothing.
  [[nodiscard]] GaitEvents events(const char* needs);

 private:
  void add(Side side, EventType type, std::optional<double> time_s);

  const GaitSignals& signals_;
  GaitPhases phases_;
  GaitEvents out_;
  std::vector<double> time_s_;
  std::vector<double> steps_s_;  ///< the same clock from 0
  double rate_hz_ = 0.0;
  bool even_ = true;
  bool ready_ = false;
};

/// The highest maximum (or, of minima, the lowest) within a window; its time.
[[nodiscard]] std::optional<double> highest(const std::vector<Extremum>& maxima, TimeSpan window);
[[nodiscard]] std::optional<double> lowest(const std::vector<Extremum>& minima, TimeSpan window);
/// The one within a window that is nearest to an instant.
[[nodiscard]] std::optional<double> nearest(const std::vector<Extremum>& extrema, double to_s,
                                            TimeSpan window);
[[nodiscard]] std::optional<Extremum> highest_of(const std::vector<Extremum>& maxima,
                                                 TimeSpan window);
/// Those extrema of another channel at which y is in the lowest `share` of its range.
[[nodiscard]] std::vector<Extremum> where_low(std::vector<Extremum> extrema,
                                              const Eigen::VectorXd& y, double share);
/// Speed of a point in the sagittal plane relative to the ground that a step stands on.
[[nodiscard]] Eigen::VectorXd speed_over_ground(const SagittalPath& path, const FootSwing& step);
[[nodiscard]] inline TimeSpan around(double t_s, double reach_s) {
  return {t_s - reach_s, t_s + reach_s};
}
/// The earlier of two where both are there, else the one that is.
[[nodiscard]] std::optional<double> earlier(std::optional<double> a, std::optional<double> b);
[[nodiscard]] std::optional<double> shifted(std::optional<double> t, double by_s);
/// Middle of two paths; the one that is seen where only one is.
[[nodiscard]] Points between(const Points& a, const Points& b);

}  // namespace runmech::detail
