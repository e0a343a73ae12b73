// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_write_plates.hpp"

#include <Eigen/Geometry>
#include <cmath>

namespace runmech::c3d {
namespace {

constexpr std::size_t kMostPerFrame = 65535;  // analog values, 16 bits in the header
constexpr double kMillimetres = 1000.0;

}  // namespace

std::vector<WrittenPlate> choose_plates(const Recording& recording, std::vector<Note>& notes,
                                        std::size_t& samples) {
  std::vector<WrittenPlate> out;
  const auto frames = static_cast<std::size_t>(recording.n_frames());
  for (const ForcePlate& plate : recording.plates) {
    const auto leave_out = [&](const std::string& why) {
      notes.push_back({"forces", plate.name + " is not written: " + why, true});
    };
    const auto n = static_cast<std::size_t>(plate.n_samples());
    const auto& c = plate.corners_m;
    const Eigen::Vector3d x = (c.row(0) - c.row(1) + c.row(3) - c.row(2)).transpose();
    const Eigen::Vector3d y = (c.row(0) - c.row(3) + c.row(1) - c.row(2)).transpose();
    if (!(x.cross(y).norm() > 1e-6)) {
      leave_out("its corners are not known");
    } else if (n == 0 || n % frames != 0 || (samples != 0 && n != samples * frames) ||
               n / frames * 6 * (out.size() + 1) > kMostPerFrame ||
               std::abs(plate.time_s.front() - recording.time_s.front()) > 1e-4) {
      leave_out("its " + std::to_string(n) +
                " samples are not a whole number per frame from the first on");
    } else {
      samples = n / frames;
      WrittenPlate written{&plate, {}, c.colwise().mean().transpose()};
      written.axes.col(0) = x.normalized();
      written.axes.col(2) = x.cross(y).normalized();
      written.axes.col(1) = written.axes.col(2).cross(written.axes.col(0));
      out.push_back(written);
    }
  }
  return out;
}

void put_sample(std::string& out, const WrittenPlate& written, Eigen::Index i) {
  const ForcePlate& plate = *written.plate;
  const Eigen::Vector3d force = written.axes.transpose() * plate.force_n.row(i).transpose();
  Eigen::Vector3d moment = Eigen::Vector3d::Zero();
  if (i < plate.cop_m.rows() && plate.cop_m.row(i).allFinite()) {
    const Eigen::Vector3d at =
        written.axes.transpose() * (plate.cop_m.row(i).transpose() - written.centre);
    moment = at.cross(force);
    if (i < plate.free_moment_nm.size() && std::isfinite(plate.free_moment_nm[i])) {
      moment[2] += plate.free_moment_nm[i] * written.axes(1, 2);  // about world Y, up
    }
  }
  for (int k = 0; k < 3; ++k) put_f32(out, force[k]);
  for (int k = 0; k < 3; ++k) put_f32(out, kMillimetres * moment[k]);
}

void add_plates(Section& section, const std::vector<WrittenPlate>& plates) {
  const std::size_t n = plates.size();
  section.group("FORCE_PLATFORM");
  section.integers("USED", {n});
  section.integers("ZERO", {0, 0});
  if (n == 0) return;
  std::vector<std::size_t> channels(6 * n);
  std::vector<double> corners;
  for (std::size_t i = 0; i < 6 * n; ++i) channels[i] = i + 1;
  for (const auto& written : plates) {
    for (int corner = 0; corner < 4; ++corner) {
      for (int k = 0; k < 3; ++k)
        corners.push_back(kMillimetres * written.plate->corners_m(corner, k));
    }
  }
  section.integers("TYPE", std::vector<std::size_t>(n, 2));
  section.integers("CHANNEL", channels, {6, n});
  section.floats("CORNERS", corners, {3, 4, n});
  section.floats("ORIGIN", std::vector<double>(3 * n, 0.0), {3, n});
}

void add_analog(Section& section, std::size_t plates, double rate_hz) {
  std::vector<std::string> labels;
  std::vector<std::string> units;
  for (std::size_t plate = 1; plate <= plates; ++plate) {
    for (const char* kind : {"Fx", "Fy", "Fz", "Mx", "My", "Mz"}) {
      labels.push_back(kind + std::to_string(plate));
      units.emplace_back(kind[0] == 'F' ? "N" : "Nmm");
    }
  }
  const std::size_t channels = labels.size();
  section.group("ANALOG");
  section.integers("USED", {channels});
  section.strings("LABELS", labels);
  section.strings("UNITS", units);
  section.floats("GEN_SCALE", {1.0});
  section.floats("SCALE", std::vector<double>(channels, 1.0));
  section.integers("OFFSET", std::vector<std::size_t>(channels, 0));
  section.floats("RATE", {rate_hz});
}

}  // namespace runmech::c3d
