// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/read_options.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include "runmech/core/errors.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;

template <std::size_t N>
void one_of(std::string_view name, std::string_view value,
            const std::array<std::string_view, N>& allowed) {
  std::string list;
  for (const auto word : allowed) {
    if (value == word) return;
    if (!word.empty()) list += (list.empty() ? "" : ", ") + std::string(word);
  }
  throw InvalidArgument(std::string(name) + " is '" + std::string(value) + "'; allowed: " + list +
                        ", or empty");
}

// 0 means "not stated" and is always allowed.
void within(std::string_view name, double value, double low, double high, std::string_view unit) {
  if (value == 0.0 || (value >= low && value <= high)) return;
  throw InvalidArgument(std::string(name) + " is " + decimal(value) + "; allowed: " + decimal(low) +
                        " to " + decimal(high) + " " + std::string(unit));
}

constexpr std::array<std::string_view, 7> kAxes{"", "+x", "-x", "+y", "-y", "+z", "-z"};
constexpr std::array<std::string_view, 6> kUnits{"", "m", "cm", "mm", "in", "ft"};
constexpr std::array<std::string_view, 5> kViews{"", "spatial", "side", "rear", "front"};

}  // namespace

void ReadOptions::validate() const {
  one_of("up", up, kAxes);
  one_of("forward", forward, kAxes);
  one_of("unit", unit, kUnits);
  one_of("view", view, kViews);
  if (!up.empty() && !forward.empty() && up[1] == forward[1]) {
    throw InvalidArgument("up is '" + up + "' and forward is '" + forward +
                          "'; they must be different axes");
  }
  within("rate_hz", rate_hz, 1.0, 10000.0, "Hz");
  within("stature_m", stature_m, 0.5, 2.6, "m");
  within("mass_kg", mass_kg, 5.0, 300.0, "kg");
  within("metres_per_pixel", metres_per_pixel, 1e-5, 0.2, "m");
  within("speed_m_s", speed_m_s, 0.2, 15.0, "m/s");
  if (start_s > end_s) {
    throw InvalidArgument("start_s is " + decimal(start_s) + ", after end_s, " + decimal(end_s));
  }
  if (std::isinf(start_s) || std::isinf(end_s)) {
    throw InvalidArgument("start_s and end_s must be finite; leave them out for the whole file");
  }
  if (person < -1) {
    throw InvalidArgument("person is " + std::to_string(person) +
                          "; allowed: -1 (choose) or 0, 1, ...");
  }
  if (!(min_confidence >= 0.0 && min_confidence <= 1.0)) {
    throw InvalidArgument("min_confidence is " + decimal(min_confidence) + "; allowed: 0 to 1");
  }
}

}  // namespace runmech
