// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "runmech/gait/force_contacts.hpp"

namespace runmech::detail {

/// Of the threshold: a dead band beyond it moves events.
inline constexpr double kCut = 0.4;

/// The distance to the nearest other force from the value that the file holds in a twentieth of
/// its samples and more: the band within which it stores a constant (zero, as a rule). 0 = none
/// above 5 N, our choice.
[[nodiscard]] double dead_band(const Eigen::Ref<const Eigen::VectorXd>& raw);

/// How much of the force, as stored, changes fast: RMS during the contacts. NaN where the rate does
/// not show it, and without contacts.
struct FastParts {
  double share;  ///< above 25 Hz, of the usual peak
  double steep;  ///< above 50 Hz, of what is above 25 Hz
};
[[nodiscard]] FastParts fast_parts(const Eigen::VectorXd& raw, std::span<const double> time_s,
                                   double rate_hz, const std::vector<ForceContact>& contacts);

/// Median e-fold time of the rise between 20 and 40 N; NaN where no contact shows it.
[[nodiscard]] double rise_e_fold_s(const Eigen::VectorXd& force, std::span<const double> time_s,
                                   const std::vector<ForceContact>& contacts);

/// Why the record must have been low-passed before it was stored, or empty.
[[nodiscard]] std::string low_passed_reason(const FastParts& fast, double e_fold_s, double rate_hz,
                                            bool running, std::size_t n_contacts, bool banded);

/// Where noise hides the ends of the contacts: each end where a line through the force at `low_n`
/// and 100 N more, 50 and 150 N as a rule, meets zero. Ends that do not show both stay.
void extrapolate_ends(const Eigen::VectorXd& force, std::span<const double> time_s, double low_n,
                      std::vector<ForceContact>& contacts);

}  // namespace runmech::detail
