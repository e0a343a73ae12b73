// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/biomac.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "clock.hpp"
#include "forces.hpp"
#include "points.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "table_text.hpp"

namespace runmech {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
using Triple = std::array<std::size_t, 3>;
constexpr Triple kNoTriple{kNone, kNone, kNone};

// "marker:C7_x[mm]" -> kind "marker", name "C7", axis 0, unit "mm".
struct ColumnName {
  std::string kind;
  std::string name;
  std::string unit;
  int axis = -1;
};

ColumnName parse_column(std::string_view text) {
  ColumnName out;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return out;
  out.kind = std::string(text.substr(0, colon));
  text.remove_prefix(colon + 1);
  const std::size_t open = text.rfind('[');
  if (open != std::string_view::npos && text.ends_with(']')) {
    out.unit = std::string(text.substr(open + 1, text.size() - open - 2));
    text = text.substr(0, open);
  }
  for (int axis = 0; axis < 3; ++axis) {
    // Markers end in _x; forces and COP have the side behind it: GRF_x_r.
    const std::string word = std::string("_") + "xyz"[axis];
    if (text.ends_with(word)) {
      out.axis = axis;
      out.name = text.substr(0, text.size() - 2);
    } else if (text.ends_with(word + "_r") || text.ends_with(word + "_l")) {
      out.axis = axis;
      out.name = text.back();
    }
  }
  return out;
}

struct Group {
  Triple columns = kNoTriple;
  std::string unit;
};

bool whole(const Group& g) {
  return g.columns[0] != kNone && g.columns[1] != kNone && g.columns[2] != kNone;
}

void add_plate(const text::Rows& rows, const std::vector<Eigen::Index>& kept, const Group& force,
               const Group& cop, double newtons, const std::string& name, Recording& recording) {
  ForcePlate plate;
  plate.name = name;
  plate.time_s = recording.time_s;
  const auto n = static_cast<Eigen::Index>(kept.size());
  plate.force_n.resize(n, 3);
  plate.cop_m.setConstant(n, 3, std::numeric_limits<double>::quiet_NaN());
  const double metres = whole(cop) ? text::metres_in(cop.unit) : 0.0;
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(kept[static_cast<std::size_t>(i)]);
    for (std::size_t a = 0; a < 3; ++a) {
      plate.force_n(i, static_cast<Eigen::Index>(a)) = newtons * rows.at(row, force.columns[a]);
      if (metres > 0.0) {
        plate.cop_m(i, static_cast<Eigen::Index>(a)) = metres * rows.at(row, cop.columns[a]);
      }
    }
  }
  clear_unloaded(plate);
  recording.plates.push_back(std::move(plate));
}

}  // namespace

bool is_biomac(std::string_view content) {
  if (text::is_utf16(content)) return false;
  text::Lines lines(content.substr(0, 4096), "");
  std::string_view line;
  return lines.next_filled(line) && text::trim(line).starts_with("time:time[");
}

RawRecording read_biomac(const FileBytes& file, const ReadOptions& options) {
  RawRecording out;
  Recording& recording = out.recording;
  recording.source = file.path;
  recording.format = "biomac_csv";
  out.axes.up = "+y";
  const text::HeadedTable table = text::read_headed_table(file);
  std::vector<Group> markers;
  std::map<std::string, std::size_t> marker_index;
  std::map<std::string, Group> forces;
  std::map<std::string, Group> cops;
  std::size_t others = 0;
  bool computed = false;
  for (std::size_t c = 1; c < table.names.size(); ++c) {
    const ColumnName column = parse_column(table.names[c]);
    computed = computed || column.kind == "angle";
    Group* group = nullptr;
    if (column.axis >= 0 && column.kind == "marker") {
      const auto [at, fresh] = marker_index.try_emplace(column.name, markers.size());
      if (fresh) {
        markers.emplace_back();
        recording.labels.push_back(column.name);
      }
      group = &markers[at->second];
    } else if (column.axis >= 0 && column.kind == "GRF") {
      group = &forces[column.name];
    } else if (column.axis >= 0 && column.kind == "CoP") {
      group = &cops[column.name];
    }
    if (group == nullptr) {
      ++others;
      continue;
    }
    const std::string place = "line 1, column " + std::to_string(c + 1);
    std::size_t& slot = group->columns[static_cast<std::size_t>(column.axis)];
    if (slot != kNone) {
      throw IoError(file.path, place, text::quoted(table.names[c]) + " occurs twice");
    }
    if (!group->unit.empty() && group->unit != column.unit) {
      throw IoError(file.path, place,
                    text::quoted(table.names[c]) + " has another unit than its x");
    }
    slot = c;
    group->unit = column.unit;
  }
  if (markers.empty())
    throw IoError(file.path, "line 1", "the file has no columns marker:NAME_x[mm]");
  note_rows(table.rows, recording);
  if (others > 0) {
    recording.note("labels", std::to_string(others) + " columns of other kinds were left out");
  }
  if (computed) {
    recording.warn("labels",
                   "the file holds joint angles: its markers may be computed, not measured");
  }
  ClockSource clock;
  clock.line = table.rows.lines;
  clock.time_s = text::column_of(table.rows, 0);
  clock.decimals = table.rows.first_column_decimals;
  clock.given_rate_hz = options.rate_hz;
  const auto kept =
      set_clock(file.path, static_cast<Eigen::Index>(table.rows.count), clock, recording);

  // One table with the marker columns side by side, for the common code.
  text::Rows picked;
  picked.columns = 3 * markers.size();
  picked.count = table.rows.count;
  for (std::size_t p = 0; p < markers.size(); ++p) {
    if (!whole(markers[p])) {
      throw IoError(file.path, "line 1",
                    "marker " + text::quoted(recording.labels[p]) + " lacks one of x, y, z");
    }
    if (markers[p].unit != markers[0].unit) {
      throw IoError(file.path, "line 1",
                    "markers in different units: " + text::quoted(markers[0].unit) + " and " +
                        text::quoted(markers[p].unit));
    }
  }
  picked.values.reserve(picked.count * picked.columns);
  for (std::size_t i = 0; i < picked.count; ++i) {
    for (const Group& marker : markers) {
      for (const std::size_t c : marker.columns) picked.values.push_back(table.rows.at(i, c));
    }
  }
  const double scale = length_unit(file.path, options.unit, markers[0].unit, out);
  fill_points(picked, 0, scale, kept, recording);

  for (const auto& [side, force] : forces) {
    if (!whole(force)) continue;
    double newtons = 0.0;
    if (force.unit == "N") newtons = 1.0;
    if (force.unit == "BW%" || force.unit == "%BW") newtons = options.mass_kg * kGravity / 100.0;
    if (newtons == 0.0) {
      recording.warn("forces", "force in " + text::quoted(force.unit) +
                                   " was left out: give mass_kg to turn it into newtons");
      continue;
    }
    const auto cop = cops.find(side);
    add_plate(table.rows, kept, force, cop == cops.end() ? Group() : cop->second, newtons,
              side == "r" ? "right" : "left", recording);
  }
  return out;
}

}  // namespace runmech
