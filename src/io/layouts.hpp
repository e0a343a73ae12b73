// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "people.hpp"

namespace runmech {

/// The order of the points of one pose estimator's output.
struct KeypointLayout {
  std::string_view name;
  std::span<const std::string_view> labels;
  LegPoints legs;
};

/// The layout of `values` numbers per person (3 a point). BODY_25 and BODY_25B have equal length
/// and are told apart by the bodies in `frames`, HALPE_26 must be declared by its name. Throws
/// InvalidArgument naming marker_set where it cannot be told, IoError for an unknown length.
[[nodiscard]] const KeypointLayout& layout_of(std::size_t values, std::string_view declared,
                                              const std::vector<std::vector<Detection>>& frames,
                                              const std::string& path);

}  // namespace runmech
