// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/osis_2014_refitted.hpp"

#include <array>
#include <numbers>

#include "../osis_model.hpp"
#include "rule.hpp"
#include "runmech/gait/leg_angles.hpp"
#include "runmech/signal/cubic_spline.hpp"
#include "runmech/signal/interpolate.hpp"

namespace runmech {

static_assert(Detector<Osis2014Refitted>);

namespace {

constexpr double kRate_hz = 200.0;
constexpr double kCutoff_hz = 20.0;
constexpr Eigen::Index kHalf = 35, kSamples = 2 * kHalf + 1, kAngles = 4;

/// Angles of one leg at 200 Hz, degrees, and their second differences per frame.
struct Differences {
  std::vector<double> time_s;
  Eigen::VectorXd foot;
  std::array<Eigen::VectorXd, kAngles> second;
};

Differences differences(const detail::Rule& rule, const GaitSignals& signals, Side side) {
  Differences out;
  const LegAngles angles = leg_angles(signals, side);
  if (angles.ankle.size() == 0 || angles.knee_flexion.size() == 0) return out;
  out.time_s = even_times(rule.time_s(), kRate_hz);
  const auto at_200 = [&](const Eigen::VectorXd& angle) {
    return Eigen::VectorXd(
        180.0 / std::numbers::pi *
        spline_resample(rule.smooth(angle, kCutoff_hz), rule.time_s(), out.time_s));
  };
  const auto second = [](const Eigen::VectorXd& x) {
    Eigen::VectorXd d = Eigen::VectorXd::Constant(x.size(), FootSwing::kNaN);
    if (x.size() < 3) return d;
    const Eigen::Index n = x.size() - 2;
    d.segment(1, n) = x.head(n) - 2.0 * x.segment(1, n) + x.tail(n);
    return d;
  };
  out.foot = at_200(angles.foot_pitch);
  out.second = {second(out.foot), second(at_200(angles.ankle)), second(at_200(angles.knee_flexion)),
                second(at_200(angles.thigh))};
  return out;
}

struct Anchor {
  double time_s = 0.0;
  Eigen::VectorXd row;
};

/// The anchor of one step and its row; nothing where the row is not whole.
std::optional<Anchor> anchor_of(const detail::Rule& rule, const Differences& d,
                                const std::vector<Extremum>& peaks, const FootSwing& step,
                                EventType type) {
  const bool strike = type == EventType::foot_strike;
  const TimeSpan window =
      strike ? rule.strike_window(step)
             : TimeSpan{0.5 * (step.forward_s + step.rearward_s), rule.swing_to_swing(step).end_s};
  const auto peak = detail::highest_of(peaks, window);
  if (!peak) return std::nullopt;
  const Eigen::Index first = strike ? peak->index - kHalf : peak->index - 2 * kHalf;
  if (first < 0 || first + kSamples > d.foot.size()) return std::nullopt;
  Anchor out;
  // The frame itself, as in the clinic's code: rows begin at frames, too.
  out.time_s = d.time_s[static_cast<std::size_t>(peak->index)];
  out.row.resize(kAngles * kSamples);
  for (Eigen::Index k = 0; k < kAngles; ++k) {
    out.row.segment(k * kSamples, kSamples) =
        d.second[static_cast<std::size_t>(k)].segment(first, kSamples);
  }
  return out.row.allFinite() ? std::optional(out) : std::nullopt;
}

std::vector<Extremum> peaks_of(const Differences& d, EventType type) {
  if (d.foot.size() == 0) return {};
  return local_maxima(type == EventType::foot_strike ? d.second[0] : Eigen::VectorXd(-d.foot),
                      d.time_s);
}

}  // namespace

OsisRows osis_rows(const GaitSignals& signals, Side side, EventType type) {
  OsisRows out;
  const detail::Rule rule(signals, "osis_2014_refitted");
  if (!rule.ready()) return out;
  const Differences d = differences(rule, signals, side);
  const auto peaks = peaks_of(d, type);
  std::vector<Eigen::VectorXd> rows;
  for (const FootSwing& step : rule.phases().steps) {
    if (step.side != side) continue;
    if (const auto anchor = anchor_of(rule, d, peaks, step, type)) {
      out.anchor_s.push_back(anchor->time_s);
      rows.push_back(anchor->row);
    }
  }
  out.rows.resize(static_cast<Eigen::Index>(rows.size()), kAngles * kSamples);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.rows.row(static_cast<Eigen::Index>(i)) = rows[i].transpose();
  }
  return out;
}

GaitEvents Osis2014Refitted::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "osis_2014_refitted");
  const auto time_of = [](const Anchor& anchor, EventType type) {
    const detail::OsisModel& m = detail::osis_model(type);
    return anchor.time_s + (m.intercept + m.slope * anchor.row.dot(m.component)) / kRate_hz;
  };
  for (const Side side : kSides) {
    if (!rule.ready()) break;
    const Differences d = differences(rule, signals, side);
    for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
      const auto peaks = peaks_of(d, type);
      const auto pick = [&](const FootSwing& step) -> std::optional<double> {
        const auto anchor = anchor_of(rule, d, peaks, step, type);
        return anchor ? std::optional(time_of(*anchor, type)) : std::nullopt;
      };
      type == EventType::foot_strike ? rule.strikes(side, pick) : rule.toe_offs(side, pick);
    }
  }
  return rule.events("hip, knee, ankle, heel and toe");
}

}  // namespace runmech
