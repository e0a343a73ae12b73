// SPDX-License-Identifier: BSD-3-Clause
#include "measured_pelvis.hpp"

#include <array>

#include "runmech/signal/robust.hpp"

namespace runmech {

using Eigen::Vector3d;

std::optional<MeasuredPelvis> measure_pelvis(const CalibrationInput& input,
                                             const std::vector<Eigen::Index>& frames) {
  std::vector<double> widths;
  std::vector<double> depths;
  std::map<std::string, std::array<std::vector<double>, 3>> local;
  for (const Eigen::Index f : frames) {
    LandmarkPlaces places;
    for (const KnownMarker& marker : input.known) {
      if (marker.def->segment != "pelvis" || marker.def->landmark.empty() || marker.def->computed) {
        continue;
      }
      const Vector3d seen = input.trial.positions_m.block<1, 3>(f, 3 * marker.column).transpose();
      if (seen.allFinite()) places.emplace(marker.def->landmark, seen);
    }
    const std::optional<PelvisFrame> frame = pelvis_frame(places);
    if (!frame) continue;
    widths.push_back(frame->width_m);
    depths.push_back(frame->depth_m);
    for (const auto& [name, at] : places) {
      const Vector3d own = frame->axes.transpose() * (at - frame->origin_m);
      for (int k = 0; k < 3; ++k) local[name][static_cast<std::size_t>(k)].push_back(own[k]);
    }
  }
  if (widths.empty()) return std::nullopt;
  MeasuredPelvis out;
  for (const auto& [name, values] : local) {
    out.landmarks_m[name] = {median(values[0]), median(values[1]), median(values[2])};
  }
  const PelvisFrame own{Vector3d::Zero(), Eigen::Matrix3d::Identity(), median(widths),
                        median(depths)};
  const JointCentre hip = hip_centre(own, Side::right, input.options.hip_centre);
  out.hip_r_m = hip.position_m;
  out.sd_m = hip.sd_m;
  out.how = hip.how;
  return out;
}

void adopt_pelvis(Skeleton& skeleton, const MeasuredPelvis& pelvis) {
  const Vector3d& right = pelvis.hip_r_m;
  const Vector3d left(right.x(), right.y(), -right.z());
  skeleton.segments[static_cast<std::size_t>(skeleton.segment("femur_r"))].origin_m = right;
  skeleton.segments[static_cast<std::size_t>(skeleton.segment("femur_l"))].origin_m = left;
  for (BodyPoint& at : skeleton.landmarks) {
    if (at.name == "hip_r") at.local_m = right;
    if (at.name == "hip_l") at.local_m = left;
    if (at.name == "mid_hip") at.local_m = 0.5 * (right + left);
    const auto measured = pelvis.landmarks_m.find(at.name);
    if (measured != pelvis.landmarks_m.end()) at.local_m = measured->second;
  }
}

}  // namespace runmech
