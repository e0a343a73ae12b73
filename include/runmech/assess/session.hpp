// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runmech/assess/assess.hpp"
#include "runmech/data/strength_trials.hpp"
#include "runmech/data/subject.hpp"

namespace runmech {

/// When a session took place. Computed from its text alone: never from the machine's clock or zone.
struct SessionDate {
  std::string text;  ///< as stated
  std::string day;   ///< YYYY-MM-DD on the session's own clock; empty = no date in the text
  std::optional<std::int64_t>
      clock_s;  ///< seconds since 1970 of the wall clock; a day alone is its midnight
  std::optional<std::int64_t> instant_s;  ///< the same in UTC, where an offset or Z is stated
  bool has_time = false;
  std::string note;  ///< "no zone", "no date stated", ... or empty
};

/// Reads YYYY-MM-DD, with a time behind T or a blank, and Z or an offset (+02:00, +0200, +02). A
/// zone name
/// ("Europe/Berlin") is kept in the text but not resolved: the wall clock then orders.
/// A text that is no date is no error: day is empty and note says so.
[[nodiscard]] SessionDate parse_session_date(std::string_view text);

/// Negative, zero or positive as a came before, with or after b; nullopt where it cannot be told.
[[nodiscard]] std::optional<int> order_of(const SessionDate& a, const SessionDate& b);

/// One visit of one runner: all that a comparison needs.
struct Session {
  static constexpr int kFormat = 1;
  int format = kFormat;
  std::string library_version;
  std::string date;  ///< ISO 8601, see parse_session_date; may be empty
  Subject subject;
  std::vector<std::string> sources;  ///< the recordings, for people
  StrengthTrials strength;           ///< as measured
  Assessment assessment;             ///< with the metric table
};

/// Strict JSON: a number that is none becomes null.
[[nodiscard]] std::string session_to_json(const Session& session);
/// Throws IoError naming `shown_as` and the place for what is not such a JSON, is cut short, or has
/// a newer format.
[[nodiscard]] Session session_from_json(std::string_view json,
                                        const std::string& shown_as = "session");

/// Writes beside the path first, so that a cut file never bears the name. Throws IoError.
void write_session(const Session& session, const std::filesystem::path& path);
/// Also gzipped. Throws IoError with path, place and reason.
[[nodiscard]] Session read_session(const std::filesystem::path& path);

}  // namespace runmech
