// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace runmech {

/// A marker that a frame lacks, and how far off its model it would most likely be there. A marker
/// sits 5 to 15 mm away from where a rigid body has it, by skin that moves with the stride; the
/// pose is a balance of such pulls, and steps aside where one of them goes at once. So the pull
/// stays as long as the frames around can tell it. Its information does not: nothing is measured
/// there.
struct LostMarker {
  int marker = 0;            ///< of the skeleton
  Eigen::Vector3f error_m;   ///< expected measured - modelled, world axes
  Eigen::Vector3f around_m;  ///< about where the model has it: the origin of the pull's cost
};

/// Cost of its pull for a weight of 1, beside sum w r^2: falls by 2 error per metre that the model
/// goes with it. `modelled_m`: with what its segment's markers are off together.
[[nodiscard]] inline double pull_cost(const LostMarker& lost, const Eigen::Vector3d& modelled_m) {
  const Eigen::Vector3d error = lost.error_m.cast<double>();
  return error.dot(error - 2.0 * (modelled_m - lost.around_m.cast<double>()));
}

/// Those of every frame.
class LostMarkers {
 public:
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::span<const LostMarker> in(Eigen::Index frame) const {
    if (first_.empty()) return {};
    return std::span(all_).subspan(first_[frame], first_[frame + 1] - first_[frame]);
  }
  struct OfFrame {
    Eigen::Index frame;
    LostMarker lost;
  };
  LostMarkers() = default;
  LostMarkers(Eigen::Index n_frames, std::vector<OfFrame> all);

 private:
  std::vector<std::uint32_t> first_;  // n_frames + 1, or none
  std::vector<LostMarker> all_;
};

}  // namespace runmech
