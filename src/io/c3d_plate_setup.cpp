// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_plate_setup.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace runmech::c3d {
namespace {

using Vector3 = Eigen::Vector3d;

constexpr double kFarthest_m = 1000.0;    // corners beyond it are garbage; our choice
constexpr double kSmallestEdge_m = 0.05;  // our choice

std::optional<Vector3> axis(const std::string& text) {
  if (text.size() != 2) return std::nullopt;
  Vector3 out = Vector3::Zero();
  out[text[1] - 'x'] = text[0] == '-' ? -1.0 : 1.0;
  return out;
}

// Conversion of all analog channels; lists may be shorter than the channels (1 and 0 are then
// assumed).
std::vector<AnalogChannel> analog_channels(const Layout& layout, const Parameters& parameters) {
  const double general = parameters.number("ANALOG", "GEN_SCALE").value_or(1.0);
  const auto scales = parameters.all_numbers("ANALOG", "SCALE");
  const bool is_unsigned = parameters.string("ANALOG", "FORMAT") == "UNSIGNED";
  auto offsets = parameters.all_numbers("ANALOG", "OFFSET");
  const Parameter* offset = parameters.find("ANALOG", "OFFSET");
  if (is_unsigned && offset != nullptr && offset->type == 2) {
    for (double& value : offsets) value += value < 0.0 ? 65536.0 : 0.0;
  }
  std::vector<AnalogChannel> out(layout.channels);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double scale = (i < scales.size() ? scales[i] : 1.0) * general;
    out[i] = {i, i < offsets.size() ? offsets[i] : 0.0, std::isfinite(scale) ? scale : 0.0,
              is_unsigned};
  }
  return out;
}

// A unit as people write it, to N, Nm or m; `otherwise` where it says nothing of the kind (V,
// counts).
double unit_factor(std::string unit, double otherwise) {
  std::erase_if(unit, [](char c) { return c == ' ' || c == '.' || c == '*' || c == '-'; });
  std::transform(unit.begin(), unit.end(), unit.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  static const std::array<std::pair<std::string_view, double>, 10> units{{{"n", 1.0},
                                                                          {"kn", 1e3},
                                                                          {"nm", 1.0},
                                                                          {"nmm", 1e-3},
                                                                          {"ncm", 1e-2},
                                                                          {"knm", 1e3},
                                                                          {"m", 1.0},
                                                                          {"mm", 1e-3},
                                                                          {"cm", 1e-2},
                                                                          {"newtonmeters", 1.0}}};
  for (const auto& [name, factor] : units) {
    if (name == unit) return factor;
  }
  return otherwise;
}

// Corners 1 to 4 are the quadrants +x+y, -x+y, -x-y, +x-y of the plate's own axes.
void place(Plate& plate, const std::optional<Vector3>& file_up, const Recording& recording) {
  const auto& c = plate.corners;
  const bool finite = c.allFinite() && c.cwiseAbs().maxCoeff() < kFarthest_m;
  const Vector3 x = (c.row(0) - c.row(1) + c.row(3) - c.row(2)).transpose() / 2.0;
  const Vector3 y = (c.row(0) - c.row(3) + c.row(1) - c.row(2)).transpose() / 2.0;
  const Vector3 z = x.cross(y);
  plate.placed = finite && x.norm() > kSmallestEdge_m && y.norm() > kSmallestEdge_m &&
                 z.norm() > 0.5 * x.norm() * y.norm();
  if (plate.placed) {
    plate.axes.col(0) = x.normalized();
    plate.axes.col(2) = z.normalized();
    plate.axes.col(1) = plate.axes.col(2).cross(plate.axes.col(0));
    plate.centre = c.colwise().mean().transpose();
    const Vector3 normal = plate.axes.col(2);
    double side = file_up ? file_up->dot(normal) : 0.0;
    if (std::abs(side) < 0.5) {  // not said, or said wrongly: the body is above its plate
      double above = 0.0;
      for (Eigen::Index column = 0; column + 2 < recording.positions_m.cols(); column += 3) {
        for (Eigen::Index row = 0; row < recording.positions_m.rows(); ++row) {
          const Vector3 point = recording.positions_m.block<1, 3>(row, column).transpose();
          if (!std::isnan(point[0])) above += (point - plate.centre).dot(normal) > 0.0 ? 1.0 : -1.0;
        }
      }
      side = above != 0.0 ? above : -1.0;  // plate axes point down in most files
    }
    plate.up = side > 0.0 ? normal : Vector3(-normal);
    return;
  }
  // Without corners only the vertical can be trusted: plate z down, x along the file's first level
  // axis.
  plate.up = file_up.value_or(Vector3::UnitZ());
  plate.axes.col(2) = -plate.up;
  const Vector3 level = std::abs(plate.up[0]) < 0.5 ? Vector3::UnitX() : Vector3::UnitY();
  plate.axes.col(0) = level;
  plate.axes.col(1) = plate.axes.col(2).cross(level);
}

// Row `row` of a list whose first index has `rows` entries, for plate `index`; nothing where it is
// short.
std::optional<double> entry(const std::vector<double>& list, std::size_t rows, std::size_t row,
                            std::size_t index) {
  const std::size_t at = index * rows + row;
  if (row >= rows || at >= list.size() || !std::isfinite(list[at])) return std::nullopt;
  return list[at];
}

}  // namespace

std::string plate_name(std::size_t number) {
  return "force plate " + std::to_string(number);
}

PlateParameters::PlateParameters(const Layout& layout, const Parameters& parameters,
                                 double point_unit_m)
    : unit_m_(point_unit_m),
      analog_(analog_channels(layout, parameters)),
      units_(parameters.strings("ANALOG", "UNITS")),
      scale_count_(parameters.all_numbers("ANALOG", "SCALE").size()),
      types_(parameters.counts("FORCE_PLATFORM", "TYPE")),
      channels_(parameters.counts("FORCE_PLATFORM", "CHANNEL")),
      corners_(parameters.numbers("FORCE_PLATFORM", "CORNERS")),
      origins_(parameters.numbers("FORCE_PLATFORM", "ORIGIN")),
      calibrations_(parameters.numbers("FORCE_PLATFORM", "CAL_MATRIX")),
      by_row_(parameters.string("FORCE_PLATFORM", "MATRIX_STORE") == "BYROW") {
  const double used = parameters.count("FORCE_PLATFORM", "USED").value_or(0.0);
  used_ = std::isfinite(used) ? static_cast<std::size_t>(std::clamp(used, 0.0, 255.0)) : 0;
  const Parameter* list = parameters.find("FORCE_PLATFORM", "CHANNEL");
  channel_rows_ = list != nullptr && !list->dims.empty() ? list->dims.front() : 0;
}

std::size_t PlateParameters::count() const {
  return used_;
}

double PlateParameters::channel_unit(int type, std::size_t row, std::size_t channel) const {
  if (type == 4) return 1.0;  // the calibration matrix makes the units, see read_calibration
  const bool is_force = row < 3 || type == 3;
  const std::string unit = channel < units_.size() ? units_[channel] : std::string();
  return unit_factor(unit, is_force ? 1.0 : unit_m_);
}

// Newtons and newton x point unit come out, unless ANALOG:UNITS of the channel says otherwise.
bool PlateParameters::read_calibration(std::size_t index, Plate& plate) const {
  if (calibrations_.size() < 36 * (index + 1)) return false;
  for (Eigen::Index i = 0; i < 6; ++i) {
    const std::size_t channel = plate.channels[static_cast<std::size_t>(i)].index;
    const double unit = unit_factor(channel < units_.size() ? units_[channel] : std::string(),
                                    i < 3 ? 1.0 : unit_m_);
    for (Eigen::Index j = 0; j < 6; ++j) {
      const Eigen::Index at = by_row_ ? 6 * i + j : i + 6 * j;
      const double value = calibrations_[36 * index + static_cast<std::size_t>(at)];
      if (!std::isfinite(value)) return false;
      plate.calibration(i, j) = unit * value;
    }
  }
  return !plate.calibration.isZero(0.0);
}

void PlateParameters::read_geometry(std::size_t index, Plate& plate) const {
  for (std::size_t i = 0; i < 3; ++i) {
    plate.origin[static_cast<Eigen::Index>(i)] =
        unit_m_ * entry(origins_, 3, i, index).value_or(0.0);
    for (std::size_t corner = 0; corner < 4; ++corner) {
      plate.corners(static_cast<Eigen::Index>(corner), static_cast<Eigen::Index>(i)) =
          unit_m_ * entry(corners_, 12, 3 * corner + i, index)
                        .value_or(std::numeric_limits<double>::quiet_NaN());
    }
  }
  // The surface is above the sensor and plate z points down: the vector from sensor to surface has
  // z < 0. Some programs write it the other way round. Type 3 keeps sensor distances in x and y.
  if (plate.type == 3) {
    plate.origin[2] = -std::abs(plate.origin[2]);
    plate.origin.head<2>() = plate.origin.head<2>().cwiseAbs().eval();
  } else if (plate.origin[2] > 0.0) {
    plate.origin = -plate.origin;
  }
}

std::optional<Plate> PlateParameters::plate(std::size_t index, const std::string& file_up,
                                            const Recording& recording, std::string& reason) const {
  Plate out;
  out.number = index + 1;
  if (index >= types_.size() || !std::isfinite(types_[index])) {
    reason = "it has no TYPE";
    return std::nullopt;
  }
  out.type = static_cast<int>(std::clamp(types_[index], 0.0, 1000.0));
  if (out.type < 1 || out.type > 4) {
    reason = "type " + std::to_string(out.type) + " is not read (1 to 4 are)";
    return std::nullopt;
  }
  const std::size_t wanted = out.type == 3 ? 8 : 6;
  for (std::size_t row = 0; row < wanted; ++row) {
    const double number = entry(channels_, channel_rows_, row, index).value_or(0.0);
    if (!(number >= 1.0 && number <= static_cast<double>(analog_.size()))) {
      reason = "type " + std::to_string(out.type) + " needs " + std::to_string(wanted) +
               " channels, but number " + std::to_string(row + 1) +
               " of its CHANNEL list is missing "
               "or not one of the " +
               std::to_string(analog_.size()) + " analog channels";
      return std::nullopt;
    }
    const std::size_t channel = static_cast<std::size_t>(number) - 1;
    out.scale_assumed = out.scale_assumed || channel >= scale_count_;
    out.channels.push_back(analog_[channel]);
    out.unit.push_back(channel_unit(out.type, row, channel));
  }
  if (out.type == 4 && !read_calibration(index, out)) {
    reason = "type 4 needs a CAL_MATRIX, which is missing, 0 or not a number";
    return std::nullopt;
  }
  read_geometry(index, out);
  place(out, axis(file_up), recording);
  return out;
}

}  // namespace runmech::c3d
