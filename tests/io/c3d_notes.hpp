// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <string_view>

#include "runmech/data/recording.hpp"

namespace runmech::test {

inline bool has_note(const Recording& recording, std::string_view code, std::string_view part) {
  return std::any_of(recording.notes.begin(), recording.notes.end(), [&](const Note& note) {
    return note.code == code && note.text.find(part) != std::string::npos;
  });
}

inline bool has_warning(const Recording& recording, std::string_view code, std::string_view part) {
  return std::any_of(recording.notes.begin(), recording.notes.end(), [&](const Note& note) {
    return note.warning && note.code == code && note.text.find(part) != std::string::npos;
  });
}

}  // namespace runmech::test
