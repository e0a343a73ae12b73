// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/assess/assess.hpp"

#include <cmath>
#include <numbers>

#include "plan.hpp"
#include "rules.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

constexpr Spelling<Outcome> kOutcomes[]{{Outcome::absent, "absent"},
                                        {Outcome::cannot_tell, "cannot_tell"},
                                        {Outcome::present, "present"}};

/// Chance that a healthy runner's value lies outside the target band.
double chance_outside(const BandReading& reading, const ReferenceBand& band, double speed_m_s,
                      double leg_m) {
  const auto beyond = [&](double limit) {
    if (std::isnan(limit)) return 0.0;
    const double z = (limit - band.mean_at(speed_m_s, leg_m)) / band.sd_at(speed_m_s, leg_m);
    return 0.5 * std::erfc(std::abs(z) / std::numbers::sqrt2);
  };
  return beyond(reading.low) + beyond(reading.high);
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  return spell<Outcome>(kOutcomes, outcome);
}
Outcome parse_outcome(std::string_view text) {
  return parse_spelling<Outcome>(kOutcomes, "outcome", text);
}

Assessment assess(const MetricTable& table, const StrengthProfile* strength,
                  const AssessOptions& options) {
  if (options.certainty != 0.0 && !(options.certainty >= 0.5 && options.certainty <= 0.999)) {
    throw InvalidArgument("certainty is " + printed(options.certainty) +
                          "; allowed: 0.5 to 0.999, or 0 for the rules' own");
  }
  if (options.max_cues < 0 || options.max_cues > 5) {
    throw InvalidArgument("max_cues is " + std::to_string(options.max_cues) + "; allowed: 0 to 5");
  }
  const auto bands = reference_bands(options.bands_path);
  const auto limits = assess_detail::change_limits(options.limits_path);
  const auto rules = assess_detail::finding_rules(options.rules_path);
  const assess_detail::Evidence evidence{table, strength, bands, limits, rules};
  Assessment out;
  out.table = table;
  if (strength != nullptr) out.strength = *strength;
  for (const auto& rule : rules.rules) {
    out.findings.push_back(assess_detail::judge(rule, evidence, options.certainty));
  }
  const double v = table.context.speed_m_s;
  int graded = 0;
  for (const MetricRow& row : table.rows) {
    if (row.stride != MetricRow::kSummary || std::isnan(row.value)) continue;
    const ReferenceBand* band = find_band(bands, row.metric);
    if (band == nullptr) continue;
    BandReading reading = read_band(*band, row.value, v, table.context.leg_length_m);
    reading.side = to_string(row.side);
    if (row.status != MetricStatus::ok || std::isnan(v)) reading.zone = Zone::none;
    if (reading.zone != Zone::none && row.side == RowSide::both) {
      ++graded;
      out.expected_by_chance += chance_outside(reading, *band, v, table.context.leg_length_m);
    }
    out.readings.push_back(std::move(reading));
  }
  if (graded > 0) {
    out.notes.push_back({"chance",
                         "of " + std::to_string(graded) + " graded metrics about " +
                             std::to_string(std::lround(out.expected_by_chance)) +
                             " lie outside green in a healthy runner by chance",
                         false});
  }
  if (v < 2.0 || v > 5.0) {
    out.notes.push_back({"speed", "reference bands are known between 2 and 5 m/s", true});
  }
  out.plan = assess_detail::plan_for(out.findings, options.max_cues, options.plan_path);
  return out;
}

}  // namespace runmech
