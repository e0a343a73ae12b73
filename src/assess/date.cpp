// SPDX-License-Identifier: BSD-3-Clause
#include <charconv>
#include <chrono>

#include "runmech/assess/session.hpp"

namespace runmech {
namespace {

/// Reads digits off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  /// Exactly `n` digits, or -1.
  int digits(std::size_t n) {
    if (rest_.size() < n) return -1;
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + n, value);
    if (error != std::errc() || end != rest_.data() + n || value < 0) return -1;
    rest_.remove_prefix(n);
    return value;
  }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_fraction() {
    if (!take('.') && !take(',')) return;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  void skip_blanks() {
    while (take(' ')) {
    }
  }

 private:
  std::string_view rest_;
};

std::string_view trimmed_text(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// Seconds east of UTC, where the rest is Z or an offset.
std::optional<int> offset_of(Reader reader) {
  if (reader.take('Z') || reader.take('z')) {
    return reader.rest().empty() ? std::optional(0) : std::nullopt;
  }
  const int sign = reader.take('+') ? 1 : reader.take('-') ? -1 : 0;
  const int hours = sign == 0 ? -1 : reader.digits(2);
  if (hours < 0 || hours > 18) return std::nullopt;
  int minutes = 0;
  if (!reader.rest().empty()) {
    reader.take(':');
    minutes = reader.digits(2);
  }
  if (minutes < 0 || minutes > 59 || !reader.rest().empty()) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

}  // namespace

SessionDate parse_session_date(std::string_view given) {
  SessionDate out;
  out.text = trimmed_text(given);
  if (out.text.empty()) {
    out.note = "no date stated";
    return out;
  }
  const auto no_date = [&out] {
    out.note = "not an ISO 8601 date";
    return out;
  };
  Reader reader(out.text);
  const int year = reader.digits(4);
  if (year < 0 || !reader.take('-')) return no_date();
  const int month = reader.digits(2);
  if (month < 0 || !reader.take('-')) return no_date();
  const int day = reader.digits(2);
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day < 0 ? 0 : day))};
  if (!date.ok()) return no_date();
  std::int64_t clock = std::int64_t{86400} * std::chrono::sys_days(date).time_since_epoch().count();
  if (!reader.rest().empty()) {
    if (!reader.take('T') && !reader.take('t') && !reader.take(' ')) return no_date();
    const int hour = reader.digits(2);
    if (hour < 0 || hour > 24 || !reader.take(':')) return no_date();
    const int minute = reader.digits(2);
    if (minute < 0 || minute > 59) return no_date();
    int second = 0;
    if (reader.take(':')) second = reader.digits(2);
    if (second < 0 || second > 60) return no_date();
    reader.skip_fraction();
    clock += hour * 3600 + minute * 60 + second;
    out.has_time = true;
  }
  out.day = out.text.substr(0, 10);
  out.clock_s = clock;
  reader.skip_blanks();
  if (reader.rest().empty()) {
    if (out.has_time) out.note = "no zone";
    return out;
  }
  if (const auto offset = offset_of(reader)) {
    out.instant_s = clock - *offset;
  } else {
    out.note = "zone '" + std::string(reader.rest()) + "' is not resolved";
  }
  return out;
}

std::optional<int> order_of(const SessionDate& a, const SessionDate& b) {
  const auto sign = [](std::int64_t x, std::int64_t y) { return x < y ? -1 : x > y ? 1 : 0; };
  if (a.instant_s && b.instant_s) return sign(*a.instant_s, *b.instant_s);
  if (!a.clock_s || !b.clock_s) return std::nullopt;
  if (a.day != b.day) return a.day < b.day ? -1 : 1;
  // One day, and an unknown zone or hour in it.
  if (a.has_time && b.has_time && !a.instant_s && !b.instant_s && a.text != b.text) {
    return sign(*a.clock_s, *b.clock_s) == 0 ? std::nullopt
                                             : std::optional(sign(*a.clock_s, *b.clock_s));
  }
  return std::nullopt;
}

}  // namespace runmech
