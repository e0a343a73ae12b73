// SPDX-License-Identifier: BSD-3-Clause
#include "change.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "runmech/metrics/metrics.hpp"

namespace runmech::assess_detail {
namespace {

constexpr double kNaN = Change::kNaN;
constexpr double kReal = 1.96;
constexpr double kPossible = 1.0;
constexpr double kMdcToSem = 1.96 * std::numbers::sqrt2;

std::string name_of(const std::string& metric) {
  static const std::vector<MetricDefinition> definitions = metric_definitions();
  for (const auto& about : definitions) {
    if (about.id == metric) return about.name;
  }
  return metric;
}

std::string why_unusable(const MetricRow* row, const char* session) {
  if (row == nullptr) return std::string("not in the ") + session + " session";
  if (std::isnan(row->value)) {
    return std::string(session) +
           " session: " + (row->reason.empty() ? "not observed" : row->reason);
  }
  const bool tracking = row->reason.find("tracking problem") != std::string::npos;
  if (tracking || row->status == MetricStatus::not_comparable) {
    return std::string(session) + " session: " + row->reason;
  }
  return "";
}

double outside(double value, double low, double high) {
  return std::max({low - value, value - high, 0.0});
}

/// +1 nearer to the usual range or ending inside it, -1 farther from it, 0 not known.
int direction_of(const Pair& pair) {
  if (pair.band == nullptr) return 0;
  const double v1 = pair.context_before.speed_m_s;
  const double v2 = pair.context_after.speed_m_s;
  const double before =
      outside(pair.before.value, pair.band->low_at(v1, pair.context_after.leg_length_m),
              pair.band->high_at(v1, pair.context_after.leg_length_m));
  const double after =
      outside(pair.after->value, pair.band->low_at(v2, pair.context_after.leg_length_m),
              pair.band->high_at(v2, pair.context_after.leg_length_m));
  if (before == 0.0 && after == 0.0) return 0;
  return after < before ? 1 : -1;
}

ChangeLead lead_of(const Pair& pair, int direction) {
  if (pair.band == nullptr || !pair.band->coloured) return ChangeLead::ungraded;
  return direction > 0 ? ChangeLead::toward : direction < 0 ? ChangeLead::away : ChangeLead::inside;
}

void judge(Change& change) {
  const double size = std::abs(change.index);
  if (size < kPossible) {
    change.verdict = ChangeVerdict::no_detectable_change;
  } else if (size < kReal) {
    change.verdict = ChangeVerdict::possible;
  } else {
    change.verdict =
        change.direction < 0 ? ChangeVerdict::real_change_away : ChangeVerdict::real_change_toward;
  }
}

/// The change to expect of an extreme first value without any cause: -(1 - r)(x1 - mean), with r
/// from the spread between runners and the error between sessions.
double regression_to_mean(const Pair& pair, double sem) {
  if (pair.band == nullptr) return kNaN;
  const double v = pair.context_before.speed_m_s;
  const double sd = pair.band->sd_at(v, pair.context_before.leg_length_m);
  const double excess = pair.before.value - pair.band->mean_at(v, pair.context_before.leg_length_m);
  if (!(std::abs(excess) > sd)) return kNaN;
  // sd was itself measured with the error in it.
  const double r = std::max(0.0, 1.0 - sem * sem / (sd * sd));
  return -(1.0 - r) * excess;
}

}  // namespace

Change change_of(const Pair& pair, const ChangeLimits& limits) {
  const MetricRow& before = pair.before;
  Change out;
  out.metric = before.metric;
  out.name = name_of(before.metric);
  out.side = before.side;
  out.unit = before.unit;
  out.before = before.value;
  out.before_sd = before.sd;
  if (pair.after != nullptr) {
    out.after = pair.after->value;
    out.after_sd = pair.after->sd;
  }
  const double v1 = pair.context_before.speed_m_s;
  const double v2 = pair.context_after.speed_m_s;
  if (pair.band != nullptr) {
    const double low = pair.band->low_at(v2, pair.context_after.leg_length_m);
    const double high = pair.band->high_at(v2, pair.context_after.leg_length_m);
    out.band_low = std::isinf(low) ? kNaN : low;
    out.band_high = std::isinf(high) ? kNaN : high;
  }
  out.reason = pair.obstacle;
  if (out.reason.empty()) out.reason = why_unusable(&before, "first");
  if (out.reason.empty()) out.reason = why_unusable(pair.after, "second");
  if (!out.reason.empty()) return out;
  const auto found = limits.metrics.find(before.metric);
  const double mdc =
      found == limits.metrics.end() ? kNaN : found->second.mdc_for(pair.context_after);
  if (std::isnan(mdc)) {
    out.reason = "no change limit is known for this metric";
    return out;
  }
  if (found->second.timing && !pair.same_event_rule) {
    out.reason = "foot contacts come from different rules";
    return out;
  }
  out.by_speed = pair.band != nullptr ? pair.band->mean_at(v2, pair.context_after.leg_length_m) -
                                            pair.band->mean_at(v1, pair.context_after.leg_length_m)
                                      : 0.0;
  const double sem = mdc / kMdcToSem;
  // What the runner and chance change, by the row itself; sessions of older versions have only the
  // spread between strides. What markers placed anew change is the SEM.
  const auto random = [&](const MetricRow& row) {
    // What two rules get wrong does not cancel.
    if (found->second.timing && pair.handed_over) return row.sd;
    if (!std::isnan(row.sd_random)) return row.sd_random;
    const double spread = std::isnan(row.spread) ? row.sd : row.spread;
    return limits.inflation * spread / std::sqrt(static_cast<double>(std::max(row.n, 1)));
  };
  const ReliableChange change =
      reliable_change(before.value, random(before), 1, pair.after->value - out.by_speed,
                      random(*pair.after), 1, sem, 1.0);
  out.difference = change.difference;
  out.difference_sd = change.sd;
  out.index = change.index;
  out.p = change.p;
  out.mdc95 = mdc;
  out.worthwhile = std::abs(change.difference) >= found->second.swc;
  out.direction = direction_of(pair);
  out.lead = lead_of(pair, out.direction);
  out.regression_to_mean = regression_to_mean(pair, sem);
  judge(out);
  const bool real = out.verdict == ChangeVerdict::real_change_toward ||
                    out.verdict == ChangeVerdict::real_change_away;
  if (real && out.direction == 0) {
    out.reason = pair.band == nullptr ? "no usual range is known for this metric"
                                      : "inside the usual range before and after";
  }
  if (real && !out.worthwhile) out.reason = "real but small";
  for (const MetricRow* row : {&before, pair.after}) {
    if (row->status == MetricStatus::low_quality && out.reason.empty()) out.reason = row->reason;
  }
  return out;
}

std::vector<Change> strength_changes(const StrengthProfile& before, const StrengthProfile& after) {
  std::vector<Change> out;
  for (const StrengthResult& first : before.results) {
    const StrengthResult* second = after.find(first.test.id);
    if (second == nullptr) continue;
    for (const Side side : kSides) {
      Change change;
      change.metric = first.test.id;
      change.name = first.test.name;
      change.side = row_side(side);
      change.unit = first.unit;
      change.before = first.limb[side].mean;
      change.before_sd = first.limb[side].error_sd;
      change.after = second->limb[side].mean;
      change.after_sd = second->limb[side].error_sd;
      change.difference = change.after - change.before;
      change.difference_sd = std::hypot(change.before_sd, change.after_sd);
      change.mdc95 = kReal * change.difference_sd;
      change.index = change.difference / change.difference_sd;
      change.p = std::erfc(std::abs(change.index) / std::numbers::sqrt2);
      if (first.unit != second->unit) {
        change.reason = "the units differ: " + first.unit + " and " + second->unit;
      } else if (std::isnan(change.difference)) {
        change.reason = "not measured in both sessions";
      } else if (!(change.difference_sd > 0.0)) {
        change.reason = "the error between days of this test is not known";
      } else {
        const bool more_is_better = first.test.sense == Sense::strength;
        change.direction = !more_is_better ? 0 : change.difference > 0.0 ? 1 : -1;
        if (more_is_better) {
          change.lead = change.direction > 0 ? ChangeLead::stronger : ChangeLead::weaker;
        }
        judge(change);
      }
      out.push_back(std::move(change));
    }
  }
  return out;
}

}  // namespace runmech::assess_detail
