// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/metrics/metrics.hpp"

// The trial as the metrics see it: filtered points, angles, contacts, speed.
namespace runmech::metrics_detail {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// An event's time with one SD, or NaN.
struct Instant {
  double time_s = kNaN;
  double sd_s = kNaN;
  std::string flag;
  [[nodiscard]] bool known() const { return time_s == time_s; }
};

/// One foot contact and what follows until the same foot lands again.
struct Contact {
  Side side = Side::left;
  int index = 0;  ///< 0-based, of that side
  Instant strike;
  Instant toe_off;  ///< of this contact
  Instant
      next_strike;  ///< same foot; unknown at the end of a run or where the order of events breaks
  Instant previous_other;  ///< last foot strike of the other foot before this one, where it belongs
                           ///< to the run
  Instant next_other;      ///< first foot strike of the other foot after this one
  std::string doubt;       ///< empty, or why a stride of this contact is not used

  [[nodiscard]] double stride_s() const { return next_strike.time_s - strike.time_s; }
};

/// A series over the frames and which of them were filled in.
struct Series {
  Eigen::VectorXd values;  ///< empty = not observed
  std::vector<std::uint8_t> filled;
  [[nodiscard]] bool observed() const { return values.size() > 0; }
};

/// The largest (sign = 1) or smallest (-1) value in a window, at the vertex of the parabola through
/// it.
struct Window {
  double value = kNaN;
  double time_s = kNaN;
  double interpolated = 1.0;  ///< share of filled-in frames
};

struct Trial {
  std::vector<double> time_s;
  double rate_hz = 0.0;
  Sided<std::vector<Contact>> contacts;
  std::optional<Side> unseen;  ///< the foot that was not recorded and has no events
  double stride_s = kNaN;      ///< median stride time

  bool sagittal = false;  ///< the view shows X and Y
  bool frontal = false;   ///< the view shows Z and Y

  // Radians and metres. A series is not observed where its points or the view are missing.
  Sided<Series> thigh;           ///< to the vertical, + knee in front of the hip
  Sided<Series> shank;           ///< to the vertical, + ankle in front of the knee
  Sided<Series> knee;            ///< thigh - shank, + flexed
  Sided<Series> reach;           ///< ankle ahead of the same side's hip, m
  Sided<Series> foot_x;          ///< heel (else ankle) along the heading, m
  Series trunk;                  ///< to the vertical, + forward
  Series obliquity;              ///< pelvis line, + right side up
  Series height;                 ///< of the centre of mass surrogate, m
  bool height_has_legs = false;  ///< pelvis and legs; else the pelvis point alone

  double standing_obliquity = kNaN;  ///< rad
  TrialContext context;
  double speed_sd_share = kNaN;  ///< speed sd / speed
  bool feet_rest = false;       ///< overground, standing feet keep their place in the recording: no
                                ///< camera follows
  double scale_sd_share = 0.0;  ///< of lengths read off a picture
  bool from_force = false;      ///< events come from a force plate
  std::string contact_rule;     ///< what contact times refer to, for people
  MetricOptions options;
  std::vector<Note> notes;
  std::string tracking_problem_sagittal;  ///< empty, or which sanity check failed
  std::string tracking_problem_frontal;
};

/// Throws what metrics() throws.
[[nodiscard]] Trial prepare(const GaitSignals& signals, const GaitEvents& events,
                            const MetricOptions& options);

/// No foot stays down longer than this in running: a lone contact without end is none (our choice;
/// 0.6 s is twice the contact of the slowest runner of RBDS).
inline constexpr double kLongestContact_s = 0.6;

/// Contacts of both sides from the events; those of unused strides carry the reason.
[[nodiscard]] Sided<std::vector<Contact>> contacts_of(const GaitEvents& events,
                                                      const GaitSignals& signals, double rate_hz);

/// Fills speed, its source and error in trial.context, and a surface not stated.
void find_speed(Trial& trial, const GaitSignals& signals, const GaitEvents& events);

/// Marks what cannot be a running person (metrics.md K3).
void check_tracking(Trial& trial);

[[nodiscard]] Window extreme(const Trial& trial, const Series& series, double from_s, double to_s,
                             double sign);
/// Mean over a window; value NaN where frames are missing.
[[nodiscard]] Window mean_over(const Trial& trial, const Series& series, double from_s,
                               double to_s);
/// Value at a time; interpolated = 1 where a neighbouring frame was filled in, else 0.
[[nodiscard]] Window at(const Trial& trial, const Series& series, double time_s);
/// Slope at a time, by the difference over one frame either way.
[[nodiscard]] double slope_at(const Trial& trial, const Series& series, double time_s);

/// The speed at which a runner with legs of 0.92 m (mean of RBDS) moves in the same way: equal
/// Froude number. The speed itself where the leg length is not known.
[[nodiscard]] double adult_speed(const Trial& trial);

/// Value of a table given at 2.5, 3.5 and 4.5 m/s: linear between, constant outside; the middle one
/// for NaN.
[[nodiscard]] double by_speed(double v_m_s, double at_2_5, double at_3_5, double at_4_5);

}  // namespace runmech::metrics_detail
