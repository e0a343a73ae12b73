// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "import_steps.hpp"
#include "runmech/core/errors.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;

double median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Median distance of the points from their middle: 0.35 to 0.6 m for a person, whatever the set,
// and not moved by a stray point far away.
double cloud_radius(const Recording& recording) {
  std::vector<double> radii;
  const Eigen::Index step = std::max<Eigen::Index>(1, recording.n_frames() / 200);
  for (Eigen::Index f = 0; f < recording.n_frames(); f += step) {
    std::array<std::vector<double>, 3> axes;
    for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
      for (std::size_t k = 0; k < 3; ++k) {
        const double v = recording.positions_m(f, 3 * p + static_cast<Eigen::Index>(k));
        if (!std::isnan(v)) axes[k].push_back(v);
      }
    }
    if (axes[0].size() < 3) continue;
    const Eigen::RowVector3d middle(median(axes[0]), median(axes[1]), median(axes[2]));
    std::vector<double> far;
    for (std::size_t i = 0; i < axes[0].size(); ++i) {
      far.push_back((Eigen::RowVector3d(axes[0][i], axes[1][i], axes[2][i]) - middle).norm());
    }
    radii.push_back(median(std::move(far)));
  }
  return median(std::move(radii));
}

void scale(Recording& recording, double factor) {
  recording.positions_m *= factor;
  for (ForcePlate& plate : recording.plates) {
    plate.cop_m *= factor;
    plate.corners_m *= factor;
  }
}

// An adult's pelvis markers are 0.75 to 1.2 m high; a small child's half of that. Our choice.
constexpr double kLowPelvis_m = 0.5;
constexpr double kHighPelvis_m = 1.4;

// A person, child to giant, lower body to full: our choice.
bool of_a_person(double radius_m) {
  return radius_m > 0.1 && radius_m < 1.2;
}

}  // namespace

void check_size(RawRecording& raw, const ReadOptions& options) {
  Recording& recording = raw.recording;
  const double radius = cloud_radius(recording);
  if (std::isnan(radius) || radius == 0.0) return;
  if (!raw.unit_stated) {
    for (const auto& [unit, metres] : {std::pair{"m", 1.0}, {"mm", 1e-3}, {"cm", 1e-2}}) {
      if (!of_a_person(radius * metres)) continue;
      scale(recording, metres);
      const bool said = std::any_of(recording.notes.begin(), recording.notes.end(),
                                    [](const Note& note) { return note.code == "units"; });
      if (metres == 1.0 && said) return;  // the reader judged and said so
      recording.warn("units", std::string("no length unit is stated; taken as ") + unit +
                                  " by the size of the body");
      return;
    }
    throw InvalidArgument(recording.source +
                          ": no length unit is stated and the size of the body does not tell; give "
                          "unit= (m, cm, mm, in or ft)");
  }
  if (radius > 0.02 && radius < 10.0) return;
  const std::string size = "a person of about " + decimal(std::round(4e3 * radius) / 1e3) + " m";
  if (!options.unit.empty()) {
    throw InvalidArgument("unit is '" + options.unit + "', which gives " + size +
                          "; the values do not fit that unit");
  }
  for (const double factor : {1e-3, 1e3, 1e-2, 1e2}) {
    if (!of_a_person(radius * factor)) continue;
    scale(recording, factor);
    recording.warn("units", "the stated unit gives " + size + "; corrected by a factor of " +
                                decimal(factor) + " (unit= overrides)");
    return;
  }
  throw InvalidArgument(recording.source + ": the stated unit gives " + size +
                        "; give unit= (m, cm, mm, in or ft)");
}

double pelvis_above_foot(const Recording& recording, const MarkerSet& set) {
  const std::vector<int> match = set.match(recording.labels);
  std::vector<double> pelvis;
  std::vector<double> foot;
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (match[i] < 0) continue;
    const MarkerDef& def = set.markers[static_cast<std::size_t>(match[i])];
    std::vector<double>* heights = nullptr;
    if (def.segment == "pelvis" || def.landmark == "hip_r" || def.landmark == "hip_l") {
      heights = &pelvis;
    } else if (def.segment.starts_with("calcn") || def.segment.starts_with("toes")) {
      heights = &foot;
    }
    if (heights == nullptr) continue;
    for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
      const double y = recording.positions_m(f, 3 * static_cast<Eigen::Index>(i) + 1);
      if (!std::isnan(y)) heights->push_back(y);
    }
  }
  if (pelvis.empty() || foot.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto low = foot.begin() + static_cast<std::ptrdiff_t>(foot.size() / 20);
  std::nth_element(foot.begin(), low, foot.end());
  return median(std::move(pelvis)) - *low;
}

void check_height(Recording& recording, const MarkerSet& set) {
  const double height = pelvis_above_foot(recording, set);
  if (std::isnan(height) || (height > kLowPelvis_m && height < kHighPelvis_m)) return;
  recording.warn("units", "the pelvis is " + decimal(std::round(100.0 * height) / 100.0) +
                              " m above the ground: too " +
                              (height < kLowPelvis_m ? "low" : "high") +
                              " for an adult; check the unit or scale");
}

}  // namespace runmech
