// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_plates.hpp"

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "c3d_plate_setup.hpp"

namespace runmech::c3d {
namespace {

using Vector3 = Eigen::Vector3d;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLoaded_n = 20.0;  // COP below this vertical force is noise; our choice
constexpr double kOffset_n = 2.0;   // an unloaded reading worth a note; our choice
constexpr double kTurnedForce_n =
    100.0;  // downward force that no drift or noise explains; our choice

/// Force, COP and free moment in the plate's own axes, N, m, Nm; origin at the centre of the
/// surface.
struct Wrench {
  Vector3 force;
  Vector3 cop;
  double free_moment = 0.0;
};

Wrench from_moment(const Vector3& force, const Vector3& at_surface) {
  Wrench out{force, Vector3::Constant(kNaN), kNaN};
  if (std::abs(force[2]) < kLoaded_n) return out;
  out.cop = Vector3(-at_surface[1] / force[2], at_surface[0] / force[2], 0.0);
  out.free_moment = at_surface[2] - out.cop[0] * force[1] + out.cop[1] * force[0];
  return out;
}

// The formulas of c3d.org for types 1 to 4 (4 is 2 after its calibration matrix); type 3 after
// Kistler.
Wrench wrench(const Plate& plate, const double* raw) {
  std::array<double, 8> v{};
  for (std::size_t i = 0; i < plate.channels.size(); ++i) v[i] = raw[i] * plate.unit[i];
  const Vector3& o = plate.origin;
  switch (plate.type) {
    case 1: {
      Wrench out{{v[0], v[1], v[2]}, {v[3], v[4], 0.0}, v[5]};
      if (std::abs(v[2]) < kLoaded_n) {
        out.cop.setConstant(kNaN);
        out.free_moment = kNaN;
      }
      return out;
    }
    case 3: {
      const Vector3 force(v[0] + v[1], v[2] + v[3], v[4] + v[5] + v[6] + v[7]);
      const Vector3 moment(o[1] * (v[4] + v[5] - v[6] - v[7]), o[0] * (-v[4] + v[5] + v[6] - v[7]),
                           o[1] * (-v[0] + v[1]) + o[0] * (v[2] - v[3]));
      return from_moment(force, moment + force.cross(Vector3(0.0, 0.0, o[2])));
    }
    default: {
      Eigen::Matrix<double, 6, 1> all;
      for (Eigen::Index i = 0; i < 6; ++i) all[i] = v[static_cast<std::size_t>(i)];
      if (plate.type == 4) all = (plate.calibration * all).eval();
      const Vector3 force = all.head<3>();
      return from_moment(force, all.tail<3>() + force.cross(o));
    }
  }
}

// The vertical force of all samples that are numbers.
std::vector<double> vertical_forces(const ForcePlate& plate, const Vector3& up) {
  const Eigen::VectorXd vertical = plate.force_n * up;
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(vertical.size()));
  std::copy_if(vertical.begin(), vertical.end(), std::back_inserter(out),
               [](double value) { return std::isfinite(value); });
  return out;
}

double quantile(std::vector<double> values, double q) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

struct Range {
  double low = 0.0;
  double high = 0.0;
};

// All but the outermost samples of the vertical force.
Range vertical_range(const ForcePlate& plate, const Vector3& up) {
  const auto all = vertical_forces(plate, up);
  if (all.empty()) return {};
  return {quantile(all, 0.002), quantile(all, 0.998)};
}

// True where the middle of the markers is above the plate nearly all the time: somebody is on it.
bool is_occupied(const Plate& plate, const Recording& recording) {
  if (!plate.placed || recording.n_points() == 0) return false;
  const double half_x = (plate.corners.row(0) - plate.corners.row(1)).norm() / 2.0;
  const double half_y = (plate.corners.row(0) - plate.corners.row(3)).norm() / 2.0;
  Eigen::Index seen = 0;
  Eigen::Index above = 0;
  for (Eigen::Index frame = 0; frame < recording.n_frames(); ++frame) {
    Vector3 sum = Vector3::Zero();
    double n = 0.0;
    for (Eigen::Index point = 0; point < recording.n_points(); ++point) {
      const Vector3 at = recording.positions_m.block<1, 3>(frame, 3 * point).transpose();
      if (std::isnan(at[0])) continue;
      sum += at;
      n += 1.0;
    }
    if (n == 0.0) continue;
    const Vector3 local = plate.axes.transpose() * (sum / n - plate.centre);
    ++seen;
    above += std::abs(local[0]) < half_x && std::abs(local[1]) < half_y ? 1 : 0;
  }
  return seen > 0 && above * 10 >= seen * 9;
}

// The file may hold the force on the plate instead of the force on the runner. Told by a downward
// force that is large, by itself and beside what other plates carry upwards; or by any force that
// always points down while the runner is on that plate. Returns true in that last case: then the
// plate is never unloaded, whatever it reads.
bool correct_sign(ForcePlate& series, const Plate& plate, const Range& range, double most_up,
                  Recording& recording) {
  const bool large =
      -range.low > std::max(kTurnedForce_n, 0.3 * most_up) && -range.low > 3.0 * range.high;
  const bool always = range.high < -kOffset_n && is_occupied(plate, recording);
  if (!large && !always) return false;
  series.force_n = -series.force_n;
  series.free_moment_nm = -series.free_moment_nm;
  recording.warn("forces", plate_name(plate.number) + " stores the force that points down (" +
                               std::to_string(std::lround(range.low)) +
                               " N): sign turned, so that it is the force on the runner");
  if (!large) {
    recording.warn("forces",
                   plate_name(plate.number) +
                       " carries the runner all the time but reads too little for a body: "
                       "its scale may be wrong");
  }
  return !large;
}

// The force left while nobody stands on it, and the dead band below which the file holds exact
// zeros.
void note_unloaded(ForcePlate& plate, const Vector3& up, std::size_t number, Recording& recording) {
  const auto all = vertical_forces(plate, up);
  if (all.empty()) return;
  const double high = quantile(all, 0.998);
  std::size_t zeros = 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (const double value : all) {
    zeros += value == 0.0 ? 1 : 0;
    if (value != 0.0) smallest = std::min(smallest, std::abs(value));
  }
  if (zeros > all.size() / 100 && std::isfinite(smallest) && smallest > kOffset_n) {
    plate.dead_band_n = smallest;
    recording.note("forces", plate_name(number) + ": forces below " +
                                 std::to_string(std::lround(smallest)) +
                                 " N are stored as 0 (dead band)");
    return;
  }
  std::vector<double> unloaded;
  const double limit = high > kTurnedForce_n ? 0.1 * high : std::numeric_limits<double>::infinity();
  std::copy_if(all.begin(), all.end(), std::back_inserter(unloaded),
               [limit](double value) { return value < limit; });
  if (unloaded.size() < all.size() / 50 + 1) return;
  const double offset = quantile(std::move(unloaded), 0.5);
  if (std::abs(offset) > kOffset_n) {
    recording.note("forces", plate_name(number) + " reads " + std::to_string(std::lround(offset)) +
                                 " N while unloaded; left as it is");
  }
}

void note_cop_outside(const ForcePlate& series, const Plate& plate, Recording& recording) {
  const double half_x = (plate.corners.row(0) - plate.corners.row(1)).norm() / 2.0;
  const double half_y = (plate.corners.row(0) - plate.corners.row(3)).norm() / 2.0;
  std::size_t loaded = 0;
  std::size_t outside = 0;
  for (Eigen::Index i = 0; i < series.n_samples(); ++i) {
    if (std::isnan(series.cop_m(i, 0)) || std::abs(series.force_n.row(i) * plate.up) < 100.0)
      continue;
    ++loaded;
    const Vector3 local = plate.axes.transpose() * (series.cop_m.row(i).transpose() - plate.centre);
    outside += std::abs(local[0]) > half_x + 0.05 || std::abs(local[1]) > half_y + 0.05 ? 1 : 0;
  }
  if (outside > loaded / 10) {
    recording.warn("forces", plate_name(plate.number) +
                                 ": the centre of pressure lies off the plate in " +
                                 std::to_string(100 * outside / loaded) +
                                 " % of the loaded samples; corners, origin or units may be wrong");
  }
}

ForcePlate read_series(const Bytes& bytes, const Layout& layout, const Plate& plate) {
  const std::size_t per_frame = layout.samples_per_frame;
  const auto n = static_cast<Eigen::Index>(layout.frames * per_frame);
  ForcePlate out;
  out.name = plate_name(plate.number);
  out.c3d_type = plate.type;
  out.time_s.resize(static_cast<std::size_t>(n));
  out.force_n.resize(n, 3);
  out.cop_m.resize(n, 3);
  out.free_moment_nm.resize(n);
  const double step_s = 1.0 / (layout.rate_hz * static_cast<double>(per_frame));
  const double turn = plate.axes.col(2).dot(plate.up);
  std::array<double, 8> raw{};
  Eigen::Index i = 0;
  for (std::size_t frame = 0; frame < layout.frames; ++frame) {
    for (std::size_t sample = 0; sample < per_frame; ++sample, ++i) {
      read_sample(bytes, layout, frame, sample, plate.channels, raw.data());
      Wrench w = wrench(plate, raw.data());
      if (!w.force.allFinite()) w = {Vector3::Constant(kNaN), Vector3::Constant(kNaN), kNaN};
      if (!w.cop.allFinite()) w.cop.setConstant(kNaN);
      out.time_s[static_cast<std::size_t>(i)] = layout.start_s() + static_cast<double>(i) * step_s;
      out.force_n.row(i) = (plate.axes * w.force).transpose();
      out.cop_m.row(i) = (plate.centre + plate.axes * w.cop).transpose();
      out.free_moment_nm[i] = turn * w.free_moment;
    }
  }
  if (!plate.placed) out.cop_m.setConstant(kNaN);
  if (plate.placed) out.corners_m = plate.corners;
  return out;
}

}  // namespace

void read_plates(const Bytes& bytes, const Layout& layout, const Parameters& parameters,
                 double point_unit_m, const std::string& up, Recording& recording) {
  const PlateParameters source(layout, parameters, point_unit_m);
  std::vector<bool> taken(layout.channels, false);
  std::vector<Plate> plates;
  std::map<std::string, std::vector<std::size_t>> left_out;  // reason, plates
  for (std::size_t index = 0; index < source.count(); ++index) {
    std::string reason = "the file has no analog data";
    auto plate = layout.channels > 0 ? source.plate(index, up, recording, reason) : std::nullopt;
    // Also what keeps memory in proportion to the file: one channel, one plate.
    if (plate && std::any_of(plate->channels.begin(), plate->channels.end(),
                             [&](const AnalogChannel& channel) { return taken[channel.index]; })) {
      reason = "its channels belong to another plate already";
      plate.reset();
    }
    if (!plate) {
      left_out[reason].push_back(index + 1);
      continue;
    }
    for (const auto& channel : plate->channels) taken[channel.index] = true;
    plates.push_back(std::move(*plate));
  }
  for (const auto& [reason, numbers] : left_out) {
    recording.warn(
        "forces", (numbers.size() == 1 ? plate_name(numbers[0])
                                       : std::to_string(numbers.size()) + " force plates, number " +
                                             std::to_string(numbers[0]) + " the first,") +
                      " left out: " + reason);
  }
  std::vector<Range> ranges;
  double most_up = 0.0;
  for (const Plate& plate : plates) {
    if (plate.scale_assumed) {
      recording.warn("forces", plate_name(plate.number) +
                                   ": ANALOG:SCALE is too short for its channels, 1 assumed");
    }
    if (!plate.placed) {
      recording.warn("forces", plate_name(plate.number) +
                                   ": its corners are unusable, so only the vertical force can be "
                                   "trusted; horizontal directions are a guess, COP is missing");
    }
    recording.plates.push_back(read_series(bytes, layout, plate));
    ranges.push_back(vertical_range(recording.plates.back(), plate.up));
    most_up = std::max(most_up, ranges.back().high);
  }
  for (std::size_t i = 0; i < plates.size(); ++i) {
    ForcePlate& series = recording.plates[i];
    const bool carries = correct_sign(series, plates[i], ranges[i], most_up, recording);
    if (!carries) note_unloaded(series, plates[i].up, plates[i].number, recording);
    if (plates[i].placed) note_cop_outside(series, plates[i], recording);
  }
  const auto others = std::count(taken.begin(), taken.end(), false);
  if (others > 0) {
    recording.note("forces", std::to_string(others) + " analog channel" + (others == 1 ? "" : "s") +
                                 " that belong to no force plate not kept");
  }
}

}  // namespace runmech::c3d
