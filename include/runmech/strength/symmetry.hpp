// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runmech/core/names.hpp"

namespace runmech {

// Plain index formulas. Every signed one is + when the right (or the first-named) side is larger;
// all return NaN, never an infinity, where the formula has no value.

/// Limb symmetry index 100 involved / uninvolved, %, 100 = equal. Not clipped: 125 is an answer.
[[nodiscard]] double limb_symmetry_index(double involved, double uninvolved);

/// Symmetry index 100 (R - L) / mean(R, L), % (Robinson 1987). -200..200 for values of one sign;
/// beyond that where the signs differ, which symmetry() refuses.
[[nodiscard]] double symmetry_index(double right, double left);

/// Symmetry angle (45 deg - atan2(L, R)) / 90 deg, %, wrapped to -100..100 (Zifchock 2008).
[[nodiscard]] double symmetry_angle(double right, double left);

/// 100 ln(R / L), %: antisymmetric and additive. Needs two positive values.
[[nodiscard]] double log_ratio(double right, double left);

/// 100 (1 - weaker / stronger), %, 0..100, no direction (Bishop 2018). For values >= 0.
[[nodiscard]] double percent_difference(double right, double left);

/// 100 (D - ND) / (D + ND), %, -100..100 for values >= 0 (bilateral asymmetry index 1, Bishop
/// 2018). The only index here that depends on dominance; it never enters a left/right number.
[[nodiscard]] double bilateral_asymmetry(double dominant, double nondominant);

/// Why an index of a pair is or is not there.
enum class SymmetryStatus : std::uint8_t {
  ok,
  one_side_zero,   ///< bounded indices stand, the log-ratio does not exist
  both_zero,       ///< undefined
  opposite_signs,  ///< ratios of such values mean nothing: only the difference stands
  not_available,   ///< a side is missing (NaN)
};
[[nodiscard]] std::string_view to_string(SymmetryStatus);

/// All indices of one left/right pair of a ratio-scaled quantity; NaN where undefined.
struct SymmetryIndices {
  SymmetryStatus status = SymmetryStatus::not_available;
  double difference = 0.0;               ///< R - L, in the unit of the values
  double symmetry_index_pct = 0.0;       ///< + right larger
  double symmetry_angle_pct = 0.0;       ///< + right larger
  double log_ratio_pct = 0.0;            ///< + right larger; the value used inside the library
  double smaller_over_larger_pct = 0.0;  ///< 0..100, the limb symmetry index of reports
  double percent_difference = 0.0;       ///< 0..100
  double bilateral_pct = 0.0;            ///< 100 (R - L) / (R + L), + right larger
};

/// Indices of one pair with the guards: see SymmetryStatus. Throws InvalidArgument for an infinite
/// value.
[[nodiscard]] SymmetryIndices symmetry(const Sided<double>& values);

/// What "more" means, so that words agree with numbers.
enum class Sense : std::uint8_t {
  strength,  ///< more is stronger: the smaller side is "weaker"
  duration,  ///< "longer"
  size,      ///< "larger"
};
[[nodiscard]] std::string_view to_string(Sense);
[[nodiscard]] Sense parse_sense(std::string_view);

/// Which side to name, and how. Text, sign and arrow come from one comparison, so they cannot
/// disagree.
struct SymmetryWords {
  bool different = false;   ///< beyond noise_pct
  Side side = Side::right;  ///< the side the word speaks of; meaningless unless different
  std::string word;         ///< "weaker", "longer", "larger" or ""
  std::string
      text;  ///< "right weaker by 11.3 %", "no difference beyond 4.8 %", "not available", ...
};

/// Words on a left/right pair: the difference counts when |log-ratio| (or, with one side zero, 100
/// %) exceeds noise_pct. Throws InvalidArgument for noise_pct < 0.
[[nodiscard]] SymmetryWords describe(const Sided<double>& values, Sense sense, double noise_pct);

}  // namespace runmech
