// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What the parameters of a C3D file say of one force plate.

#include <Eigen/Core>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "c3d_layout.hpp"
#include "c3d_parameters.hpp"
#include "runmech/data/recording.hpp"

namespace runmech::c3d {

/// In metres and the file's axes. Plate axes point from the corners' quadrants: 1 is +x +y, 2 is -x
/// +y, 3 is -x -y, 4 is +x -y.
struct Plate {
  std::size_t number = 0;  ///< 1-based
  int type = 0;
  std::vector<AnalogChannel> channels;
  std::vector<double> unit;  ///< channel value -> N, Nm or m
  Eigen::Matrix<double, 6, 6> calibration = Eigen::Matrix<double, 6, 6>::Identity();
  Eigen::Vector3d origin = Eigen::Vector3d::Zero();
  Eigen::Matrix<double, 4, 3> corners = Eigen::Matrix<double, 4, 3>::Zero();
  Eigen::Matrix3d axes =
      Eigen::Matrix3d::Identity();  ///< columns: plate x, y, z in the file's axes
  Eigen::Vector3d centre = Eigen::Vector3d::Zero();
  Eigen::Vector3d up = Eigen::Vector3d::Zero();  ///< unit
  bool scale_assumed = false;                    ///< ANALOG:SCALE is too short for its channels
  bool placed = false;                           ///< corners are usable
};

/// "force plate 2", for notes and as the plate's name.
[[nodiscard]] std::string plate_name(std::size_t number);

/// FORCE_PLATFORM and ANALOG, read once for all plates.
class PlateParameters {
 public:
  PlateParameters(const Layout& layout, const Parameters& parameters, double point_unit_m);

  [[nodiscard]] std::size_t count() const;

  /// The plate with its axes and up direction, or the reason why it cannot be read. `file_up` is
  /// "+z",
  /// ... or empty; then the markers in `recording` say which side of the plate is up.
  [[nodiscard]] std::optional<Plate> plate(std::size_t index, const std::string& file_up,
                                           const Recording& recording, std::string& reason) const;

 private:
  [[nodiscard]] double channel_unit(int type, std::size_t row, std::size_t channel) const;
  [[nodiscard]] bool read_calibration(std::size_t index, Plate& plate) const;
  void read_geometry(std::size_t index, Plate& plate) const;

  double unit_m_;
  std::size_t used_ = 0;
  std::vector<AnalogChannel> analog_;
  std::vector<std::string> units_;
  std::size_t scale_count_ = 0;
  std::vector<double> types_, channels_, corners_, origins_, calibrations_;
  std::size_t channel_rows_ = 0;
  bool by_row_ = false;
};

}  // namespace runmech::c3d
