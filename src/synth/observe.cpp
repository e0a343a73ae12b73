// SPDX-License-Identifier: BSD-3-Clause
// From exact points to a recording: where they sit, what is seen of them, and with which errors.
#include "observe.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "random.hpp"
#include "runmech/skeleton/nominal.hpp"

namespace runmech::synth {
namespace {

constexpr double kLegShareOfStature = 0.491;  // thigh and shank, Drillis & Contini 1966
constexpr double kVideoRate_hz = 30.0;        // of SyntheticNoise::jitter_correlation
constexpr double kStatureInPicture_px = 650.0;
constexpr double kConfidence = 0.9;

/// Runs of missing frames: starts at random, lengths exponential, `share` of the time in all.
std::vector<bool> gaps(Random& random, Eigen::Index n, double share, double mean_frames) {
  std::vector<bool> out(static_cast<std::size_t>(n), false);
  if (share <= 0.0) return out;
  const double stop = 1.0 / std::max(1.0, mean_frames);
  const double start = std::min(1.0, stop * share / (1.0 - share));
  bool missing = random.uniform() < share;
  for (Eigen::Index i = 0; i < n; ++i) {
    out[static_cast<std::size_t>(i)] = missing;
    missing = missing ? random.uniform() >= stop : random.uniform() < start;
  }
  return out;
}

/// Adds AR(1) noise of SD `sd`, neighbours correlated by `rho`, to one column.
template <class Column>
void add_correlated(Column&& column, Random& random, double sd, double rho) {
  double e = random.normal();
  for (Eigen::Index i = 0; i < column.size(); ++i) {
    column[i] += sd * e;
    e = rho * e + std::sqrt(1.0 - rho * rho) * random.normal();
  }
}

const MarkerDef* find(const MarkerSet& set, const std::string& label) {
  const auto found = std::find_if(set.markers.begin(), set.markers.end(),
                                  [&](const MarkerDef& def) { return def.label == label; });
  return found == set.markers.end() ? nullptr : &*found;
}

}  // namespace

void attach_points(Skeleton& skeleton, const MarkerSet& set, const SyntheticOptions& options) {
  attach_markers(skeleton, set, true);
  std::erase_if(skeleton.markers, [&](const Marker& marker) {
    const MarkerDef* def = find(set, marker.at.name);
    return def == nullptr || def->computed;
  });
  for (const MarkerDef& def : set.markers) {
    if (def.computed || skeleton.find_marker(def.label)) continue;
    const auto landmark =
        std::find_if(skeleton.landmarks.begin(), skeleton.landmarks.end(),
                     [&](const BodyPoint& point) { return point.name == def.landmark; });
    if (landmark == skeleton.landmarks.end()) continue;
    skeleton.markers.push_back({{def.label, landmark->segment, landmark->local_m}, def.sigma_m});
  }
  if (set.keypoints) return;
  for (Marker& marker : skeleton.markers) {
    Random random(options.seed, "placement " + marker.at.name);
    for (double& x : marker.at.local_m) x += options.noise.placement_m * random.normal();
  }
}

std::vector<std::string> labels_of(const Skeleton& skeleton, const MarkerSet& set, bool standing) {
  std::vector<std::string> out;
  for (const Marker& marker : skeleton.markers) {
    const MarkerDef* def = find(set, marker.at.name);
    if (standing || def == nullptr || !def->static_only) out.push_back(marker.at.name);
  }
  return out;
}

void observe(Recording& recording, const MarkerSet& set, const SyntheticOptions& options,
             std::string_view occasion) {
  const SyntheticNoise& noise = options.noise;
  const double rate_hz = recording.rate_hz();
  const Eigen::Index n = recording.n_frames();
  FrameMatrix& positions = recording.positions_m;
  for (std::size_t p = 0; p < recording.labels.size(); ++p) {
    const std::string& label = recording.labels[p];
    const MarkerDef* def = find(set, label);
    const auto stream = [&](const char* what) {
      return Random(options.seed, std::string(occasion) + " " + what + " " + label);
    };
    Random white = stream("white");
    Random soft = stream("soft");
    Random jitter = stream("jitter");
    Random gap = stream("gap");
    Random wild = stream("outlier");
    const auto first = static_cast<Eigen::Index>(3 * p);
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      auto column = positions.col(first + axis);
      if (set.keypoints) {
        add_correlated(column, jitter,
                       noise.jitter_share_of_leg * kLegShareOfStature * options.stature_m,
                       std::pow(noise.jitter_correlation, kVideoRate_hz / rate_hz));
        continue;
      }
      if (noise.soft_tissue_m > 0.0 && def != nullptr && def->kind == MarkerKind::skin) {
        add_correlated(column, soft, noise.soft_tissue_m,
                       std::exp(-1.0 / (rate_hz * noise.soft_tissue_time_s)));
      }
      for (Eigen::Index i = 0; i < n; ++i) column[i] += noise.white_m * white.normal();
    }
    const std::vector<bool> missing =
        gaps(gap, n, noise.dropout_share, noise.dropout_time_s * rate_hz);
    for (Eigen::Index i = 0; i < n; ++i) {
      if (noise.outlier_share > 0.0 && wild.uniform() < noise.outlier_share) {
        for (Eigen::Index axis = 0; axis < 3; ++axis) {
          positions(i, first + axis) += noise.outlier_m * wild.normal();
        }
      }
    }
    const double unseen = 0.0;
    if (recording.view == View::side) positions.col(first + 2).setConstant(unseen);
    if (recording.view == View::rear || recording.view == View::front) {
      positions.col(first).setConstant(unseen);
    }
    for (Eigen::Index i = 0; i < n; ++i) {
      if (!missing[static_cast<std::size_t>(i)]) continue;
      positions.row(i).segment<3>(first).setConstant(std::numeric_limits<double>::quiet_NaN());
    }
  }
  recording.marker_set = set.name;
  if (recording.view != View::spatial) {
    recording.metres_per_pixel = options.stature_m / kStatureInPicture_px;
  }
  if (set.keypoints) {
    recording.confidence = FrameMatrix::Constant(n, recording.n_points(), kConfidence);
    for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
      for (Eigen::Index i = 0; i < n; ++i) {
        if (std::isnan(positions(i, 3 * p))) recording.confidence(i, p) = 0.0;
      }
    }
  }
}

}  // namespace runmech::synth
