// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/data/recording.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"

namespace runmech {
namespace {

double median_step(const std::vector<double>& time_s) {
  if (time_s.size() < 2) return 0.0;
  std::vector<double> steps(time_s.size() - 1);
  for (std::size_t i = 0; i + 1 < time_s.size(); ++i) steps[i] = time_s[i + 1] - time_s[i];
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

double rate_of(const std::vector<double>& time_s) {
  const double step = median_step(time_s);
  return step > 0.0 ? 1.0 / step : 0.0;
}

constexpr double kTimeSlack_s = 1e-6;  // file times are decimal; doubles of them are not exact

std::pair<Eigen::Index, Eigen::Index> range_of(const std::vector<double>& time_s, double start_s,
                                               double end_s) {
  const auto first = std::lower_bound(time_s.begin(), time_s.end(), start_s - kTimeSlack_s);
  const auto last = std::upper_bound(first, time_s.end(), end_s + kTimeSlack_s);
  return {first - time_s.begin(), last - first};
}

}  // namespace

double ForcePlate::rate_hz() const {
  return rate_of(time_s);
}
double Recording::rate_hz() const {
  return rate_of(time_s);
}

std::optional<Eigen::Index> Recording::index_of(std::string_view label) const {
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) return std::nullopt;
  return found - labels.begin();
}

Points Recording::track(std::string_view label) const {
  const auto index = index_of(label);
  if (!index) throw InvalidArgument("no point is labelled '" + std::string(label) + "'");
  return positions_m.middleCols(3 * *index, 3);
}

void Recording::validate() const {
  const auto fail = [](const std::string& what) { throw InvalidArgument("recording: " + what); };
  if (positions_m.rows() != n_frames() || positions_m.cols() != 3 * n_points()) {
    fail("positions_m is " + std::to_string(positions_m.rows()) + " x " +
         std::to_string(positions_m.cols()) + ", but " + std::to_string(n_frames()) +
         " times and " + std::to_string(n_points()) + " labels ask for " +
         std::to_string(n_frames()) + " x " + std::to_string(3 * n_points()));
  }
  if (confidence.size() != 0 &&
      (confidence.rows() != n_frames() || confidence.cols() != n_points())) {
    fail("confidence must be n_frames x n_points or empty");
  }
  for (std::size_t i = 0; i < time_s.size(); ++i) {
    if (!std::isfinite(time_s[i])) fail("time_s[" + std::to_string(i) + "] is not finite");
    if (i > 0 && time_s[i] <= time_s[i - 1]) {
      fail("time_s must increase, but time_s[" + std::to_string(i) +
           "] = " + printed("%.6f follows %.6f", time_s[i], time_s[i - 1]));
    }
  }
  std::unordered_set<std::string_view> seen;
  for (const auto& label : labels) {
    if (label.empty()) fail("a label is empty");
    if (!seen.insert(label).second) fail("label '" + label + "' occurs twice");
  }
  if (positions_m.array().isInf().any()) fail("positions_m holds an infinite value");
  if (speed_m_s && !(*speed_m_s > 0.0 && *speed_m_s < 15.0)) {
    fail("speed_m_s is " + printed(*speed_m_s) + "; allowed: between 0 and 15");
  }
}

Recording trimmed(const Recording& recording, double start_s, double end_s) {
  const auto [first, count] = range_of(recording.time_s, start_s, end_s);
  if (count == 0) {
    throw InvalidArgument("no frame lies between " + printed(start_s) + " and " + printed(end_s) +
                          " s");
  }
  Recording out = recording;
  out.time_s.assign(recording.time_s.begin() + first, recording.time_s.begin() + first + count);
  out.positions_m = recording.positions_m.middleRows(first, count);
  if (recording.confidence.size() != 0) {
    out.confidence = recording.confidence.middleRows(first, count);
  }
  for (auto& plate : out.plates) {
    const auto [from, n] = range_of(plate.time_s, start_s, end_s);
    plate.time_s =
        std::vector<double>(plate.time_s.begin() + from, plate.time_s.begin() + from + n);
    plate.force_n = ForcePlate::Series(plate.force_n.middleRows(from, n));
    if (plate.cop_m.rows() != 0) plate.cop_m = ForcePlate::Series(plate.cop_m.middleRows(from, n));
    if (plate.free_moment_nm.size() != 0) {
      plate.free_moment_nm = Eigen::VectorXd(plate.free_moment_nm.segment(from, n));
    }
  }
  std::erase_if(out.events, [&](const FileEvent& e) {
    return e.time_s < start_s - kTimeSlack_s || e.time_s > end_s + kTimeSlack_s;
  });
  return out;
}

}  // namespace runmech
