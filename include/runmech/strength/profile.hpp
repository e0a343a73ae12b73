// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/strength_trials.hpp"
#include "runmech/data/subject.hpp"
#include "runmech/strength/symmetry.hpp"

namespace runmech {

/// What is known about one strength test: strength/tests.json. NaN = not known.
struct StrengthTest {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::string id;        ///< hip_abduction, heel_raise, ...
  std::string name;      ///< for people
  std::string quantity;  ///< force, torque, repetitions, time, length
  std::string chain;     ///< hip, knee, calf, trunk, leg
  Sense sense = Sense::strength;
  double mdc_pct = kNaN;    ///< smallest real change between days of one limb, % of the value
  double mdc_units = kNaN;  ///< the same in mdc_unit where the literature states it so
  std::string mdc_unit;
  std::string mdc_source;
  double trial_cv_pct = kNaN;   ///< trial-to-trial CV assumed where trials cannot tell
  double ratio_p10_pct = kNaN;  ///< weaker/stronger below this in 10 % of healthy runners
  std::string norm_unit;        ///< of the five numbers below: %BM, reps, ...
  double norm_mean = kNaN;
  double norm_sd = kNaN;
  double norm_p10 = kNaN;
  double norm_p50 = kNaN;
  double norm_p90 = kNaN;
  std::string norm_population;  ///< who was measured, and the source
};

/// The catalogue; `path` replaces the embedded strength/tests.json. Throws IoError for one that is
/// not so.
[[nodiscard]] std::vector<StrengthTest> strength_tests(const std::string& path = "");

/// One limb in one test. NaN = not available.
struct StrengthLimb {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  int n_trials = 0;     ///< trials listed
  int n_available = 0;  ///< of these, with a value
  double mean = kNaN;   ///< over the available trials: the value every comparison uses
  double best = kNaN;
  double sd = kNaN;          ///< between trials, from two on
  double cv_pct = kNaN;      ///< 100 sd / mean
  double normalised = kNaN;  ///< force as % of body mass, torque in Nm/kg, else as measured
  double error_sd = kNaN;    ///< one SD of the mean's error between days, in `unit` (MDC / 2.772)
  double percentile = kNaN;  ///< of the named norm
  bool weak = false;         ///< below the norm's 10th percentile
  double weak_probability = kNaN;  ///< that the true value lies below it, given error_sd
};

/// How far a left/right difference can be trusted (Exell 2012; Bishop 2021; metrics F3).
enum class AsymmetryVerdict : std::uint8_t {
  not_available,
  none,        ///< within the scatter of the trials
  today_only,  ///< real today, within the error between days
  asymmetric,  ///< beyond both
};
[[nodiscard]] std::string_view to_string(AsymmetryVerdict);

/// Left and right of one test: the means, how they compare, and whether the difference counts.
struct StrengthResult {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  StrengthTest test;
  std::string unit;             ///< of mean, best, sd, error_sd
  std::string normalised_unit;  ///< "%BM", "Nm/kg" or the unit; empty without a body mass
  Sided<StrengthLimb> limb;
  SymmetryIndices indices;        ///< of the two means
  double noise_today_pct = kNaN;  ///< 95 % trial noise of the log-ratio
  double noise_days_pct = kNaN;   ///< MDC of the difference between limbs, %: sqrt(2) x the limb's
  bool gate_cv = false;           ///< 1: |log-ratio| above the larger trial CV
  bool gate_today =
      false;  ///< 2: beyond trial noise (1.96 SE), and Welch where 3 trials a side allow
  bool gate_days = false;  ///< 3: beyond noise_days_pct
  double welch_p = kNaN;
  bool unusual = false;  ///< weaker/stronger below the p10 of healthy runners in this test
  AsymmetryVerdict verdict = AsymmetryVerdict::not_available;
  SymmetryWords words;  ///< at noise_today_pct
  std::string text;     ///< one sentence for reports
};

/// One result per test, in the order the tests appear.
struct StrengthProfile {
  std::vector<StrengthResult> results;
  [[nodiscard]] const StrengthResult* find(std::string_view test) const;
};

/// Left and right of every test in `trials`, with gates, norms and words. Mass (for %BM) from
/// `subject`. Throws InvalidArgument for a negative or infinite value, a trial given twice, an
/// empty test name, or two units in one test that do not convert (kgf and N do). NaN = not
/// available. Unknown tests are taken with default noise and no norm.
[[nodiscard]] StrengthProfile strength_profile(const StrengthTrials& trials,
                                               const Subject& subject = {},
                                               const std::string& tests_path = "");

/// Welch's two-sample t test, two-sided. NaN with fewer than two values a side or no spread at all.
struct WelchTest {
  double t = 0.0;
  double degrees_of_freedom = 0.0;
  double p = 0.0;
};
/// Welch (1947), of the difference mean(a) - mean(b).
[[nodiscard]] WelchTest welch_test(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace runmech
