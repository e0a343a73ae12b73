// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <optional>

#include "registry.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::metrics_detail {
namespace {

/// Strides of one runner drift together: the mean of n is as good as that of n / 2.25 independent
/// ones (observed 1.1 to 2.1, typically 1.45; validity 4).
constexpr double kInflation = 1.5;
/// Weight of the typical stride SD against the measured one, in degrees of freedom (our choice):
/// two strides say little about their own scatter.
constexpr double kPriorDegrees = 4.0;
/// A stride this many robust SDs from the median is left out of the summary, where the SD is at
/// least half the typical one (our choice).
constexpr double kOutlier = 5.0;

struct Summary {
  double value = kNaN;
  double sampling = kNaN;  ///< error from few and dependent strides
  double event = 0.0;      ///< error shared by all strides through the event times
  double spread = kNaN;
  int n = 0;
  int found = 0;
};

/// Values that enter the summary; marks outliers in place.
std::vector<double> usable(std::vector<StrideValue>& strides, double stride_sd) {
  std::vector<double> values;
  for (const auto& s : strides) {
    if (s.doubt.empty() && !std::isnan(s.value)) values.push_back(s.value);
  }
  if (values.size() < 8) return values;
  const double centre = median(values);
  const double limit = kOutlier * std::max(robust_sd(values), 0.5 * stride_sd);
  values.clear();
  for (auto& s : strides) {
    if (!s.doubt.empty() || std::isnan(s.value)) continue;
    if (std::abs(s.value - centre) > limit) {
      s.doubt = "far from the other strides";
    } else {
      values.push_back(s.value);
    }
  }
  return values;
}

double harmonic_mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double v : values) sum += 1.0 / v;
  return static_cast<double>(values.size()) / sum;
}

Summary summarise(std::vector<StrideValue>& strides, const MetricDefinition& about, bool harmonic) {
  Summary out;
  const std::vector<double> values = usable(strides, about.stride_sd);
  out.found = static_cast<int>(strides.size());
  out.n = static_cast<int>(values.size());
  if (values.empty()) return out;
  out.value = harmonic ? harmonic_mean(values) : mean(values);
  out.spread = standard_deviation(values);
  const double degrees = out.n - 1.0;
  const double seen = out.n > 1 ? out.spread * out.spread : 0.0;
  const double variance = (kPriorDegrees * about.stride_sd * about.stride_sd + degrees * seen) /
                          (kPriorDegrees + degrees);
  out.sampling = kInflation * std::sqrt(variance / out.n);
  std::vector<double> squares;
  for (const auto& s : strides) {
    if (s.doubt.empty() && !std::isnan(s.value)) squares.push_back(s.event_sd * s.event_sd);
  }
  out.event = kSharedEventShare * std::sqrt(mean(squares));
  return out;
}

/// Left and right as one: the mean of the two sides, so that a side with more strides weighs no
/// more.
Summary combined(const Summary& left, const Summary& right) {
  if (left.n == 0) return right;
  if (right.n == 0) return left;
  Summary out;
  out.value = 0.5 * (left.value + right.value);
  out.sampling = 0.5 * std::hypot(left.sampling, right.sampling);
  // The detector is one and the same on both sides.
  out.event = 0.5 * (left.event + right.event);
  const double degrees = left.n + right.n - 2.0;
  const auto squares = [](const Summary& s) {
    return s.n > 1 ? (s.n - 1.0) * s.spread * s.spread : 0.0;
  };
  out.spread = degrees > 0.0 ? std::sqrt((squares(left) + squares(right)) / degrees) : kNaN;
  out.n = left.n + right.n;
  out.found = left.found + right.found;
  return out;
}

/// Larger of two errors, a NaN being none.
double larger(double a, double b) {
  return std::isnan(b) ? a : std::max(a, b);
}

/// What samples of the fit say of a metric; NaN where nothing is known.
DrawSpread drawn(const DrawSpreads& spreads, const std::string& metric, RowSide side) {
  const auto found = spreads.find({metric, side});
  return found == spreads.end() ? DrawSpread{} : found->second;
}

MetricRow summary_row(const Metric& metric, const Measurement& measured, const Summary& summary,
                      RowSide side, const Trial& trial, const DrawSpread& spread,
                      const std::string& missing) {
  MetricRow row;
  row.metric = metric.about.id;
  row.unit = metric.about.unit;
  row.side = side;
  row.n = summary.n;
  row.status = measured.status;
  row.reason = measured.reason;
  if (measured.status == MetricStatus::not_observed) return row;
  if (summary.n == 0) {
    row.status = MetricStatus::not_observed;
    row.reason = summary.found > 0 ? "no usable stride" : missing;
    return row;
  }
  row.value = summary.value;
  row.spread = summary.spread;
  const double error =
      std::isnan(measured.error) ? definition_error(metric.about, trial) : measured.error;
  const double chance =
      std::isnan(spread.summary) ? 0.0 : spread.summary * std::sqrt(1.0 * spread.n / summary.n);
  row.sd_random = std::hypot(summary.sampling, chance);
  row.sd_systematic = std::hypot(summary.event, larger(error, spread.systematic));
  row.sd = std::hypot(row.sd_random, row.sd_systematic);
  const bool two_sides = side == RowSide::both && !(measured.either_foot && trial.unseen);
  const int wanted = trial.options.min_strides * (two_sides ? 2 : 1);
  if (row.status == MetricStatus::ok && summary.n < wanted) {
    row.status = MetricStatus::low_quality;
    row.reason = std::to_string(summary.n) + (summary.n == 1 ? " stride, " : " strides, ") +
                 std::to_string(wanted) + " wanted" + (row.reason.empty() ? "" : "; " + row.reason);
  }
  return row;
}

void append_strides(const Metric& metric, const Measurement& measured, Side side,
                    const Trial& trial, const DrawSpread& spread, std::vector<MetricRow>& rows) {
  const double error =
      std::isnan(measured.error) ? definition_error(metric.about, trial) : measured.error;
  for (const StrideValue& s : measured.strides[side]) {
    MetricRow row;
    row.metric = metric.about.id;
    row.unit = metric.about.unit;
    row.side = row_side(side);
    row.stride = s.stride;
    row.time_s = s.time_s;
    row.value = s.value;
    row.n = std::isnan(s.value) ? 0 : 1;
    if (row.n > 0) {
      const double scatter = std::sqrt(1.0 - kSharedEventShare * kSharedEventShare) * s.event_sd;
      row.sd_random = std::isnan(spread.stride) ? scatter : spread.stride;
      row.sd_systematic =
          std::hypot(kSharedEventShare * s.event_sd, larger(error, spread.systematic));
      row.sd = std::hypot(row.sd_random, row.sd_systematic);
    }
    row.status = measured.status;
    row.reason = measured.reason;
    if (row.n == 0) {
      row.status = MetricStatus::not_observed;
      row.reason = s.doubt.empty() ? "not seen in this stride" : s.doubt;
    } else if (!s.doubt.empty()) {
      row.status = MetricStatus::low_quality;
      row.reason = s.doubt;
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace

void append_rows(const Metric& metric, const Measurement& given, const Trial& trial,
                 const DrawSpreads& spreads, std::vector<MetricRow>& rows) {
  Measurement measured = given;
  const Summary left = summarise(measured.strides.left, metric.about, measured.harmonic);
  const Summary right = summarise(measured.strides.right, metric.about, measured.harmonic);
  Summary both = measured.both.empty() ? combined(left, right)
                                       : summarise(measured.both, metric.about, measured.harmonic);
  if (measured.harmonic && left.n > 0 && right.n > 0) {
    both.value = 2.0 / (1.0 / left.value + 1.0 / right.value);
  }
  if (measured.events_cancel) both.event = 0.0;
  const auto spread = [&](RowSide side) { return drawn(spreads, metric.about.id, side); };
  for (const Side side : kSides) {
    append_strides(metric, measured, side, trial, spread(row_side(side)), rows);
  }
  const std::string none = "no complete stride";
  const auto missing = [&](Side side) {
    if (side == trial.unseen) return unseen_foot_sentence(side);
    return trial.unseen && !measured.both.empty() ? needs_both_feet(*trial.unseen).reason : none;
  };
  rows.push_back(summary_row(metric, measured, left, RowSide::left, trial, spread(RowSide::left),
                             missing(Side::left)));
  rows.push_back(summary_row(metric, measured, right, RowSide::right, trial, spread(RowSide::right),
                             missing(Side::right)));
  if (trial.unseen && !measured.either_foot && measured.both.empty()) {
    // Nothing bounds how far the other leg differs: one side is no mean of two.
    measured = needs_both_feet(*trial.unseen);
    both = {};
  }
  MetricRow row =
      summary_row(metric, measured, both, RowSide::both, trial, spread(RowSide::both), none);
  const bool lone = measured.both.empty() && (left.n == 0) != (right.n == 0);
  if (row.n > 0 && (trial.unseen || lone)) {
    if (row.status == MetricStatus::ok && !(trial.unseen && measured.either_foot)) {
      row.status = MetricStatus::low_quality;
    }
    const Side only = trial.unseen  ? opposite(*trial.unseen)
                      : left.n == 0 ? Side::right
                                    : Side::left;
    row.reason =
        std::string(to_string(only)) + " side only" + (row.reason.empty() ? "" : "; " + row.reason);
  }
  rows.push_back(std::move(row));
}

}  // namespace runmech::metrics_detail
