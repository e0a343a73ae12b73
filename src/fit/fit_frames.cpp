// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "fit_steps.hpp"
#include "runmech/core/log.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Eigen::Index kLogEvery = 100;  // frames
constexpr double kSeldomDetermined =
    0.2;  // share of usable frames below which a coordinate is missing

/// Usable frames that lack no marker: what they do not determine, no gap excuses.
std::vector<Eigen::Index> full_frames(const Motion& motion) {
  int most = 0;
  std::vector<Eigen::Index> out;
  for (Eigen::Index i = 0; i < motion.frame_coordinates.rows(); ++i) {
    const int used = motion.quality[i].n_used;
    if (used < most || motion.frame_coordinates.row(i).array().isNaN().all()) continue;
    if (used > most) out.clear();
    most = used;
    out.push_back(i);
  }
  return out;
}

}  // namespace

FramePass fit_frames(const Recording& recording, const Columns& columns, const FitOptions& options,
                     const LostMarkers& lost, ResidualTracks* tracks, const Progress& progress,
                     Motion& out) {
  FrameFitter fitter(out.skeleton, out.coordinate_status, options.frame, out.view);
  const auto& free = fitter.equations().free_coordinates();
  const Eigen::Index n = recording.n_frames();
  FramePass pass;
  pass.lacking = lacking_markers(recording, columns);
  pass.weight.setZero(n, out.skeleton.n_coordinates());
  out.frame_coordinates.setConstant(n, out.skeleton.n_coordinates(), kNaN);
  out.quality.resize(n);
  std::vector<double> measured(3 * columns.size(), kNaN);
  MarkerTally tally(out.skeleton);
  Reporter tell(progress, "fitting poses");
  for (Eigen::Index i = 0; i < n; ++i) {
    tell(kFrameShare * static_cast<double>(i) / static_cast<double>(n));
    if (i > 0 && i % kLogEvery == 0) {
      log(LogLevel::debug, "fit: frame " + std::to_string(i) + " of " + std::to_string(n));
    }
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (!columns[k]) continue;
      for (int x = 0; x < 3; ++x)
        measured[3 * k + x] = recording.positions_m(i, 3 * *columns[k] + x);
    }
    const FramePose& pose = fitter.fit(measured.data(), recording.time_s[i], lost.in(i));
    out.quality[i] = pose.quality;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const auto r = fitter.equations().residuals_m().col(static_cast<Eigen::Index>(k));
      tally.add(k, fitter.robust_weight_of(k), r.squaredNorm());
    }
    if (!pose.usable) continue;
    if (tracks != nullptr) tracks->note(i, fitter);
    for (std::size_t f = 0; f < free.size(); ++f) {
      const int j = free[f];
      if (!pose.determined[j]) continue;
      out.frame_coordinates(i, j) = pose.coordinates[j];
      pass.weight(i, j) = 1.0 / fitter.variance()[static_cast<Eigen::Index>(f)];
    }
    pass.squares += fitter.weighted_squares();
    pass.freedom += fitter.degrees_of_freedom();
  }
  pass.markers = tally.lines();
  return pass;
}

void settle_coordinates(const FramePass& pass, Motion& out) {
  const double factor = pass.freedom > 0 ? pass.squares / static_cast<double>(pass.freedom) : kNaN;
  const auto usable =
      static_cast<double>((!out.frame_coordinates.array().isNaN()).rowwise().any().count());
  const std::vector<Eigen::Index> full = full_frames(out);
  out.coordinate_sd.assign(out.skeleton.n_coordinates(), kNaN);
  std::vector<std::string> missing;
  for (int j = 0; j < out.skeleton.n_coordinates(); ++j) {
    auto& status = out.coordinate_status[j];
    if (status == CoordinateStatus::observed) {
      std::vector<double> variances;
      for (Eigen::Index i = 0; i < pass.weight.rows(); ++i) {
        if (pass.weight(i, j) > 0.0) variances.push_back(1.0 / pass.weight(i, j));
      }
      const auto not_even_there = std::count_if(
          full.begin(), full.end(), [&](Eigen::Index i) { return !(pass.weight(i, j) > 0.0); });
      if (static_cast<double>(variances.size()) <= kSeldomDetermined * usable ||
          2 * not_even_there > static_cast<std::ptrdiff_t>(full.size())) {
        status = CoordinateStatus::undetermined;
        out.frame_coordinates.col(j).setConstant(kNaN);
      } else {
        const auto middle = variances.begin() + static_cast<std::ptrdiff_t>(variances.size() / 2);
        std::nth_element(variances.begin(), middle, variances.end());
        out.coordinate_sd[j] = std::sqrt(factor * *middle);
      }
    }
    if (status == CoordinateStatus::undetermined)
      missing.push_back(out.skeleton.coordinates[j].name);
  }
  for (std::size_t i = 0; i < out.quality.size(); ++i) {
    if (out.quality[i].status != FrameStatus::few_markers) continue;
    bool complete = true;
    bool any = false;
    for (int j = 0; j < out.skeleton.n_coordinates(); ++j) {
      if (out.coordinate_status[j] != CoordinateStatus::observed) continue;
      const bool known = !std::isnan(out.frame_coordinates(static_cast<Eigen::Index>(i), j));
      complete = complete && known;
      any = any || known;
    }
    if (complete && any) out.quality[i].status = FrameStatus::ok;
  }
  if (!missing.empty()) {
    out.notes.push_back({"undetermined", "the markers do not determine " + listed(missing), true});
  }
}

}  // namespace runmech
