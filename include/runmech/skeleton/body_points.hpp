// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {

/// A recording's points by what they stand for on the body.
class BodyPoints {
 public:
  /// `keep` (empty: all) chooses what is copied of the recording, by what it stands for. The set
  /// must outlive this.
  BodyPoints(const Recording& recording, const MarkerSet& set,
             const std::function<bool(const MarkerDef&)>& keep = {});

  [[nodiscard]] bool has(std::string_view landmark) const { return column(landmark) >= 0; }
  /// n x 3; empty where the landmark is not there or never seen.
  [[nodiscard]] Points track(std::string_view landmark) const;
  /// Mean of the landmarks, all of them seen in a frame; empty when one is not there.
  [[nodiscard]] Points mean(const std::vector<std::string>& landmarks) const;
  /// Of the landmarks named, those seen in most frames (95 % of the best one's share, our choice).
  [[nodiscard]] std::vector<std::string> well_seen(std::vector<std::string> landmarks) const;
  /// Fills in points of one segment where at least three others of it are seen: the segment's mean
  /// shape laid over those. Nothing that was seen changes.
  void complete_segment(std::string_view segment);

  /// Turn of a segment in the sagittal plane (X toward Y, radians) since the first frame that shows
  /// most of its markers, by all markers that a frame and that one share; NaN with fewer than two.
  /// Empty for a segment with fewer than two markers.
  [[nodiscard]] Eigen::VectorXd sagittal_turn(std::string_view segment) const;

  /// Adds landmarks that `standing` has and this recording has not (worn in standing only), where
  /// at least three labels of their segment are common to both: carried along rigidly by those.
  void add_standing_landmarks(const Recording& standing);

 private:
  [[nodiscard]] int column(std::string_view landmark) const;

  Recording recording_;  // times, labels and positions only
  const MarkerSet& set_;
  std::vector<int> match_;
};

/// Sets the axis that a view does not see to 0; missing stays missing.
void clear_unseen_axis(Points& points, View view);

/// "heel_r" from "heel" and a side.
[[nodiscard]] std::string sided(std::string_view stem, Side side);

}  // namespace runmech
