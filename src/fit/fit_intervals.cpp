// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>

#include "fit_steps.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"

namespace runmech {
namespace {

constexpr double kWeakShare = 0.15;  // of the range; these are our choices
constexpr double kWeak_rad = 2.0 * kDegree;
constexpr double kVeryWeak_rad = 5.0 * kDegree;
constexpr double kWeak_m = 0.02;
constexpr double kVeryWeak_m = 0.05;
constexpr double kWideError_rad = 3.0 * kDegree;
constexpr double kWideError_m = 0.05;

bool observed(const Motion& motion, int j) {
  return motion.coordinate_status[j] == CoordinateStatus::observed;
}

bool refused(FrameStatus status) {
  return status == FrameStatus::high_residual || status == FrameStatus::jump ||
         status == FrameStatus::no_data;
}

bool in_gap(const Motion& motion, int j, std::size_t frame) {
  const double t = motion.time_s[frame];
  return std::any_of(motion.gaps[j].begin(), motion.gaps[j].end(),
                     [t](const TimeSpan& g) { return t > g.start_s && t < g.end_s; });
}

double percentile(std::vector<double>& values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Root mean square of the stated random SD, over at most kLooks frames.
double mean_sd(const Motion& motion, int j) {
  constexpr std::size_t kLooks = 200;
  const std::size_t step = std::max<std::size_t>(1, motion.time_s.size() / kLooks);
  double squares = 0.0;
  int n = 0;
  for (std::size_t i = 0; i < motion.time_s.size(); i += step) {
    const double sd = motion.posterior->sd(j, motion.time_s[i]);
    if (!std::isfinite(sd)) continue;
    squares += sd * sd;
    ++n;
  }
  return n > 0 ? std::sqrt(squares / n) : std::numeric_limits<double>::quiet_NaN();
}

/// Gaps of one coordinate; counts the frames that are bridged.
std::vector<TimeSpan> gaps_of(const Motion& motion, const Known& known, int j, double max_gap_s,
                              int& bridged) {
  std::vector<TimeSpan> gaps;
  const double infinity = std::numeric_limits<double>::infinity();
  double last = -infinity;
  Eigen::Index last_frame = -1;
  for (Eigen::Index i = 0; i < known.rows(); ++i) {
    if (!known(i, j)) continue;
    if (i > last_frame + 1) {
      if (last_frame < 0 || motion.time_s[i] - last > max_gap_s) {
        gaps.push_back({last, motion.time_s[i]});
      } else {
        bridged += static_cast<int>(i - last_frame - 1);
      }
    } else if (last_frame >= 0 && motion.time_s[i] - last > max_gap_s) {
      gaps.push_back({last, motion.time_s[i]});  // the clock itself has a hole
    }
    last = motion.time_s[i];
    last_frame = i;
  }
  if (last < motion.time_s.back()) gaps.push_back({last, infinity});
  return gaps;
}

}  // namespace

Known known_frames(const FramePass& pass, const std::vector<FrameQuality>& before,
                   const Motion& motion) {
  Known out = !motion.frame_coordinates.array().isNaN();
  for (int j = 0; j < out.cols(); ++j) {
    if (!observed(motion, j)) continue;
    const auto incomplete = incomplete_frames(motion.skeleton, pass.lacking, j);
    for (Eigen::Index i = 0; i < out.rows(); ++i) {
      if (refused(motion.quality[i].status)) {
        out(i, j) = false;
      } else if (refused(before[i].status)) {
        out(i, j) = !incomplete[i];
      }
    }
  }
  return out;
}

void find_gaps(const Known& known, double max_gap_s, Motion& out) {
  out.gaps.assign(out.skeleton.n_coordinates(), {});
  std::vector<std::string> bridged_names;
  std::vector<std::string> missing_names;
  for (int j = 0; j < out.skeleton.n_coordinates(); ++j) {
    if (!observed(out, j)) continue;
    const std::string& name = out.skeleton.coordinates[j].name;
    int bridged = 0;
    out.gaps[j] = gaps_of(out, known, j, max_gap_s, bridged);
    if (bridged > 0) bridged_names.push_back(name + " (" + std::to_string(bridged) + " frames)");
    if (!out.gaps[j].empty()) missing_names.push_back(name);
  }
  if (!bridged_names.empty()) {
    out.notes.push_back(
        {"gaps", "short gaps bridged by the smoothing: " + listed(bridged_names), false});
  }
  if (!missing_names.empty()) {
    out.notes.push_back({"gaps",
                         "missing at an end or in a gap longer than " + printed(max_gap_s) +
                             " s: " + listed(missing_names),
                         false});
  }
  for (Eigen::Index i = 0; i < known.rows(); ++i) {
    if (out.quality[i].status != FrameStatus::ok) continue;
    for (int j = 0; j < known.cols(); ++j) {
      if (observed(out, j) && !known(i, j)) out.quality[i].status = FrameStatus::few_markers;
    }
  }
}

std::vector<FitReport::Interval> find_intervals(const Known& known, const Motion& motion) {
  std::vector<FitReport::Interval> out;
  for (std::size_t i = 0; i < motion.quality.size();) {
    FitReport::Interval interval;
    interval.status = motion.quality[i].status;
    interval.span.start_s = motion.time_s[i];
    std::vector<std::size_t> frames;
    for (; i < motion.quality.size() && motion.quality[i].status == interval.status; ++i) {
      interval.span.end_s = motion.time_s[i];
      frames.push_back(i);
    }
    interval.n_frames = static_cast<int>(frames.size());
    interval.reason = reason_of(known, motion, interval.status, frames);
    for (int j = 0; j < known.cols(); ++j) {
      if (!observed(motion, j)) continue;
      bool some = false;
      bool gone = false;
      for (const std::size_t f : frames) {
        some = some || !known(static_cast<Eigen::Index>(f), j);
        gone = gone || in_gap(motion, j, f);
      }
      const std::string& name = motion.skeleton.coordinates[j].name;
      if (gone) interval.missing.push_back(name);
      if (some && !gone) interval.bridged.push_back(name);
    }
    out.push_back(std::move(interval));
  }
  return out;
}

void find_weak(const FramePass& pass, const Known& known, FitReport& report, Motion& out) {
  std::vector<std::string> weak;
  for (auto& line : report.coordinates) {
    const int j = out.skeleton.coordinate(line.name);
    std::vector<double> sd;
    std::vector<double> value;
    for (Eigen::Index i = 0; i < known.rows(); ++i) {
      if (!known(i, j) || !(pass.weight(i, j) > 0.0)) continue;
      sd.push_back(1.0 / std::sqrt(pass.weight(i, j)));
      value.push_back(out.frame_coordinates(i, j));
    }
    if (sd.empty()) continue;
    const bool rotation = out.skeleton.coordinates[j].rotation;
    line.frame_sd = percentile(sd, 0.5);
    line.range = percentile(value, 0.95) - percentile(value, 0.05);
    line.weakly_observed =
        line.frame_sd > (rotation ? kVeryWeak_rad : kVeryWeak_m) ||
        (line.frame_sd > (rotation ? kWeak_rad : kWeak_m) &&
         line.frame_sd > kWeakShare * line.range) ||
        std::hypot(line.random_sd, line.systematic_sd) > (rotation ? kWideError_rad : kWideError_m);
    if (line.weakly_observed) weak.push_back(line.name);
  }
  if (weak.empty()) return;
  out.notes.push_back({"weak", "barely determined by the markers: " + listed(weak), false});
}

MarkerTally::MarkerTally(const Skeleton& skeleton)
    : squares_(skeleton.markers.size(), 0.0),
      used_(skeleton.markers.size(), 0),
      gap_(skeleton.markers.size(), 0) {
  for (const Marker& marker : skeleton.markers) lines_.push_back({marker.at.name});
}

void MarkerTally::add(std::size_t k, double weight, double squared_m2) {
  gap_[k] = weight > 0.0 ? 0 : gap_[k] + 1;
  lines_[k].longest_gap = std::max(lines_[k].longest_gap, gap_[k]);
  if (weight == 0.0) return;
  ++lines_[k].n_seen;
  if (weight < kUsedWeight) {
    ++lines_[k].n_outliers;
  } else {
    ++used_[k];
    squares_[k] += squared_m2;
  }
}

std::vector<FitReport::MarkerLine> MarkerTally::lines() const {
  auto out = lines_;
  for (std::size_t k = 0; k < out.size(); ++k) {
    out[k].rms_m =
        used_[k] > 0 ? std::sqrt(squares_[k] / used_[k]) : std::numeric_limits<double>::quiet_NaN();
  }
  return out;
}

FitReport frame_report(const FramePass& pass, const Smoothing& smoothing, const Motion& motion) {
  FitReport out;
  out.method = motion.method;
  out.converged = true;
  if (pass.freedom > 0) out.noise = std::sqrt(pass.squares / static_cast<double>(pass.freedom));
  out.markers = pass.markers;
  for (std::size_t k = 0; k < out.markers.size(); ++k) {
    out.markers[k].sigma_m = out.noise * motion.skeleton.markers[k].sigma_m;
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int j = 0; j < motion.skeleton.n_coordinates(); ++j) {
    if (!observed(motion, j)) continue;
    FitReport::CoordinateLine line;
    line.name = motion.skeleton.coordinates[j].name;
    line.smoothing_hz = line.roughest_hz = line.random_sd = line.systematic_sd = nan;
    for (const auto& smoothed : smoothing.lines) {
      if (smoothed.coordinate == j) line.smoothing_hz = line.roughest_hz = smoothed.cutoff_hz;
    }
    if (motion.posterior != nullptr) {
      line.random_sd = mean_sd(motion, j);
    }
    out.coordinates.push_back(std::move(line));
  }
  return out;
}

}  // namespace runmech
