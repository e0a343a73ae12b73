// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "forces.hpp"
#include "runmech/io/forces.hpp"
#include "text.hpp"

namespace runmech {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kMetresLimit =
    50.0;  // no laboratory is longer: beyond it COP is in mm (our choice)

struct Columns {
  std::array<Eigen::Index, 3> force{-1, -1, -1};
  std::array<Eigen::Index, 3> cop{-1, -1, -1};
  std::array<Eigen::Index, 3> torque{-1, -1, -1};
};

int axis_of(char c) {
  return c >= 'x' && c <= 'z' ? c - 'x' : -1;
}

// Takes one column name apart; the plate's name is what is left without component and "torque".
bool sort_in(const std::string& name, Eigen::Index column, std::vector<std::string>& order,
             std::map<std::string, Columns>& plates) {
  std::string word = text::lower(name);
  if (word.size() < 3) return false;
  const int axis = axis_of(word.back());
  if (axis < 0) return false;
  word.pop_back();
  char quantity = 0;
  for (const std::string_view key : {"torque", "moment"}) {
    const std::size_t at = word.find(key);
    if (at == std::string::npos) continue;
    quantity = 'm';
    word.replace(at, key.size(), "force");
    if (word.ends_with("_m")) word.pop_back();
  }
  if (word.find("force") == std::string::npos && word.find("grf") == std::string::npos)
    return false;
  if (quantity == 0) {
    quantity = word.back();
    if (quantity != 'v' && quantity != 'p' && quantity != 'm') return false;
    word.pop_back();
  }
  while (!word.empty() && word.back() == '_') word.pop_back();
  if (plates.find(word) == plates.end()) order.push_back(word);
  Columns& c = plates[word];
  auto& group = quantity == 'v' ? c.force : quantity == 'p' ? c.cop : c.torque;
  group[static_cast<std::size_t>(axis)] = column;
  return true;
}

bool whole(const std::array<Eigen::Index, 3>& group) {
  return group[0] >= 0 && group[1] >= 0 && group[2] >= 0;
}

ForcePlate::Series triple(const Table& table, const std::array<Eigen::Index, 3>& group) {
  ForcePlate::Series out(table.values.rows(), 3);
  for (int a = 0; a < 3; ++a) out.col(a) = table.values.col(group[static_cast<std::size_t>(a)]);
  return out;
}

}  // namespace

std::vector<ForcePlate> plates_of(const Table& table) {
  std::vector<std::string> order;
  std::map<std::string, Columns> columns;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    static_cast<void>(sort_in(table.names[i], static_cast<Eigen::Index>(i), order, columns));
  }
  std::vector<ForcePlate> out;
  for (const auto& name : order) {
    const Columns& c = columns[name];
    if (!whole(c.force)) continue;
    ForcePlate plate;
    plate.name = name;
    plate.time_s = table.time_s;
    plate.force_n = triple(table, c.force);
    plate.cop_m.setConstant(plate.n_samples(), 3, kNan);
    double length = 1.0;
    if (whole(c.cop)) {
      plate.cop_m = triple(table, c.cop);
      for (Eigen::Index i = 0; i < plate.cop_m.rows(); ++i) {
        if (plate.cop_m.row(i).isZero(0.0)) plate.cop_m.row(i).setConstant(kNan);
      }
    }
    clear_unloaded(plate);
    const double far = plate.cop_m.array().isNaN().select(0.0, plate.cop_m).cwiseAbs().maxCoeff();
    if (far > kMetresLimit) length = 1e-3;
    plate.cop_m *= length;
    if (whole(c.torque)) {
      const ForcePlate::Series torque = triple(table, c.torque);
      // A free moment has one component; with three it is about the laboratory's origin.
      Eigen::Index up = 0;
      const Eigen::RowVector3d size =
          torque.array().isNaN().select(0.0, torque).cwiseAbs().colwise().maxCoeff();
      const double largest = size.maxCoeff(&up);
      if (largest > 0.0 && size.sum() - largest < 1e-3 * largest) {
        plate.free_moment_nm = length * torque.col(up);
      }
    }
    out.push_back(std::move(plate));
  }
  return out;
}

}  // namespace runmech
