// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runmech/gait/force_contacts.hpp"
#include "runmech/gait/gait_signals.hpp"

namespace runmech::detail {

/// A contact of a force plate and what tells its foot.
struct Contact {
  ForceContact at;
  double evidence_m = 0.0;  ///< left minus right foot height: > 0 = right foot down
  /// Left minus right distance of the foot to the centre of pressure.
  double cop_evidence_m = std::numeric_limits<double>::quiet_NaN();
  std::optional<Side> named;  ///< by its plate
  Side side = Side::left;
  std::string flag;
};

/// Begin and end, a typical contact away from the other one where the record cuts it.
[[nodiscard]] double from_of(const ForceContact& contact);
[[nodiscard]] double to_of(const ForceContact& contact);

/// The foot a plate is named for: "R_ground_force", "left plate", "ground_force_r", "FP1 (L)".
[[nodiscard]] std::optional<Side> side_in_name(const std::string& name);

/// What heights of the feet and the centre of pressure say of each contact's foot.
void look_at_feet(std::span<Contact> contacts, const std::vector<const ForcePlate*>& plates,
                  const GaitSignals& signals);

/// Sides of one run of contacts, which alternate; flags those that something speaks against.
void choose_sides(std::span<Contact> run);

}  // namespace runmech::detail
