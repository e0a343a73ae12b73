// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <vector>

#include "import_steps.hpp"
#include "runmech/skeleton/heading.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;

constexpr double kWindow_s =
    0.5;  // about one step: longer than the pelvis sways, shorter than a turn
constexpr double kOnBelt = 0.25;  // share of the speed past the foot that is made in the laboratory
constexpr double kOnGround = 0.75;

// Horizontal speed of the pelvis in the laboratory, over windows: the 80 % quantile, because many
// recordings overground begin and end with standing.
double laboratory_speed(const Recording& recording, const MarkerSet& set) {
  const std::vector<int> match = set.match(recording.labels);
  std::vector<Eigen::Index> pelvis;
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (match[i] < 0) continue;
    const MarkerDef& def = set.markers[static_cast<std::size_t>(match[i])];
    if (def.segment == "pelvis" || def.landmark == "hip_r" || def.landmark == "hip_l") {
      pelvis.push_back(3 * static_cast<Eigen::Index>(i));
    }
  }
  std::vector<double> speeds;
  const double span = recording.time_s.back() - recording.time_s.front();
  const double window = std::min(kWindow_s, 0.5 * span);
  std::size_t ahead = 0;
  for (std::size_t f = 0; f < recording.time_s.size(); ++f) {
    while (ahead < recording.time_s.size() &&
           recording.time_s[ahead] < recording.time_s[f] + window - 1e-9) {
      ++ahead;
    }
    if (ahead >= recording.time_s.size()) break;
    Eigen::Vector2d moved(0.0, 0.0);
    int n = 0;
    for (const auto c : pelvis) {
      const auto a = static_cast<Eigen::Index>(f);
      const auto b = static_cast<Eigen::Index>(ahead);
      const Eigen::Vector2d way(recording.positions_m(b, c) - recording.positions_m(a, c),
                                recording.positions_m(b, c + 2) - recording.positions_m(a, c + 2));
      if (!way.allFinite()) continue;
      moved += way;
      ++n;
    }
    if (n > 0)
      speeds.push_back((moved / n).norm() / (recording.time_s[ahead] - recording.time_s[f]));
  }
  if (speeds.empty()) return NAN;
  const auto high = speeds.begin() + static_cast<std::ptrdiff_t>(4 * speeds.size() / 5);
  std::nth_element(speeds.begin(), high, speeds.end());
  return *high;
}

}  // namespace

void decide_surface(Recording& recording, const ReadOptions& options, const MarkerSet* set) {
  recording.surface = options.surface;
  if (options.surface != Surface::unknown || set == nullptr || recording.n_frames() < 3) return;
  if (recording.view == View::rear || recording.view == View::front) return;  // depth is not seen
  const Heading heading = infer_heading(recording, *set, Eigen::Vector3d::UnitY());
  if (!(heading.speed_m_s > 0.0)) return;  // not moving, or feet not seen
  const double speed = laboratory_speed(recording, *set);
  if (std::isnan(speed)) return;
  const double share = speed / heading.speed_m_s;
  const std::string seen =
      "pelvis at " + decimal(std::round(100.0 * speed) / 100.0) + " m/s in the file, at " +
      decimal(std::round(100.0 * heading.speed_m_s) / 100.0) + " m/s past the foot on the ground";
  const std::string sure =
      "; confidence " +
      decimal(std::round(100.0 * std::min(1.0, 2.0 * std::abs(share - 0.5))) / 100.0);
  if (share < kOnBelt) {
    recording.surface = Surface::treadmill;
    recording.note("surface", std::string("treadmill") +
                                  (recording.is_keypoints() ? " (or a camera that follows)" : "") +
                                  ": " + seen + sure);
  } else if (share > kOnGround) {
    recording.surface = Surface::overground;
    recording.note("surface", "overground: " + seen + sure);
  } else {
    recording.warn("surface", "treadmill or overground is not clear (" + seen + "); give surface=");
  }
}

}  // namespace runmech
