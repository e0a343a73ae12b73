// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "import_steps.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;

constexpr double kFrozen_s = 0.5;      // standing still jitters; only a held value is constant
constexpr double kFastest_m_s = 30.0;  // a sprinter's swinging foot reaches 22 m/s
constexpr double kStill =
    0.2;  // of the neighbouring steps: the picture did not change (our choice)
constexpr double kManyRepeats = 0.1;

struct Listing {
  std::string names;
  int count = 0;
  void add(const std::string& name) {
    if (++count <= 6) names += (count > 1 ? ", " : "") + name;
    if (count == 7) names += ", ...";
  }
};

// Median over points of the way to the next frame; NaN where nothing is seen in both.
std::vector<double> steps_of(const Recording& recording) {
  std::vector<double> out;
  std::vector<double> ways;
  for (Eigen::Index f = 0; f + 1 < recording.n_frames(); ++f) {
    ways.clear();
    for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
      const double way = (recording.positions_m.block<1, 3>(f + 1, 3 * p) -
                          recording.positions_m.block<1, 3>(f, 3 * p))
                             .norm();
      if (!std::isnan(way)) ways.push_back(way);
    }
    if (ways.empty()) {
      out.push_back(NAN);
      continue;
    }
    const auto middle = ways.begin() + static_cast<std::ptrdiff_t>(ways.size() / 2);
    std::nth_element(ways.begin(), middle, ways.end());
    out.push_back(*middle);
  }
  return out;
}

void note_repeats(Recording& recording) {
  const std::vector<double> step = steps_of(recording);
  std::size_t repeats = 0;
  std::size_t moving = 0;
  for (std::size_t i = 1; i + 1 < step.size(); ++i) {
    const double around = std::max(step[i - 1], step[i + 1]);
    if (std::isnan(step[i]) || std::isnan(around) || around == 0.0) continue;
    ++moving;
    if (step[i] < kStill * around) ++repeats;
  }
  if (moving < 20 || static_cast<double>(repeats) < kManyRepeats * static_cast<double>(moving))
    return;
  recording.warn("frames",
                 std::to_string(repeats) + " of " + std::to_string(moving + 2) +
                     " pictures repeat the one before: the true frame rate is lower than stated");
}

void note_points(Recording& recording) {
  Listing unseen;
  Listing frozen;
  Listing jumping;
  int jumps = 0;
  const double span =
      recording.time_s.empty() ? 0.0 : recording.time_s.back() - recording.time_s.front();
  for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
    const std::string& label = recording.labels[static_cast<std::size_t>(p)];
    const auto track = recording.positions_m.middleCols(3 * p, 3);
    Eigen::Index last = -1;
    double longest = 0.0;
    Eigen::Index held_since = 0;
    bool moved = false;
    bool jumped = false;
    for (Eigen::Index f = 0; f < track.rows(); ++f) {
      if (std::isnan(track(f, 0))) {
        last = -1;
        continue;
      }
      const double time = recording.time_s[static_cast<std::size_t>(f)];
      if (last < 0) {
        held_since = f;
      } else if (track.row(f) == track.row(last)) {
        longest = std::max(longest, time - recording.time_s[static_cast<std::size_t>(held_since)]);
      } else {
        moved = true;
        held_since = f;
        const double dt = time - recording.time_s[static_cast<std::size_t>(last)];
        if ((track.row(f) - track.row(last)).norm() > kFastest_m_s * dt) {
          ++jumps;
          jumped = true;
        }
      }
      last = f;
    }
    if (track.col(0).array().isNaN().all()) unseen.add(label);
    if (moved && longest > kFrozen_s && longest < span) frozen.add(label);
    if (jumped) jumping.add(label);
  }
  if (unseen.count > 0) {
    recording.warn("missing",
                   std::to_string(unseen.count) + " points are never seen: " + unseen.names);
  }
  if (frozen.count > 0) {
    recording.warn("frozen", std::to_string(frozen.count) +
                                 " points stay exactly in place for more "
                                 "than " +
                                 decimal(kFrozen_s) + " s: " + frozen.names);
  }
  if (jumps > 0) {
    recording.warn("jumps", std::to_string(jumps) + " steps between frames are faster than " +
                                decimal(kFastest_m_s) + " m/s: " + jumping.names);
  }
}

}  // namespace

void note_quality(Recording& recording) {
  note_points(recording);
  if (recording.is_keypoints()) note_repeats(recording);
}

}  // namespace runmech
