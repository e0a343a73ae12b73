// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/assess/session.hpp"

namespace runmech {

/// What a difference between two sessions is worth: RCI = difference / its SD (metrics 0.6).
enum class ChangeVerdict : std::uint8_t {
  not_comparable,
  no_detectable_change,  ///< |RCI| < 1
  possible,              ///< 1 to 1.96, or real alone but not among so many comparisons
  real_change_toward,    ///< real, and nearer to or inside the usual range
  real_change_away,      ///< real, and farther from it
};
[[nodiscard]] std::string_view to_string(ChangeVerdict);

/// Where a change leads, for people: only metrics with limits are graded, since more or less of the
/// others is not better. A value that stays inside its range got neither better nor worse.
enum class ChangeLead : std::uint8_t {
  ungraded,  ///< no limits are known for the metric, or the strength test has no better side
  toward,    ///< nearer to the usual range, or into it
  away,      ///< farther from it
  inside,    ///< in it before and after
  stronger,  ///< strength tests
  weaker,
};
[[nodiscard]] std::string_view to_string(ChangeLead);

/// The reliable change of one value (metrics 0.6; validity 4).
struct ReliableChange {
  double difference = 0.0;
  double sd = 0.0;     ///< of the difference: sqrt(2 SEM^2 + SE_in^2)
  double index = 0.0;  ///< difference / sd
  double p = 0.0;      ///< two-sided
};
/// Means x of n strides with SD s each; `sem` between sessions; `inflation` of s / sqrt(n), since
/// strides of one runner are not independent. Throws InvalidArgument for n < 1 or negative sd, sem
/// or inflation.
[[nodiscard]] ReliableChange reliable_change(double x1, double s1, int n1, double x2, double s2,
                                             int n2, double sem, double inflation);

/// One metric or strength test, one side, two sessions.
struct Change {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  std::string metric;  ///< metric id, or strength test id
  std::string name;
  RowSide side = RowSide::both;
  std::string unit;
  double before = kNaN, before_sd = kNaN;
  double after = kNaN, after_sd = kNaN;
  double difference = kNaN;  ///< after - before, less what the change of speed explains
  double difference_sd = kNaN;
  double by_speed = 0.0;  ///< taken off for the difference in speed
  double index = kNaN;    ///< reliable change index
  double p = kNaN;
  double mdc95 = kNaN;      ///< smallest real difference between two such sessions
  bool worthwhile = false;  ///< at least the smallest change worth having
  int direction = 0;        ///< +1 toward the usual range, -1 away, 0 within it or no range known
  double band_low = kNaN;   ///< usual range at the second speed; NaN = open or not known
  double band_high = kNaN;
  double regression_to_mean =
      kNaN;  ///< change to expect without any cause, where the first value was extreme
  ChangeVerdict verdict = ChangeVerdict::not_comparable;
  ChangeLead lead = ChangeLead::ungraded;  ///< says more than the verdict of a real change
  std::string reason;
};

/// Two sessions of one runner, the earlier first.
struct Reassessment {
  Session baseline;
  Session followup;
  std::vector<Change> changes;   ///< metrics, in the order of the first table
  std::vector<Change> strength;  ///< per test and limb
  bool comparable = true;        ///< false: no metric can be compared, see reasons
  std::vector<std::string> reasons;
  std::vector<Note> notes;
  std::string text;  ///< one or two sentences: how many metrics really changed, and where to
};

/// Data files in place of the embedded ones.
struct CompareOptions {
  std::string limits_path;
  std::string bands_path;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("limits_path", self.limits_path, "file in place of assess/change_limits.json");
    f("bands_path", self.bands_path, "file in place of assess/reference_bands.json");
  }
};

/// What really changed. Sessions are put in the order of their instants. Not comparable: speeds
/// more than 0.30 m/s or 8 % apart or unknown, other surface, view or kind of source; other event
/// rule (for what hangs on event times). Real changes are those with |RCI| >= 1.96 that stand among
/// all comparisons (Benjamini and Hochberg, false discovery rate 10 %). Throws InvalidArgument for
/// one and the same instant twice.
[[nodiscard]] Reassessment compare(const Session& baseline, const Session& followup,
                                   const CompareOptions& options = {});
/// The same of two sessions without dates, names or raw strength trials: the first is the earlier.
[[nodiscard]] Reassessment compare(const Assessment& baseline, const Assessment& followup,
                                   const CompareOptions& options = {});

}  // namespace runmech
