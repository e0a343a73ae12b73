// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {

/// A recording's points by what they stand for.
class BodyTracks {
 public:
  BodyTracks(const Recording& recording, const MarkerSet& set);

  using Wanted = std::function<bool(const MarkerDef&)>;
  /// Columns (point indices) whose definition satisfies `wanted`.
  [[nodiscard]] std::vector<int> points(const Wanted& wanted) const;
  [[nodiscard]] std::vector<int> landmarks(std::initializer_list<std::string_view> names) const;
  [[nodiscard]] std::vector<int> segments(std::initializer_list<std::string_view> names) const;

  /// Mean of the points that are seen in the frame; NaN when none is.
  [[nodiscard]] Eigen::Vector3d centre(const std::vector<int>& points, Eigen::Index frame) const;
  /// Mean displacement from frame a to b of the points seen in both; NaN when none is.
  [[nodiscard]] Eigen::Vector3d moved(const std::vector<int>& points, Eigen::Index a,
                                      Eigen::Index b) const;
  /// Median over frames, per axis, of centre(to) - centre(from); NaN when never seen together.
  [[nodiscard]] Eigen::Vector3d between(const std::vector<int>& from,
                                        const std::vector<int>& to) const;

 private:
  [[nodiscard]] Eigen::Vector3d at(int point, Eigen::Index frame) const {
    return recording_.positions_m.block<1, 3>(frame, 3 * point).transpose();
  }
  const Recording& recording_;
  const MarkerSet& set_;
  std::vector<int> match_;
};

/// Median per axis of the rows that are complete; NaN without any.
[[nodiscard]] Eigen::Vector3d median_vector(const std::vector<Eigen::Vector3d>& vectors);

}  // namespace runmech
