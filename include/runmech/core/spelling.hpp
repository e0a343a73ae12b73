// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "runmech/core/errors.hpp"

namespace runmech {

/// The written form of one enumerator.
template <class E>
using Spelling = std::pair<E, std::string_view>;

template <class E>
[[nodiscard]] std::string_view spell(std::span<const Spelling<E>> names, E value) {
  for (const auto& [key, name] : names) {
    if (key == value) return name;
  }
  return "invalid";
}

/// Throws InvalidArgument with `what`, the text and the allowed words.
template <class E>
[[nodiscard]] E parse_spelling(std::span<const Spelling<E>> names, std::string_view what,
                               std::string_view text) {
  std::string allowed;
  for (const auto& [key, name] : names) {
    if (name == text) return key;
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  }
  throw InvalidArgument(std::string(what) + " is '" + std::string(text) + "'; allowed: " + allowed);
}

}  // namespace runmech
