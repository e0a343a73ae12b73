// SPDX-License-Identifier: BSD-3-Clause
#include "rules.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "runmech/core/printed.hpp"

namespace runmech::assess_detail {
namespace {

constexpr double kNaN = Condition::kNaN;

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// A value as people read it: "13.0 deg", "0.214 m".
std::string shown(double value, const std::string& unit) {
  const int digits = unit == "m" || unit == "s" || unit == "1" ? 3 : 1;
  return printed("%.*f", digits, value) + (unit == "1" ? "" : " " + unit);
}
std::string shown(double value, double sd, const std::string& unit) {
  const int digits = unit == "m" || unit == "s" || unit == "1" ? 3 : 1;
  return printed("%.*f +- %.*f", digits, value, digits, sd) + (unit == "1" ? "" : " " + unit);
}

Outcome from_probability(double p, double certainty) {
  if (std::isnan(p)) return Outcome::cannot_tell;
  if (p >= certainty) return Outcome::present;
  return p <= 1.0 - certainty ? Outcome::absent : Outcome::cannot_tell;
}

Finding unknown(Finding base, std::string reason) {
  base.outcome = Outcome::cannot_tell;
  base.reason = std::move(reason);
  return base;
}

/// Share of the usable strides of a metric (on one side, or both) for which `beyond` holds.
template <class F>
double stride_share(const MetricTable& table, const std::string& metric, RowSide side, F&& beyond) {
  int n = 0;
  int yes = 0;
  for (const MetricRow& row : table.rows) {
    if (row.stride == MetricRow::kSummary || row.metric != metric ||
        row.status != MetricStatus::ok || (side != RowSide::both && row.side != side)) {
      continue;
    }
    ++n;
    yes += beyond(row.value);
  }
  return n == 0 ? kNaN : static_cast<double>(yes) / n;
}

std::string unusable(const MetricRow* row, const std::string& metric) {
  if (row == nullptr) return metric + " was not measured";
  return metric +
         (row->reason.empty() ? " is " + std::string(to_string(row->status)) : ": " + row->reason);
}

Finding level(const Condition& c, RowSide side, const Evidence& e, Finding base, double certainty,
              double& share) {
  base.metric = c.metric;
  base.side = to_string(side);
  const MetricRow* row = e.table.summary(c.metric, side);
  if (row == nullptr || row->status != MetricStatus::ok || std::isnan(row->value)) {
    return unknown(base, unusable(row, c.metric));
  }
  base.value = row->value;
  base.sd = row->sd;
  base.unit = row->unit;
  const double v = e.table.context.speed_m_s;
  const double leg = e.table.context.leg_length_m;
  if (v < e.rules.speed_low_m_s || v > e.rules.speed_high_m_s) {
    return unknown(base,
                   printed("%.1f m/s is outside the %.0f to %.0f m/s the limits are known for", v,
                           e.rules.speed_low_m_s, e.rules.speed_high_m_s));
  }
  const ReferenceBand* band = find_band(e.bands, c.metric);
  if (band != nullptr) {
    const double low = band->low_at(v, leg);
    const double high = band->high_at(v, leg);
    base.band_low = std::isinf(low) ? kNaN : low;
    base.band_high = std::isinf(high) ? kNaN : high;
  }
  const bool from_z = !std::isnan(c.above_z) || !std::isnan(c.below_z);
  const bool above = !std::isnan(c.above) || !std::isnan(c.above_z);
  double limit = above ? c.above : c.below;
  double sd = row->sd;
  std::string usual;
  if (from_z) {
    if (band == nullptr) return unknown(base, "no reference band for " + c.metric);
    if (std::isnan(v))
      return unknown(base, "the running speed is not known, and the limit depends on it");
    const double z = above ? c.above_z : c.below_z;
    limit = band->mean_at(v, leg) + z * band->sd_at(v, leg);
    // An error in speed moves the limit.
    const double slope = (band->mean_at(v + 0.25, leg) - band->mean_at(v - 0.25, leg)) / 0.5;
    if (e.table.context.speed_sd_m_s > 0.0)
      sd = std::hypot(sd, slope * e.table.context.speed_sd_m_s);
    usual = " (usual at " + printed("%.1f m/s: ", v) +
            shown(band->mean_at(v, leg), band->sd_at(v, leg), row->unit) + ")";
    (above ? base.band_high : base.band_low) = limit;
  } else {
    (above ? base.band_high : base.band_low) = limit;
  }
  const double over = above ? row->value - limit : limit - row->value;
  base.probability = normal_cdf(over / sd);
  base.outcome = from_probability(base.probability, certainty);
  const std::string numbers = shown(row->value, row->sd, row->unit);
  const std::string word = above ? "above" : "below";
  const std::string edge = shown(limit, row->unit) + usual;
  share = stride_share(e.table, c.metric, side,
                       [&](double x) { return above ? x > limit : x < limit; });
  switch (base.outcome) {
    case Outcome::present:
      base.reason = numbers + ", " + word + " the limit of " + edge +
                    printed(", on %.0f %% of the strides", 100.0 * share);
      if (!(share >= e.rules.stride_share)) {
        base.outcome = Outcome::cannot_tell;
        base.reason += printed(" only; %.0f %% are needed", 100.0 * e.rules.stride_share);
      }
      break;
    case Outcome::absent:
      base.reason = numbers + ", not " + word + " the limit of " + edge;
      break;
    case Outcome::cannot_tell:
      base.reason = numbers + " is too close to the limit of " + edge +
                    printed(": probability %.2f, %.2f needed", base.probability, certainty);
      break;
  }
  return base;
}

Finding other_side(const Condition& c, Side side, const Evidence& e, Finding base,
                   double certainty) {
  base.side = to_string(side);
  // Without a standing trial a tilted camera moves left minus right by twice its tilt: only what is
  // free of an offset can be compared then.
  const MetricRow* corrected = e.table.summary(c.metric, row_side(side));
  const bool raw = corrected != nullptr && corrected->reason.find("raw:") != std::string::npos;
  base.metric = raw && !c.raw_metric.empty() ? c.raw_metric : c.metric;
  const MetricRow* own = e.table.summary(base.metric, row_side(side));
  const MetricRow* other = e.table.summary(base.metric, row_side(opposite(side)));
  for (const MetricRow* row : {own, other}) {
    if (row == nullptr || row->status != MetricStatus::ok || std::isnan(row->value)) {
      return unknown(base, unusable(row, base.metric));
    }
  }
  const auto limit = e.limits.metrics.find(base.metric);
  const double mdc =
      limit == e.limits.metrics.end() ? kNaN : limit->second.mdc_for(e.table.context);
  if (std::isnan(mdc)) return unknown(base, "no change limit for " + base.metric);
  const double difference = own->value - other->value;
  // That the true difference is more than half the smallest real one.
  base.probability = normal_cdf((difference - 0.5 * mdc) / (mdc / 1.96));
  base.outcome = from_probability(base.probability, certainty);
  if (base.outcome == Outcome::present && difference <= mdc) base.outcome = Outcome::cannot_tell;
  base.value = difference;
  base.sd = mdc / 1.96;
  base.unit = own->unit;
  base.reason = printed("%+.1f ", difference) + own->unit +
                " against the other side, smallest real difference " + shown(mdc, own->unit);
  return base;
}

Finding strength_test(const Condition& c, Side side, const Evidence& e, Finding base,
                      double certainty) {
  base.metric = c.test;
  base.side = to_string(side);
  const StrengthResult* result = e.strength == nullptr ? nullptr : e.strength->find(c.test);
  if (result == nullptr) return unknown(base, "no " + c.test + " test was given");
  const StrengthLimb& limb = result->limb[side];
  if (std::isnan(limb.mean)) return unknown(base, "the " + base.side + " side was not tested");
  if (c.kind == "weak") {
    base.value = limb.normalised;
    base.sd = limb.error_sd * limb.normalised / limb.mean;
    base.unit = result->normalised_unit;
    base.band_low = result->test.norm_p10;
    base.probability = limb.weak_probability;
    base.outcome = from_probability(base.probability, certainty);
    if (std::isnan(base.probability)) {
      return unknown(base, result->test.norm_unit == "%BM" && result->normalised_unit.empty()
                               ? "body mass is not stated: the test cannot be compared with others"
                               : "no norm for this test in this unit");
    }
    const std::string limit = shown(result->test.norm_p10, base.unit);
    const std::string numbers = shown(base.value, base.sd, base.unit);
    base.reason = base.outcome == Outcome::cannot_tell
                      ? numbers + " is too close to the weakest 10 % of runners (" + limit + ")"
                      : numbers + (base.outcome == Outcome::present ? ", below" : ", not below") +
                            " the weakest 10 % of runners (" + limit + ")";
    return base;
  }
  if (result->verdict == AsymmetryVerdict::not_available || std::isnan(result->noise_days_pct)) {
    return unknown(base, result->text);
  }
  base.value = result->indices.log_ratio_pct;
  base.sd = result->noise_days_pct / 1.96;
  base.unit = "%";
  base.reason = result->text;
  const bool this_side = result->words.different && result->words.side == side;
  const double unusual_pct = -100.0 * std::log(0.01 * result->test.ratio_p10_pct);
  base.probability =
      this_side ? normal_cdf((std::abs(result->indices.log_ratio_pct) - unusual_pct) / base.sd)
                : 0.0;
  base.outcome = from_probability(base.probability, certainty);
  const bool gates =
      result->verdict == AsymmetryVerdict::asymmetric && result->unusual && this_side;
  if (gates) base.outcome = Outcome::present;
  if (!gates && base.outcome == Outcome::present) base.outcome = Outcome::cannot_tell;
  return base;
}

Finding judge_condition(const Condition& c, std::optional<Side> side, const Rule& rule,
                        const Evidence& evidence, double certainty, double& share) {
  const RowSide rows = side ? row_side(*side) : RowSide::both;
  if (c.kind == "level") return level(c, rows, evidence, rule.about, certainty, share);
  if (!side) return unknown(rule.about, "rule '" + rule.about.id + "' must speak of each side");
  if (c.kind == "other_side") return other_side(c, *side, evidence, rule.about, certainty);
  return strength_test(c, *side, evidence, rule.about, certainty);
}

/// All: the weakest condition decides. Any: the strongest.
Finding combine(std::vector<Finding> parts, bool all) {
  const auto stronger = [](const Finding& a, const Finding& b) {
    if (a.outcome != b.outcome) return a.outcome < b.outcome;
    const auto known = [](double p) { return std::isnan(p) ? -1.0 : p; };
    return known(a.probability) < known(b.probability);
  };
  const auto chosen = all ? std::min_element(parts.begin(), parts.end(), stronger)
                          : std::max_element(parts.begin(), parts.end(), stronger);
  Finding out = *chosen;
  // The first condition carries the number that people know the finding by.
  if (all && out.outcome != Outcome::absent && parts.size() > 1) {
    Finding lead = parts.front();
    lead.outcome = out.outcome;
    lead.probability = out.probability;
    lead.reason.clear();
    for (const Finding& part : parts) {
      if (out.outcome == Outcome::cannot_tell && part.outcome != Outcome::cannot_tell) continue;
      if (lead.reason.find(part.reason) != std::string::npos) continue;
      lead.reason += (lead.reason.empty() ? "" : "; ") + part.reason;
    }
    return lead;
  }
  return out;
}

/// Two signs of one thing, each a little short of certain, are certain together: 1 - prod(1 - p).
/// Their errors come from different points (hip and scale, knee), so they are taken as independent
/// (our choice).
void join_evidence(Finding& out, const std::vector<Finding>& parts,
                   const std::vector<double>& shares, double certainty, double needed_share) {
  double none = 1.0;
  bool enough_strides = false;
  std::string reasons;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (std::isnan(parts[i].probability)) continue;
    none *= 1.0 - parts[i].probability;
    enough_strides |= parts[i].probability >= 0.5 && shares[i] >= needed_share;
    reasons += (reasons.empty() ? "" : "; ") + parts[i].reason;
  }
  if (out.outcome != Outcome::cannot_tell || 1.0 - none < certainty || !enough_strides) return;
  out.outcome = Outcome::present;
  out.probability = 1.0 - none;
  out.reason = printed("together with probability %.2f: ", out.probability) + reasons;
}

}  // namespace

Finding judge(const Rule& rule, const Evidence& evidence, double certainty_given) {
  const double certainty = certainty_given > 0.0 ? certainty_given : rule.certainty;
  std::vector<Finding> sides;
  const auto on = [&](std::optional<Side> side) {
    std::vector<Finding> parts;
    std::vector<double> shares(rule.conditions.size(), kNaN);
    bool levels = true;
    for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
      const Condition& c = rule.conditions[i];
      parts.push_back(judge_condition(c, side, rule, evidence, certainty, shares[i]));
      levels &= c.kind == "level";
    }
    Finding answer = combine(parts, rule.all);
    if (!rule.all && levels) {
      join_evidence(answer, parts, shares, certainty, evidence.rules.stride_share);
    }
    sides.push_back(std::move(answer));
  };
  if (!rule.each_side) {
    on(std::nullopt);
    return sides.front();
  }
  on(Side::left);
  on(Side::right);
  Finding out = combine(sides, false);
  if (out.outcome != Outcome::present && sides[0].outcome == sides[1].outcome) {
    out.reason = sides[0].reason == sides[1].reason
                     ? sides[0].reason
                     : "left: " + sides[0].reason + "; right: " + sides[1].reason;
    out.side = "both";
  }
  return out;
}

}  // namespace runmech::assess_detail
