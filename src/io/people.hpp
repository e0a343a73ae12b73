// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <string>
#include <vector>

namespace runmech {

/// One skeleton found in one picture: n points x (x px, y px, confidence); 0,0,0 = not seen.
struct Detection {
  Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor> points;
};

/// One person followed through the pictures.
struct PersonTrack {
  struct Seen {
    std::size_t frame;      ///< index into the frames
    std::size_t detection;  ///< index into that frame's detections
  };
  std::vector<Seen> seen;
  double height_px = 0.0;  ///< median height of the visible points
  double score = 0.0;      ///< see choose_person
};

/// Where the legs are in a list of points.
struct LegPoints {
  int hip_r, hip_l, ankle_r, ankle_l;
};

/// Follows people by place: each detection goes to the track whose predicted centre is nearest,
/// within half a body height (more after frames unseen), else it opens a track. In order of
/// appearance.
[[nodiscard]] std::vector<PersonTrack> follow_people(
    const std::vector<std::vector<Detection>>& frames, const LegPoints& legs);

/// The track with the highest score = frames in view x height x (leg swing + travel / 10), swing
/// and travel in body heights: the runner, who is near, stays, and moves (our choice). Index of it.
[[nodiscard]] std::size_t best_person(const std::vector<PersonTrack>& people);

}  // namespace runmech
