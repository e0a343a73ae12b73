// SPDX-License-Identifier: BSD-3-Clause
#include "layouts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

using Names = std::string_view;

// Orders as in OpenPose's poseParameters.cpp, MediaPipe's pose landmark list and MMPose's halpe26.
constexpr std::array<Names, 25> kBody25{
    "Nose", "Neck",    "RShoulder", "RElbow", "RWrist",  "LShoulder", "LElbow", "LWrist", "MidHip",
    "RHip", "RKnee",   "RAnkle",    "LHip",   "LKnee",   "LAnkle",    "REye",   "LEye",   "REar",
    "LEar", "LBigToe", "LSmallToe", "LHeel",  "RBigToe", "RSmallToe", "RHeel"};
constexpr std::array<Names, 25> kBody25b{
    "Nose",   "LEye",    "REye",      "LEar",      "REar",    "LShoulder", "RShoulder",
    "LElbow", "RElbow",  "LWrist",    "RWrist",    "LHip",    "RHip",      "LKnee",
    "RKnee",  "LAnkle",  "RAnkle",    "UpperNeck", "HeadTop", "LBigToe",   "LSmallToe",
    "LHeel",  "RBigToe", "RSmallToe", "RHeel"};
constexpr std::array<Names, 33> kBlazePose{
    "nose",        "left_eye_inner",  "left_eye",        "left_eye_outer", "right_eye_inner",
    "right_eye",   "right_eye_outer", "left_ear",        "right_ear",      "mouth_left",
    "mouth_right", "left_shoulder",   "right_shoulder",  "left_elbow",     "right_elbow",
    "left_wrist",  "right_wrist",     "left_pinky",      "right_pinky",    "left_index",
    "right_index", "left_thumb",      "right_thumb",     "left_hip",       "right_hip",
    "left_knee",   "right_knee",      "left_ankle",      "right_ankle",    "left_heel",
    "right_heel",  "left_foot_index", "right_foot_index"};
constexpr std::array<Names, 26> kHalpe26{
    "nose",         "left_eye",      "right_eye",      "left_ear",
    "right_ear",    "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow",  "left_wrist",    "right_wrist",    "left_hip",
    "right_hip",    "left_knee",     "right_knee",     "left_ankle",
    "right_ankle",  "head",          "neck",           "mid_hip",
    "left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe",
    "left_heel",    "right_heel"};

constexpr KeypointLayout kLayouts[] = {
    {"body_25", kBody25, {9, 12, 11, 14}},
    {"body_25b", kBody25b, {12, 11, 16, 15}},
    {"blazepose_33", kBlazePose, {24, 23, 28, 27}},
    {"halpe_26", kHalpe26, {12, 11, 16, 15}},
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// BODY_25 has the middle of the hips as point 8; in BODY_25B points 1 to 4 (eyes, ears) lie around
// the nose. Each misfit is in units of the body's extent, and small where the order is right.
const KeypointLayout& body_25_or_25b(const std::vector<std::vector<Detection>>& frames,
                                     const std::string& path) {
  std::vector<double> misfit;
  std::vector<double> misfit_b;
  for (const auto& frame : frames) {
    for (const auto& d : frame) {
      const auto at = [&](int i) { return Eigen::Vector2d(d.points(i, 0), d.points(i, 1)); };
      const auto seen = [&](int i) { return !at(i).isZero(0.0) && at(i).allFinite(); };
      Eigen::Vector2d low(1e300, 1e300);
      Eigen::Vector2d high(-1e300, -1e300);
      for (int i = 0; i < 25; ++i) {
        if (!seen(i)) continue;
        low = low.cwiseMin(at(i));
        high = high.cwiseMax(at(i));
      }
      const double size = (high - low).norm();
      if (!(size > 0.0)) continue;
      if (seen(8) && seen(9) && seen(12)) {
        misfit.push_back((at(8) - 0.5 * (at(9) + at(12))).norm() / size);
      }
      for (int i = 1; i < 5; ++i) {
        if (seen(0) && seen(i)) misfit_b.push_back((at(i) - at(0)).norm() / size);
      }
    }
  }
  const double a = misfit.empty() ? 1.0 : median(misfit);
  const double b = misfit_b.empty() ? 1.0 : median(misfit_b);
  if (a < 0.05 && a < 0.5 * b) return kLayouts[0];
  if (b < 0.1 && b < 0.5 * a) return kLayouts[1];
  throw InvalidArgument(path +
                        ": 25 points may be BODY_25 or BODY_25B and the bodies do not tell; give "
                        "marker_set = body_25 or body_25b");
}

}  // namespace

const KeypointLayout& layout_of(std::size_t values, std::string_view declared,
                                const std::vector<std::vector<Detection>>& frames,
                                const std::string& path) {
  for (const auto& layout : kLayouts) {
    if (layout.name == declared && 3 * layout.labels.size() == values) return layout;
  }
  if (values == 75) return body_25_or_25b(frames, path);
  if (values == 99) return kLayouts[2];
  if (values == 78) {
    throw InvalidArgument(path +
                          ": 26 points come in several orders; declare marker_set = halpe_26 where "
                          "they are MMPose's Halpe order");
  }
  throw IoError(path, "",
                std::to_string(values / 3) +
                    " points per person: only BODY_25, BODY_25B (25), HALPE_26 (26) and "
                    "BlazePose (33) are read");
}

}  // namespace runmech
