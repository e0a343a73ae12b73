// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

namespace runmech {

/// One force plate over time in world axes (X forward, Y up, Z right). The force acts ON the
/// runner: standing gives +Fy.
struct ForcePlate {
  using Series = Eigen::Matrix<double, Eigen::Dynamic, 3, Eigen::RowMajor>;

  std::string name;
  int c3d_type = 0;                ///< 1-4 for plates from C3D, else 0
  std::vector<double> time_s;      ///< n samples, same clock as the points
  Series force_n;                  ///< n x 3
  Series cop_m;                    ///< n x 3, NaN where the plate is unloaded or it is not known
  Eigen::VectorXd free_moment_nm;  ///< n, about world Y; empty where unknown
  Eigen::Matrix<double, 4, 3> corners_m = Eigen::Matrix<double, 4, 3>::Zero();  ///< 0 where unknown

  /// Below this |Fy| the file holds zeros (a dead band), N; 0 where none was seen.
  double dead_band_n = 0.0;

  [[nodiscard]] Eigen::Index n_samples() const { return force_n.rows(); }
  [[nodiscard]] double rate_hz() const;
};

}  // namespace runmech
