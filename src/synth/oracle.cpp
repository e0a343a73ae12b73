// SPDX-License-Identifier: BSD-3-Clause
#include "oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "runmech/core/units.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::synth {
namespace {

constexpr int kSamples = 160;  // per stride: the peak of a thigh angle is then right to 0.01 deg

/// The points that the definitions speak of.
struct Body {
  Eigen::Vector3d hip, knee, ankle, mid_hip, mid_shoulder, hip_line;
  [[nodiscard]] double thigh() const { return std::atan2(knee.x() - hip.x(), hip.y() - knee.y()); }
  [[nodiscard]] double shank() const {
    return std::atan2(ankle.x() - knee.x(), knee.y() - ankle.y());
  }
  [[nodiscard]] double lean() const {
    return std::atan2(mid_shoulder.x() - mid_hip.x(), mid_shoulder.y() - mid_hip.y());
  }
  [[nodiscard]] double obliquity() const { return std::atan2(hip_line.y(), hip_line.z()); }
};

class Watcher {
 public:
  explicit Watcher(const Runner& runner) : runner_(runner) {
    const Skeleton& skeleton = runner.skeleton();
    for (const Side side : kSides) {
      const std::string s = side == Side::right ? "_r" : "_l";
      leg_[side] = {skeleton.segment("femur" + s), skeleton.segment("tibia" + s),
                    skeleton.segment("talus" + s), skeleton.segment("humerus" + s)};
    }
  }
  [[nodiscard]] Body at(Side side, double t_s) {
    static_cast<void>(runner_.pose(t_s, state_));
    const auto& origin = state_.origin;
    const Eigen::Vector3d& right = origin[leg_.right.femur];
    const Eigen::Vector3d& left = origin[leg_.left.femur];
    return {origin[leg_[side].femur],
            origin[leg_[side].tibia],
            origin[leg_[side].talus],
            0.5 * (right + left),
            0.5 * (origin[leg_.right.humerus] + origin[leg_.left.humerus]),
            right - left};
  }

 private:
  struct Segments {
    int femur, tibia, talus, humerus;
  };
  const Runner& runner_;
  Sided<Segments> leg_;
  SkeletonState<double> state_;
};

struct Column {
  const char* metric;
  const char* unit;
  double StrideValues::*value;
};
constexpr Column kColumns[]{
    {"cadence", "steps/min", &StrideValues::cadence_spm},
    {"contact_time", "s", &StrideValues::contact_s},
    {"flight_time", "s", &StrideValues::flight_s},
    {"duty_factor", "1", &StrideValues::duty_factor},
    {"step_length", "m", &StrideValues::step_length_m},
    {"vertical_oscillation", "m", &StrideValues::oscillation_m},
    {"trunk_lean", "deg", &StrideValues::trunk_lean_deg},
    {"knee_lift", "deg", &StrideValues::knee_lift_deg},
    {"hip_extension_peak", "deg", &StrideValues::hip_extension_deg},
    {"knee_flexion_contact", "deg", &StrideValues::knee_contact_deg},
    {"overstride", "m", &StrideValues::overstride_m},
    {"shank_angle_contact", "deg", &StrideValues::shank_contact_deg},
    {"pelvic_drop", "deg", &StrideValues::pelvic_drop_deg},
};

MetricRow row_of(const Column& column, RowSide side) {
  MetricRow row;
  row.metric = column.metric;
  row.side = side;
  row.unit = column.unit;
  row.status = MetricStatus::ok;
  row.sd = 0.0;
  return row;
}

MetricRow summary_of(const Column& column, RowSide side, const std::vector<double>& values) {
  MetricRow row = row_of(column, side);
  row.n = static_cast<int>(values.size());
  row.value = mean(values);
  row.spread = standard_deviation(values);
  if (values.empty()) {
    row.status = MetricStatus::not_observed;
    row.reason = "no whole stride in the recording";
  }
  return row;
}

}  // namespace

StrideValues stride_values(const Runner& runner, std::size_t k) {
  const std::vector<Contact>& contacts = runner.contacts();
  const Contact& contact = contacts[k];
  const double stride_s = contacts[k + 2].on_s - contact.on_s;
  const double s = sign(contact.side);
  Watcher watcher(runner);
  StrideValues v{};
  v.cadence_spm = 120.0 / stride_s;
  v.contact_s = contact.length_s();
  v.flight_s = contacts[k + 1].on_s - contact.off_s;
  v.duty_factor = v.contact_s / stride_s;
  const Body strike = watcher.at(contact.side, contact.on_s);
  v.overstride_m = strike.ankle.x() - strike.hip.x();
  v.shank_contact_deg = degrees(strike.shank());
  v.knee_contact_deg = degrees(strike.thigh() - strike.shank());
  v.step_length_m = runner.sole(contact, 0.0).x() - runner.sole(contacts[k - 1], 0.0).x();
  double highest = -1e9, lowest = 1e9;
  double forward = -1e9, backward = 1e9, lean = 0.0, drop = -1e9;
  for (int i = 0; i < kSamples; ++i) {
    const double t_s = contact.on_s + stride_s * i / kSamples;
    const Body body = watcher.at(contact.side, t_s);
    lean += body.lean() / kSamples;
    backward = std::min(backward, body.thigh());
    if (t_s > contact.off_s) forward = std::max(forward, body.thigh());
    if (t_s <= contact.off_s) drop = std::max(drop, s * body.obliquity());
    if (t_s <= contacts[k + 1].on_s) {
      highest = std::max(highest, body.mid_hip.y());
      lowest = std::min(lowest, body.mid_hip.y());
    }
  }
  v.oscillation_m = highest - lowest;
  v.trunk_lean_deg = degrees(lean);
  v.knee_lift_deg = degrees(forward);
  v.hip_extension_deg = degrees(-backward);
  v.pelvic_drop_deg = degrees(drop);
  return v;
}

MetricTable exact_metrics(const Runner& runner, double start_s, double end_s) {
  const std::vector<Contact>& contacts = runner.contacts();
  MetricTable table;
  Sided<std::vector<StrideValues>> strides;
  for (std::size_t k = 1; k + 2 < contacts.size(); ++k) {
    if (contacts[k].on_s < start_s || contacts[k + 2].on_s > end_s) continue;
    const Side side = contacts[k].side;
    const StrideValues values = stride_values(runner, k);
    for (const Column& column : kColumns) {
      MetricRow row = row_of(column, row_side(side));
      row.stride = static_cast<int>(strides[side].size());
      row.time_s = contacts[k].on_s;
      row.value = values.*column.value;
      row.n = 1;
      table.rows.push_back(std::move(row));
    }
    strides[side].push_back(values);
  }
  for (const Column& column : kColumns) {
    Sided<std::vector<double>> values;
    for (const Side side : kSides) {
      for (const StrideValues& stride : strides[side]) values[side].push_back(stride.*column.value);
      table.rows.push_back(summary_of(column, row_side(side), values[side]));
    }
    std::vector<double> both = values.left;
    both.insert(both.end(), values.right.begin(), values.right.end());
    table.rows.push_back(summary_of(column, RowSide::both, both));
  }
  table.context.strides_found = table.context.strides_used =
      static_cast<int>(strides.left.size() + strides.right.size());
  table.context.detector = "exact";
  return table;
}

GaitEvents exact_events(const Runner& runner, double start_s, double end_s) {
  GaitEvents out;
  out.detector = "exact";
  out.kind = GaitKind::running;
  out.reason = "synthetic: every contact is followed by flight";
  const auto add = [&](Side side, EventType type, double t_s) {
    if (t_s >= start_s && t_s <= end_s) out.events.push_back({side, type, t_s, 0.0, {}});
  };
  for (const Contact& contact : runner.contacts()) {
    add(contact.side, EventType::foot_strike, contact.on_s);
    add(contact.side, EventType::toe_off, contact.off_s);
  }
  if (!out.events.empty()) {
    out.spans.push_back({out.events.front().time_s, out.events.back().time_s});
  }
  return out;
}

}  // namespace runmech::synth
