// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/common_errors.hpp"

namespace runmech {
namespace {

constexpr int kMaxIterations = 100;
constexpr double kTolerance = 1e-22;  // of the squared step in the common error's own SDs

}  // namespace

CommonErrors::CommonErrors(const Skeleton& skeleton) {
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    const double sd = skeleton.segments[s].common_error_m;
    if (!(sd > 0.0)) continue;
    Group group{static_cast<int>(s), 1.0 / (sd * sd), {}};
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      if (skeleton.markers[k].at.segment == group.segment) {
        group.markers.push_back(static_cast<int>(k));
      }
    }
    if (!group.markers.empty()) groups_.push_back(std::move(group));
  }
}

double CommonErrors::find(const Eigen::Matrix3Xd& residuals_m,
                          const std::vector<double>& information, RobustLoss loss,
                          const std::vector<double>& bend, double scale, Eigen::Matrix3Xd& common_m,
                          const Eigen::Matrix3Xd* pull) const {
  double cost = 0.0;
  for (const Group& group : groups_) {
    const double own = scale * group.information;
    Eigen::Vector3d common = Eigen::Vector3d::Zero();
    for (int i = 0; i < kMaxIterations; ++i) {
      double mass = own;
      Eigen::Vector3d sum = Eigen::Vector3d::Zero();
      if (pull != nullptr) sum = pull->col(group.segment);
      for (const int k : group.markers) {
        const double w = information[k];
        if (w == 0.0) continue;
        const double s = (residuals_m.col(k) - common).squaredNorm() * w;
        const double weight = w * robust_weight(loss, s, bend[k]);
        mass += weight;
        sum += weight * residuals_m.col(k);
      }
      const Eigen::Vector3d next = sum / mass;
      const double step = (next - common).squaredNorm() * own;
      common = next;
      if (step < kTolerance) break;
    }
    common_m.col(group.segment) = common;
    cost += own * common.squaredNorm();
  }
  return cost;
}

}  // namespace runmech
