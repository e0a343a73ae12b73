// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/force_plate.hpp"

namespace runmech {

/// n_frames x 3, one point over time, metres, world axes. A missing sample is NaN on all three
/// axes.
using Points = Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>;
/// n_frames x (3 n_points) or n_frames x n_points.
using FrameMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Something the reader converted, inferred, left out or found odd. `code` is stable, `text` for
/// people.
struct Note {
  std::string
      code;  ///< units, axes, heading, labels, missing, frames, time, forces, scale, people, ...
  std::string text;
  bool warning = false;  ///< true where the user should look
};

/// An event as the file states it, on the recording's own clock.
struct FileEvent {
  double time_s = 0.0;
  std::string label;    ///< "Foot Strike", ...
  std::string context;  ///< "Left", "Right", "General" or empty
};

/// Labelled points over time, with what else was recorded. Metres, newtons, seconds; world axes X
/// forward (direction of progression), Y up, Z to the runner's right (ISB). Nothing downstream
/// needs to know which file it came from.
struct Recording {
  std::string source;  ///< path, or "arrays"
  std::string
      format;  ///< trc, c3d, rbds_text, openpose_json, keypoint_csv, biomac_csv, arrays, ...
  std::string subject;  ///< name or prefix found in the file, may be empty
  std::string date;     ///< ISO 8601 as found or given, with its zone where stated; may be empty

  View view = View::spatial;
  Surface surface = Surface::unknown;
  std::optional<double> speed_m_s;  ///< stated running speed, never an estimate

  std::vector<double> time_s;       ///< n_frames, strictly increasing, the file's own clock
  std::vector<std::string> labels;  ///< n_points, unique
  FrameMatrix positions_m;          ///< n_frames x 3 n_points: x y z of each label in turn
  FrameMatrix confidence;           ///< n_frames x n_points, or 0 x 0 where the source has none
  std::string marker_set;           ///< name of the marker or keypoint set recognised, may be empty

  double metres_per_pixel = 0.0;  ///< > 0 for keypoints in an image
  bool scale_assumed = false;     ///< true when no stature or calibration fixed metres_per_pixel

  /// Turns the axes of the file into these: rows are X forward, Y up, Z right in file axes. What
  /// comes from another file of the same laboratory (forces) is turned by it too.
  Eigen::Matrix3d file_to_world = Eigen::Matrix3d::Identity();

  std::vector<ForcePlate> plates;
  std::vector<FileEvent> events;
  std::vector<Note> notes;

  [[nodiscard]] Eigen::Index n_frames() const { return static_cast<Eigen::Index>(time_s.size()); }
  [[nodiscard]] Eigen::Index n_points() const { return static_cast<Eigen::Index>(labels.size()); }
  [[nodiscard]] std::optional<Eigen::Index> index_of(std::string_view label) const;
  /// One point over time, n_frames x 3. Throws InvalidArgument for an unknown label.
  [[nodiscard]] Points track(std::string_view label) const;
  /// Frames per second: the median of the time steps; 0 with fewer than two frames.
  [[nodiscard]] double rate_hz() const;
  [[nodiscard]] bool is_keypoints() const { return metres_per_pixel > 0.0; }

  void note(std::string code, std::string text) {
    notes.push_back({std::move(code), std::move(text), false});
  }
  void warn(std::string code, std::string text) {
    notes.push_back({std::move(code), std::move(text), true});
  }

  /// Throws InvalidArgument naming the first inconsistency: sizes, order of times, duplicate
  /// labels, infinite values.
  void validate() const;
};

/// The frames with start_s <= time <= end_s, both ends included (to a microsecond); plates and
/// events cut alike. Throws InvalidArgument when nothing is left.
[[nodiscard]] Recording trimmed(const Recording& recording, double start_s, double end_s);

}  // namespace runmech
