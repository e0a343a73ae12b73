// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/strength/profile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"
#include "runmech/core/units.hpp"

namespace runmech {
namespace {

constexpr double kNaN = StrengthTest::kNaN;
constexpr double kTwoSided95 = 1.96;
constexpr double kMdcToSem = 1.96 * std::numbers::sqrt2;  // MDC95 = 2.772 SEM
/// Weight of the assumed trial CV against the measured ones, in degrees of freedom (our choice):
/// with two or three trials a side the measured scatter alone is a poor guess of itself.
constexpr double kPriorDegrees = 4.0;

constexpr Spelling<AsymmetryVerdict> kVerdicts[]{
    {AsymmetryVerdict::not_available, "not_available"},
    {AsymmetryVerdict::none, "none"},
    {AsymmetryVerdict::today_only, "today_only"},
    {AsymmetryVerdict::asymmetric, "asymmetric"},
};

/// Kilograms-force in one `unit`, or 0 where it is not a force.
double kgf_per(const std::string& unit) {
  if (unit == "kgf" || unit == "kg") return 1.0;
  if (unit == "N") return 1.0 / kGravity;
  if (unit == "lbf" || unit == "lb") return 0.45359237;
  return 0.0;
}

double in_unit(const StrengthTrial& trial, const std::string& unit) {
  if (trial.unit == unit) return trial.value;
  const double from = kgf_per(trial.unit);
  const double to = kgf_per(unit);
  if (from > 0.0 && to > 0.0) return trial.value * from / to;
  throw InvalidArgument("strength test '" + trial.test + "': trial " + std::to_string(trial.trial) +
                        " (" + std::string(to_string(trial.side)) + ") is in '" + trial.unit +
                        "', others in '" + unit + "'; allowed: one unit, or forces in kgf, N, lbf");
}

void check(const StrengthTrials& trials) {
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const StrengthTrial& trial = trials[i];
    const std::string where = "strength test '" + trial.test + "', " +
                              std::string(to_string(trial.side)) + ", trial " +
                              std::to_string(trial.trial);
    if (trial.test.empty())
      throw InvalidArgument("strength trial " + std::to_string(i) + " has no test name");
    if (trial.value < 0.0 || std::isinf(trial.value)) {
      throw InvalidArgument(where + ": value is " + printed(trial.value) +
                            "; allowed: 0 or more, or NaN for not available");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (trials[j].test == trial.test && trials[j].side == trial.side &&
          trials[j].trial == trial.trial) {
        throw InvalidArgument(where + " is given twice");
      }
    }
  }
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double mdc_of(const StrengthTest& test, const std::string& unit, double mean) {
  if (test.mdc_units > 0.0 && test.mdc_unit == unit) return test.mdc_units;
  return test.mdc_pct > 0.0 ? 0.01 * test.mdc_pct * mean : kNaN;
}

StrengthLimb limb_of(const std::vector<double>& values, const StrengthTest& test,
                     const std::string& unit, double to_normalised) {
  StrengthLimb limb;
  limb.n_trials = static_cast<int>(values.size());
  std::vector<double> seen;
  std::copy_if(values.begin(), values.end(), std::back_inserter(seen),
               [](double v) { return !std::isnan(v); });
  limb.n_available = static_cast<int>(seen.size());
  if (seen.empty()) return limb;
  const double n = static_cast<double>(seen.size());
  double sum = 0.0;
  for (const double v : seen) sum += v;
  limb.mean = sum / n;
  limb.best = test.sense == Sense::duration ? *std::min_element(seen.begin(), seen.end())
                                            : *std::max_element(seen.begin(), seen.end());
  if (seen.size() >= 2) {
    double squares = 0.0;
    for (const double v : seen) squares += (v - limb.mean) * (v - limb.mean);
    limb.sd = std::sqrt(squares / (n - 1.0));
    if (limb.mean > 0.0) limb.cv_pct = 100.0 * limb.sd / limb.mean;
  }
  limb.error_sd = mdc_of(test, unit, limb.mean) / kMdcToSem;
  limb.normalised = limb.mean * to_normalised;
  return limb;
}

void against_norm(StrengthLimb& limb, const StrengthTest& test, double to_normalised) {
  if (std::isnan(limb.normalised)) return;
  if (test.norm_sd > 0.0) {
    limb.percentile = 100.0 * normal_cdf((limb.normalised - test.norm_mean) / test.norm_sd);
  }
  if (test.sense != Sense::strength || std::isnan(test.norm_p10)) return;
  limb.weak = limb.normalised < test.norm_p10;
  const double sd = limb.error_sd * to_normalised;
  if (sd > 0.0) limb.weak_probability = normal_cdf((test.norm_p10 - limb.normalised) / sd);
}

/// 95 % trial noise of the log-ratio, %.
double noise_today(const Sided<StrengthLimb>& limb, double assumed_cv_pct) {
  double weighted = kPriorDegrees * assumed_cv_pct * assumed_cv_pct;
  double degrees = kPriorDegrees;
  double inverse_n = 0.0;
  for (const Side side : kSides) {
    const StrengthLimb& one = limb[side];
    inverse_n += 1.0 / one.n_available;
    if (std::isnan(one.cv_pct)) continue;
    weighted += (one.n_available - 1) * one.cv_pct * one.cv_pct;
    degrees += one.n_available - 1;
  }
  return kTwoSided95 * std::sqrt(weighted / degrees * inverse_n);
}

double noise_days(const StrengthResult& result) {
  // Each limb's error, as a share of its own value; the two are independent.
  double squares = 0.0;
  for (const Side side : kSides) {
    const StrengthLimb& one = result.limb[side];
    const double share = one.error_sd / one.mean;
    squares += share * share;
  }
  return 100.0 * kMdcToSem * std::sqrt(squares);
}

// The log-ratio's error on the scale of the words beside it: "weaker by" shrinks, "longer by"
// grows.
double noise_as_said(const StrengthResult& result) {
  const double log_ratio = result.noise_days_pct / 100.0;
  return 100.0 *
         (result.test.sense == Sense::strength ? -std::expm1(-log_ratio) : std::expm1(log_ratio));
}

std::string sentence(const StrengthResult& result) {
  if (result.verdict == AsymmetryVerdict::not_available) return result.words.text;
  if (result.verdict == AsymmetryVerdict::none) return result.words.text + " (trial scatter)";
  std::string out = result.words.text + " today";
  if (std::isnan(result.noise_days_pct)) {
    return out +
           "; the error between days of this test is not known, so one session cannot tell more";
  }
  if (result.verdict == AsymmetryVerdict::today_only) {
    if (result.gate_days) return out + ", but the trials scatter as much: measure again";
    return out + printed(", within the error between days (%.0f %%): measure again",
                         noise_as_said(result));
  }
  out += printed(", beyond the error between days (%.0f %%)", noise_as_said(result));
  if (result.unusual) out += "; fewer than 10 % of healthy runners differ as much";
  return out;
}

void judge(StrengthResult& result, const Sided<std::vector<double>>& values, std::size_t n_tests) {
  const StrengthLimb& left = result.limb.left;
  const StrengthLimb& right = result.limb.right;
  result.indices = symmetry({left.mean, right.mean});
  const bool comparable = result.indices.status == SymmetryStatus::ok ||
                          result.indices.status == SymmetryStatus::one_side_zero;
  if (!comparable) {
    result.words = describe({left.mean, right.mean}, result.test.sense, 0.0);
    result.text = sentence(result);
    return;
  }
  const double size = result.indices.status == SymmetryStatus::one_side_zero
                          ? 100.0
                          : std::abs(result.indices.log_ratio_pct);
  result.noise_today_pct = noise_today(result.limb, result.test.trial_cv_pct);
  result.noise_days_pct = noise_days(result);
  const auto or_zero = [](double v) { return std::isnan(v) ? 0.0 : v; };
  result.gate_cv = size > std::max(or_zero(left.cv_pct), or_zero(right.cv_pct));
  result.gate_today = size > result.noise_today_pct;
  const WelchTest welch = welch_test(values.right, values.left);
  result.welch_p = welch.p;
  if (left.n_available >= 3 && right.n_available >= 3 && !std::isnan(welch.p)) {
    result.gate_today = result.gate_today && welch.p < 0.05 / static_cast<double>(n_tests);
  }
  result.gate_days = size > result.noise_days_pct;
  result.unusual = result.indices.smaller_over_larger_pct < result.test.ratio_p10_pct;
  result.words = describe({left.mean, right.mean}, result.test.sense, result.noise_today_pct);
  if (!result.words.different) {
    result.verdict = AsymmetryVerdict::none;
  } else {
    result.verdict = result.gate_cv && result.gate_today && result.gate_days
                         ? AsymmetryVerdict::asymmetric
                         : AsymmetryVerdict::today_only;
  }
  result.text = sentence(result);
}

StrengthResult result_of(const std::string& id, const StrengthTrials& trials,
                         const StrengthTest& test, const Subject& subject, std::size_t n_tests) {
  StrengthResult result;
  result.test = test;
  if (result.test.id.empty()) {
    result.test.id = id;
    result.test.name = id;
  }
  Sided<std::vector<double>> listed;
  Sided<std::vector<double>> seen;
  for (const StrengthTrial& trial : trials) {
    if (trial.test != id) continue;
    if (result.unit.empty()) result.unit = trial.unit;
    double value = in_unit(trial, result.unit);
    if (trial.value == kNoValue) value = kNaN;
    listed[trial.side].push_back(value);
    if (!std::isnan(value)) seen[trial.side].push_back(value);
  }
  double to_normalised = kNaN;
  const double kgf = kgf_per(result.unit);
  const bool torque = result.unit == "Nm";
  if (kgf == 0.0 && !torque) {
    to_normalised = 1.0;
    result.normalised_unit = result.unit;
  } else if (subject.mass_kg > 0.0) {
    to_normalised = (torque ? 1.0 : 100.0 * kgf) / subject.mass_kg;
    result.normalised_unit = torque ? "Nm/kg" : "%BM";
  }
  for (const Side side : kSides) {
    StrengthLimb limb = limb_of(listed[side], test, result.unit, to_normalised);
    if (!test.norm_unit.empty() && test.norm_unit == result.normalised_unit) {
      against_norm(limb, test, to_normalised);
    }
    result.limb[side] = limb;
  }
  judge(result, seen, n_tests);
  return result;
}

}  // namespace

std::string_view to_string(AsymmetryVerdict v) {
  return spell<AsymmetryVerdict>(kVerdicts, v);
}

const StrengthResult* StrengthProfile::find(std::string_view test) const {
  for (const auto& result : results) {
    if (result.test.id == test) return &result;
  }
  return nullptr;
}

StrengthProfile strength_profile(const StrengthTrials& trials, const Subject& subject,
                                 const std::string& tests_path) {
  check(trials);
  subject.validate();
  const auto catalogue = strength_tests(tests_path);
  std::vector<std::string> order;
  for (const auto& trial : trials) {
    if (std::find(order.begin(), order.end(), trial.test) == order.end())
      order.push_back(trial.test);
  }
  StrengthProfile profile;
  for (const auto& id : order) {
    const auto known = std::find_if(catalogue.begin(), catalogue.end(),
                                    [&](const StrengthTest& t) { return t.id == id; });
    const StrengthTest& test = known != catalogue.end() ? *known : catalogue.back();
    profile.results.push_back(result_of(id, trials, test, subject, order.size()));
  }
  return profile;
}

}  // namespace runmech
