// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <string>

#include "runmech/core/names.hpp"

namespace runmech {

/// What the caller knows about a recording. Everything may stay at its default: it is then taken
/// from the file or inferred from the body, and refused with the name of the option where that is
/// too weak.
struct ReadOptions {
  std::string up;  // see fields() for what each option means
  std::string forward;
  std::string unit;
  std::string marker_set;
  std::string view;
  double rate_hz = 0.0;
  double stature_m = 0.0;
  double mass_kg = 0.0;
  double metres_per_pixel = 0.0;
  Surface surface = Surface::unknown;
  double speed_m_s = 0.0;
  double start_s = std::numeric_limits<double>::quiet_NaN();
  double end_s = std::numeric_limits<double>::quiet_NaN();
  int person = -1;
  double min_confidence = 0.1;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("up", self.up, "axis of the file that points up: +x -x +y -y +z -z; empty = file or body");
    f("forward", self.forward,
      "axis of the file (keypoints: of the picture) that the runner faces: +x -x +y -y +z -z; "
      "empty = from the body");
    f("unit", self.unit, "length unit of the values: m, cm, mm, in, ft; empty = as the file says");
    f("marker_set", self.marker_set, "name of the marker or keypoint set; empty = recognised");
    f("view", self.view,
      "spatial, side, rear or front; empty = spatial for markers, inferred for keypoints");
    f("rate_hz", self.rate_hz,
      "frames per second where the file holds no times, or corrected ones; 0 = as the file says");
    f("stature_m", self.stature_m,
      "standing height in m, gives keypoints their scale; 0 = 1.70 m assumed and said so");
    f("mass_kg", self.mass_kg,
      "body mass in kg, turns forces in % body weight into N; 0 = unknown");
    f("metres_per_pixel", self.metres_per_pixel, "calibrated picture scale; 0 = from stature");
    f("surface", self.surface, "treadmill, overground, or unknown = inferred");
    f("speed_m_s", self.speed_m_s, "stated running speed in m/s, 0 = not stated");
    f("start_s", self.start_s, "first time kept, s on the file's clock; NaN = from the start");
    f("end_s", self.end_s, "last time kept, s on the file's clock; NaN = to the end");
    f("person", self.person,
      "which tracked person of a keypoint folder, 0 = first seen; -1 = the one moving most like a "
      "runner in view longest");
    f("min_confidence", self.min_confidence, "keypoints below this confidence count as missing");
  }

  /// Throws InvalidArgument naming the option, its value and what is allowed.
  void validate() const;
};

}  // namespace runmech
