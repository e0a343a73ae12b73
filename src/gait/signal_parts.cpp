// SPDX-License-Identifier: BSD-3-Clause
#include "signal_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "progression.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/gait/phases.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::span<const double> as_span(const Eigen::VectorXd& x) {
  return {x.data(), static_cast<std::size_t>(x.size())};
}

/// Median of an expression over frames; NaN for an empty one.
double middle(const Eigen::VectorXd& x) {
  return median(as_span(x));
}

double middle_height(const Points& points) {
  return points.rows() ? middle(points.col(1)) : kNaN;
}

double white_noise(const LegSignals& leg) {
  const std::pair<const Points*, const Points*> pairs[] = {{&leg.heel, &leg.toe},
                                                           {&leg.ankle, &leg.toe},
                                                           {&leg.ankle, &leg.heel},
                                                           {&leg.knee, &leg.ankle}};
  for (const auto& [a, b] : pairs) {
    if (a->rows() < 5 || b->rows() < 5) continue;
    const Eigen::VectorXd distance = (*a - *b).rowwise().norm();
    const Eigen::Index n = distance.size() - 2;
    const Eigen::VectorXd bend = distance.head(n) - 2.0 * distance.segment(1, n) + distance.tail(n);
    const double spread = robust_sd(as_span(bend));
    if (std::isfinite(spread)) return spread / std::sqrt(6.0) / std::sqrt(2.0);
  }
  return 0.0;
}

/// Angle to the vertical of the line from `top` down to `bottom`, + = bottom in front.
double middle_angle(const Points& top, const Points& bottom) {
  if (top.rows() == 0 || bottom.rows() == 0) return kNaN;
  Eigen::VectorXd angle(top.rows());
  for (Eigen::Index i = 0; i < top.rows(); ++i) {
    angle[i] = std::atan2(bottom(i, 0) - top(i, 0), top(i, 1) - bottom(i, 1));
  }
  return middle(angle);
}

double middle_pitch(const Points& heel, const Points& toe) {
  if (heel.rows() == 0 || toe.rows() == 0) return kNaN;
  Eigen::VectorXd pitch(heel.rows());
  for (Eigen::Index i = 0; i < heel.rows(); ++i) {
    const Eigen::RowVector3d d = toe.row(i) - heel.row(i);
    pitch[i] = std::atan2(d[1], std::hypot(d[0], d[2]));  // feet may stand turned out
  }
  return middle(pitch);
}

/// Frames in which any point of the foot is seen.
int frames_of_foot(const LegSignals& leg, Eigen::Index n) {
  int seen = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto shows = [i](const Points& p) { return p.rows() > i && p.row(i).allFinite(); };
    seen += shows(leg.heel) || shows(leg.toe) || shows(leg.ankle) ? 1 : 0;
  }
  return seen;
}

}  // namespace

Sided<double> white_noise(const GaitSignals& signals) {
  return {white_noise(signals.leg.left), white_noise(signals.leg.right)};
}

double thigh_and_shank_m(const GaitSignals& signals) {
  std::vector<double> lengths;
  for (const Side side : kSides) {
    const LegSignals& leg = signals.leg[side];
    if (leg.hip.rows() == 0 || leg.knee.rows() == 0 || leg.ankle.rows() == 0) continue;
    const Eigen::VectorXd thigh = (leg.hip - leg.knee).rowwise().norm();
    const Eigen::VectorXd shank = (leg.knee - leg.ankle).rowwise().norm();
    // In an image limbs shorten whenever they leave its plane: the long end is the true length.
    const double p = signals.view == View::spatial ? 0.5 : 0.75;
    lengths.push_back(quantile(as_span(thigh), p) + quantile(as_span(shank), p));
  }
  return mean(lengths);
}

void drop_collapsed_feet(GaitSignals& signals) {
  constexpr double kTooClose = 0.15;  // of thigh and shank; running keeps more than 0.20
  constexpr double kLongest_s =
      0.25;  // longer than any swing foot passes: standing, not a collapse
  const double leg_m = thigh_and_shank_m(signals);
  Points& left = signals.leg.left.ankle;
  Points& right = signals.leg.right.ankle;
  if (!(leg_m > 0.0) || left.rows() == 0 || right.rows() == 0) return;
  const Eigen::VectorXd distance = (left - right).rowwise().norm();
  const auto& t = signals.time_s;
  Eigen::Index dropped = 0;
  for (Eigen::Index i = 0; i < distance.size(); ++i) {
    if (!(distance[i] < kTooClose * leg_m)) continue;
    Eigen::Index end = i;
    while (end < distance.size() && distance[end] < kTooClose * leg_m) ++end;
    const Run run{i, end - i};
    i = end;
    if (run.first == 0 || run.end() >= distance.size() ||
        t[run.end()] - t[run.first - 1] > kLongest_s) {
      continue;
    }
    // The foot that a straight way across the run explains worse is the one that was moved.
    Sided<double> off{0.0, 0.0};
    for (const Side side : kSides) {
      const Points& ankle = signals.leg[side].ankle;
      for (Eigen::Index k = run.first; k < run.end(); ++k) {
        const double share = (t[k] - t[run.first - 1]) / (t[run.end()] - t[run.first - 1]);
        const Eigen::RowVector3d straight =
            ankle.row(run.first - 1) + share * (ankle.row(run.end()) - ankle.row(run.first - 1));
        off[side] = std::max(off[side], (ankle.row(k) - straight).norm());
      }
    }
    const Side moved = off.left > off.right ? Side::left : Side::right;
    LegSignals& leg = signals.leg[moved];
    for (Points* points : {&leg.ankle, &leg.heel, &leg.toe, &leg.mt1, &leg.mt5}) {
      if (points->rows() > 0) points->middleRows(run.first, run.count).setConstant(kNaN);
    }
    dropped += run.count;
  }
  if (dropped > 0) {
    const std::string text = printed(
        "in %ld frames (%.0f %%) one foot is drawn on the other (ankles within 15 %% of the "
        "leg); the swing foot counts as missing there",
        static_cast<long>(dropped),
        100.0 * static_cast<double>(dropped) / static_cast<double>(distance.size()));
    signals.notes.push_back({"missing", text, 20 * dropped > distance.size()});
  }
}

StandingReference standing_reference(const GaitSignals& stand) {
  StandingReference out;
  double floor = std::numeric_limits<double>::infinity();
  std::vector<double> hips;
  for (const Side side : kSides) {
    const LegSignals& leg = stand.leg[side];
    out.heel_height_m[side] = middle_height(leg.heel);
    out.toe_height_m[side] = middle_height(leg.toe);
    out.foot_pitch_rad[side] = middle_pitch(leg.heel, leg.toe);
    out.shank_angle_rad[side] = middle_angle(leg.knee, leg.ankle);
    out.thigh_angle_rad[side] = middle_angle(leg.hip, leg.knee);
    hips.push_back(middle_height(leg.hip));
    for (const double h : {out.heel_height_m[side], out.toe_height_m[side]}) {
      if (std::isfinite(h)) floor = std::min(floor, h);
    }
  }
  // A laboratory's zero is the floor: believed where the lowest foot marker is just above it.
  const double hip = mean(hips);
  if (floor >= 0.0 && floor < 0.13 * hip) floor = 0.0;
  if (std::isfinite(hip) && std::isfinite(floor)) out.leg_length_m = hip - floor;
  if (stand.pelvis_side.left.rows() > 0 && stand.view != View::side) {
    const double up = middle(stand.pelvis_side.right.col(1) - stand.pelvis_side.left.col(1));
    const double across =
        middle((stand.pelvis_side.right - stand.pelvis_side.left).rowwise().norm());
    out.obliquity_rad = std::asin(std::clamp(up / across, -1.0, 1.0));
  }
  return out;
}

void standing_from_stance(GaitSignals& signals) {
  // Mean of RBDS runners at 40 % of stance minus standing, heights per leg length (0.9 m).
  constexpr double kHeelSink = -0.008 / 0.9;
  constexpr double kToeSink = -0.011 / 0.9;
  constexpr double kPitch_rad = -0.02;
  if (signals.view == View::rear || signals.view == View::front) return;
  const GaitSignals along = along_progression(signals);
  const GaitPhases phases = find_phases(along);
  if (phases.steps.empty()) return;
  signals.standing.leg_length_m = phases.leg_length_m;
  bool any = false;
  for (const Side side : kSides) {
    const LegSignals& leg = along.leg[side];
    std::vector<double> heel, toe, pitch;
    const auto column = [](const Points& p, int axis) {
      return p.rows() > 0 ? Eigen::VectorXd(p.col(axis)) : Eigen::VectorXd();
    };
    const std::array heels{column(leg.heel, 0), column(leg.heel, 1), column(leg.heel, 2)};
    const std::array toes{column(leg.toe, 0), column(leg.toe, 1), column(leg.toe, 2)};
    for (const FootSwing& step : phases.steps) {
      if (step.side != side || std::isnan(step.strike_s) || std::isnan(step.toe_off_s)) continue;
      const double t = step.strike_s + 0.4 * (step.toe_off_s - step.strike_s);
      const auto at = [&](const Eigen::VectorXd& x) {
        return x.size() > 0 ? value_at(x, signals.time_s, t) : kNaN;
      };
      const double slope_y = phases.slope;
      heel.push_back(at(heels[1]) - slope_y * at(heels[0]));
      toe.push_back(at(toes[1]) - slope_y * at(toes[0]));
      pitch.push_back(std::atan2(toe.back() - heel.back(), std::hypot(at(toes[0]) - at(heels[0]),
                                                                      at(toes[2]) - at(heels[2]))));
    }
    signals.standing.heel_height_m[side] = median(heel) - kHeelSink * phases.leg_length_m;
    signals.standing.toe_height_m[side] = median(toe) - kToeSink * phases.leg_length_m;
    signals.standing.foot_pitch_rad[side] = median(pitch) - kPitch_rad;
    any |= !heel.empty();
  }
  if (any) {
    signals.notes.push_back(
        {"standing",
         "no standing trial: zeros of foot height and pitch come from the stances of "
         "the run (at 40 % of stance); leg length from " +
             phases.leg_source,
         false});
  }
}

}  // namespace runmech::detail

namespace runmech {

std::optional<Side> unseen_foot(const GaitSignals& signals) {
  constexpr double kHardlySeen = 0.1;
  const Sided<int> seen{detail::frames_of_foot(signals.leg.left, signals.n_frames()),
                        detail::frames_of_foot(signals.leg.right, signals.n_frames())};
  for (const Side side : kSides) {
    if (seen[opposite(side)] > 0 && seen[side] < kHardlySeen * seen[opposite(side)]) return side;
  }
  return std::nullopt;
}

std::string unseen_foot_sentence(Side unseen) {
  return "the " + std::string(to_string(unseen)) + " foot was not recorded, or too little of it";
}

}  // namespace runmech
