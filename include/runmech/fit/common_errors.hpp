// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "runmech/fit/robust_loss.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// What the markers of a segment are off together in one frame. With r the residuals of its markers
/// and w = 1 / sigma^2, the common error t is the minimum of
///
///   sum_k rho(w_k |r_k - t|^2) + information |t|^2 - 2 pull . t
///
/// with what lost markers pull (LostMarker), so that a fit of poses sees it eliminated: its cost is
/// this minimum, its pull that of r - t.
class CommonErrors {
 public:
  explicit CommonErrors(const Skeleton& skeleton);

  struct Group {
    int segment;
    double information;  ///< 1 / common_error_m^2
    std::vector<int> markers;
  };
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// Fills `common_m` (3 x n_segments) and returns sum information |t|^2. `information`: 1 /
  /// sigma^2 of each marker seen, else 0; `scale`: of the common errors' information; `pull`: of
  /// lost markers, 3 x n_segments, or null.
  double find(const Eigen::Matrix3Xd& residuals_m, const std::vector<double>& information,
              RobustLoss loss, const std::vector<double>& bend, double scale,
              Eigen::Matrix3Xd& common_m, const Eigen::Matrix3Xd* pull = nullptr) const;

 private:
  std::vector<Group> groups_;
};

}  // namespace runmech
