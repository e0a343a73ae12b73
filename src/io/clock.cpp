// SPDX-License-Identifier: BSD-3-Clause
#include "clock.hpp"

#include <algorithm>
#include <cmath>

#include "runmech/core/errors.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;

constexpr double kLatest_s = 1e10;        // seconds since 1970 are below
constexpr double kShortestStep_s = 1e-7;  // no recorder is faster; nearer stamps are the same one

double median_step(const std::vector<double>& time_s) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < time_s.size(); ++i) steps.push_back(time_s[i] - time_s[i - 1]);
  if (steps.empty()) return 0.0;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

bool increasing_whole_numbers(const std::vector<double>& frame) {
  for (std::size_t i = 0; i < frame.size(); ++i) {
    if (!(std::abs(frame[i]) < 1e9) || frame[i] != std::floor(frame[i])) return false;
    if (i > 0 && frame[i] <= frame[i - 1]) return false;
  }
  return !frame.empty();
}

// Counts from the first row: by frame numbers where they make sense, else by rows.
std::vector<double> counts(Eigen::Index rows, const std::vector<double>& frame) {
  std::vector<double> out(static_cast<std::size_t>(rows));
  const bool numbered = increasing_whole_numbers(frame);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = numbered ? frame[i] - frame[0] : static_cast<double>(i);
  }
  return out;
}

// Times written with few digits (0.000 0.007 0.013 at 150 Hz) jitter by up to half a digit, which
// derivatives would take for motion. Where an even clock explains all of them, use that clock.
void even_out(const ClockSource& source, const std::vector<double>& count, Recording& recording) {
  std::vector<double>& time = recording.time_s;
  if (source.decimals > 5 || time.size() < 10) return;
  const double quantum = std::pow(10.0, -source.decimals);
  const double span = time.back() - time.front();
  double rate = count.back() / span;
  const double slack = rate * 2.0 * quantum / span;
  if (std::abs(source.stated_rate_hz - rate) < slack) {
    rate = source.stated_rate_hz;
  } else if (std::abs(std::round(rate) - rate) < slack) {
    rate = std::round(rate);
  }
  double low = 0.0;
  double high = 0.0;
  for (std::size_t i = 0; i < time.size(); ++i) {
    const double off = time[i] - time[0] - count[i] / rate;
    low = std::min(low, off);
    high = std::max(high, off);
  }
  if (high - low > 1.02 * quantum || high - low < 0.05 * quantum) return;
  const double start = time[0] + (std::abs(low + high) > quantum ? 0.5 * (low + high) : 0.0);
  for (std::size_t i = 0; i < time.size(); ++i) time[i] = start + count[i] / rate;
  recording.note("time", "times rounded to " + decimal(1000.0 * quantum) +
                             " ms were spaced evenly at " + decimal(rate) + " Hz");
}

std::string place_of(const ClockSource& source, std::size_t row) {
  if (row < source.line.size()) return "line " + std::to_string(source.line[row]);
  if (row < source.frame.size()) return "frame " + decimal(source.frame[row]);
  return "row " + std::to_string(row + 1);
}

}  // namespace

std::vector<Eigen::Index> set_clock(const std::string& path, Eigen::Index rows,
                                    const ClockSource& source, Recording& recording) {
  std::vector<Eigen::Index> kept;
  const auto n = static_cast<std::size_t>(rows);
  const auto keep_all = [&] {
    for (Eigen::Index i = 0; i < rows; ++i) kept.push_back(i);
  };
  const auto finite = std::find_if(source.time_s.begin(), source.time_s.end(),
                                   [](double t) { return std::abs(t) < kLatest_s; });
  const double start = finite == source.time_s.end() ? 0.0 : *finite;
  const auto by_rate = [&](double rate, double first) {
    const std::vector<double> count = counts(rows, source.frame);
    for (std::size_t i = 0; i < n; ++i) recording.time_s.push_back(first + count[i] / rate);
    keep_all();
  };
  recording.time_s.clear();
  if (source.given_rate_hz > 0.0) {
    by_rate(source.given_rate_hz, start);
    recording.note("time", "times by the given rate, " + decimal(source.given_rate_hz) + " Hz");
    return kept;
  }
  std::size_t dropped = 0;
  std::size_t first_dropped = 0;
  for (std::size_t i = 0; i < source.time_s.size(); ++i) {
    const double t = source.time_s[i];
    if (std::abs(t) < kLatest_s &&
        (recording.time_s.empty() || t > recording.time_s.back() + kShortestStep_s)) {
      recording.time_s.push_back(t);
      kept.push_back(static_cast<Eigen::Index>(i));
    } else {
      if (dropped++ == 0) first_dropped = i;
    }
  }
  if (recording.time_s.size() < 2 && rows > 1 && source.stated_rate_hz > 0.0) {
    kept.clear();
    recording.time_s.clear();
    by_rate(source.stated_rate_hz, start);
    recording.warn("time", "the times do not advance; times by the stated rate, " +
                               decimal(source.stated_rate_hz) + " Hz, instead");
    return kept;
  }
  if (recording.time_s.empty() || (rows > 1 && recording.time_s.size() < 2)) {
    throw InvalidArgument(path +
                          (finite == source.time_s.end()
                               ? ": holds neither times nor a frame rate; give rate_hz"
                               : ": its times do not advance (" + place_of(source, first_dropped) +
                                     ") and it states no frame rate; give rate_hz"));
  }
  if (dropped > 0) {
    if (10 * dropped > n) {
      throw IoError(path, place_of(source, first_dropped),
                    std::to_string(dropped) + " of " + std::to_string(n) +
                        " times do not advance; give rate_hz to count frames instead");
    }
    recording.warn("time", std::to_string(dropped) +
                               " rows whose time repeats or runs backward were left out");
  } else {
    even_out(source, counts(rows, source.frame), recording);
  }
  const double step = median_step(recording.time_s);
  if (source.stated_rate_hz > 0.0 && step > 0.0 &&
      std::abs(step * source.stated_rate_hz - 1.0) > 0.02) {
    recording.warn("time", "the header states " + decimal(source.stated_rate_hz) +
                               " Hz, the times say " + decimal(1.0 / step) +
                               " Hz; the times were used");
  }
  const auto gaps = [&] {
    std::size_t count = 0;
    for (std::size_t i = 1; i < recording.time_s.size(); ++i) {
      if (recording.time_s[i] - recording.time_s[i - 1] > 1.5 * step) ++count;
    }
    return count;
  }();
  if (gaps > 0) {
    recording.warn("time", "the clock leaps over missing frames at " + std::to_string(gaps) +
                               (gaps == 1 ? " place" : " places"));
  }
  return kept;
}

}  // namespace runmech
