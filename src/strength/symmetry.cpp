// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/strength/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr Spelling<SymmetryStatus> kStatuses[]{
    {SymmetryStatus::ok, "ok"},
    {SymmetryStatus::one_side_zero, "one_side_zero"},
    {SymmetryStatus::both_zero, "both_zero"},
    {SymmetryStatus::opposite_signs, "opposite_signs"},
    {SymmetryStatus::not_available, "not_available"},
};
constexpr Spelling<Sense> kSenses[]{
    {Sense::strength, "strength"}, {Sense::duration, "duration"}, {Sense::size, "size"}};

double ratio(double numerator, double denominator) {
  return denominator == 0.0 ? kNaN : numerator / denominator;
}

SymmetryStatus status_of(double right, double left) {
  if (std::isnan(right) || std::isnan(left)) return SymmetryStatus::not_available;
  if (right == 0.0 && left == 0.0) return SymmetryStatus::both_zero;
  if (right == 0.0 || left == 0.0) return SymmetryStatus::one_side_zero;
  if ((right > 0.0) != (left > 0.0)) return SymmetryStatus::opposite_signs;
  return SymmetryStatus::ok;
}

std::string percent(double value) {
  return printed("%.1f %%", value);
}

}  // namespace

std::string_view to_string(SymmetryStatus status) {
  return spell<SymmetryStatus>(kStatuses, status);
}
std::string_view to_string(Sense sense) {
  return spell<Sense>(kSenses, sense);
}
Sense parse_sense(std::string_view text) {
  return parse_spelling<Sense>(kSenses, "sense", text);
}

double limb_symmetry_index(double involved, double uninvolved) {
  return 100.0 * ratio(involved, uninvolved);
}

double symmetry_index(double right, double left) {
  return 100.0 * ratio(right - left, 0.5 * (right + left));
}

double symmetry_angle(double right, double left) {
  if (right == 0.0 && left == 0.0) return kNaN;
  const double turn = std::numbers::pi / 2;
  double angle = std::numbers::pi / 4 - std::atan2(left, right);
  // A line, not an arrow: directions half a turn apart are the same ratio.
  if (angle > turn) angle -= std::numbers::pi;
  if (angle <= -turn) angle += std::numbers::pi;
  return 100.0 * angle / turn;
}

double log_ratio(double right, double left) {
  if (!(right > 0.0 && left > 0.0)) return kNaN;
  return 100.0 * (std::log(right) - std::log(left));
}

double percent_difference(double right, double left) {
  if (!(right >= 0.0 && left >= 0.0)) return kNaN;
  const auto [weak, strong] = std::minmax(right, left);
  return strong == 0.0 ? kNaN : 100.0 * (1.0 - weak / strong);
}

double bilateral_asymmetry(double dominant, double nondominant) {
  return 100.0 * ratio(dominant - nondominant, dominant + nondominant);
}

SymmetryIndices symmetry(const Sided<double>& values) {
  const double right = values.right;
  const double left = values.left;
  if (std::isinf(right) || std::isinf(left)) {
    throw InvalidArgument(
        "symmetry: a side is infinite; allowed: a finite value, or NaN for missing");
  }
  SymmetryIndices out;
  out.status = status_of(right, left);
  out.difference = right - left;
  const bool ratios =
      out.status == SymmetryStatus::ok || out.status == SymmetryStatus::one_side_zero;
  if (!ratios) {
    out.symmetry_index_pct = out.symmetry_angle_pct = out.log_ratio_pct = kNaN;
    out.smaller_over_larger_pct = out.percent_difference = out.bilateral_pct = kNaN;
    return out;
  }
  // Two negative values (an angle, say) compare by size; the sign keeps "+ = right larger".
  const double flip = right < 0.0 || left < 0.0 ? -1.0 : 1.0;
  const double r = std::abs(right);
  const double l = std::abs(left);
  out.symmetry_index_pct = flip * symmetry_index(r, l);
  out.symmetry_angle_pct = flip * symmetry_angle(r, l);
  out.log_ratio_pct = flip * log_ratio(r, l);
  out.percent_difference = percent_difference(r, l);
  out.smaller_over_larger_pct = 100.0 - out.percent_difference;
  out.bilateral_pct = flip * bilateral_asymmetry(r, l);
  return out;
}

SymmetryWords describe(const Sided<double>& values, Sense sense, double noise_pct) {
  if (!(noise_pct >= 0.0)) {
    throw InvalidArgument("noise_pct is " + printed(noise_pct) + "; allowed: 0 or more");
  }
  SymmetryWords out;
  const SymmetryIndices indices = symmetry(values);
  switch (indices.status) {
    case SymmetryStatus::not_available:
      out.text = "not available: " + std::string(std::isnan(values.right) ? "right" : "left") +
                 (std::isnan(values.right) && std::isnan(values.left) ? " and left sides are"
                                                                      : " side is") +
                 " missing";
      return out;
    case SymmetryStatus::both_zero:
      out.text = "undefined: both sides are zero";
      return out;
    case SymmetryStatus::opposite_signs:
      out.text = "undefined: the sides have opposite signs, only their difference means something";
      return out;
    case SymmetryStatus::ok:
    case SymmetryStatus::one_side_zero:
      break;
  }
  const double size =
      indices.status == SymmetryStatus::one_side_zero ? 100.0 : std::abs(indices.log_ratio_pct);
  out.different = size > noise_pct;
  if (!out.different) {
    out.text = "no difference beyond " + percent(noise_pct);
    return out;
  }
  const Side more = indices.difference > 0.0 ? Side::right : Side::left;
  out.side = sense == Sense::strength ? opposite(more) : more;
  out.word = sense == Sense::strength ? "weaker" : sense == Sense::duration ? "longer" : "larger";
  // Said of the named side against the other: "weaker by 11 %" of the stronger, "longer by 13 %" of
  // the shorter.
  const double shrink = indices.percent_difference;
  const double by = sense == Sense::strength || shrink >= 100.0
                        ? shrink
                        : 100.0 * (100.0 / (100.0 - shrink) - 1.0);
  out.text = std::string(to_string(out.side)) + " " + out.word + " by " + percent(by);
  return out;
}

}  // namespace runmech
