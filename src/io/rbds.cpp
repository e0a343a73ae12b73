// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/rbds.hpp"

#include <array>
#include <cmath>

#include "clock.hpp"
#include "forces.hpp"
#include "points.hpp"
#include "runmech/core/errors.hpp"
#include "table_text.hpp"

namespace runmech {
namespace {

constexpr double kForceRate_hz = 300.0;  // stated by Fukuchi 2017, not by the file
constexpr std::array<std::string_view, 8> kForceNames{"Time", "Fx",   "Fy",   "Fz",
                                                      "COPx", "COPy", "COPz", "Ty"};

std::vector<std::string_view> header_cells(std::string_view content, std::string_view& line) {
  std::vector<std::string_view> cells;
  text::Lines lines(content.substr(0, 1U << 20), "");
  if (lines.next_filled(line)) text::split(line, text::separator_of(line), cells);
  while (!cells.empty() && text::trim(cells.back()).empty()) cells.pop_back();
  return cells;
}

// "R.ASISX", "R.ASISY", "R.ASISZ" -> "R.ASIS"; empty where the three are not one point.
std::string_view point_name(std::string_view x, std::string_view y, std::string_view z) {
  if (x.size() < 2 || x.back() != 'X' || y.back() != 'Y' || z.back() != 'Z') return {};
  const std::string_view name = x.substr(0, x.size() - 1);
  return y.substr(0, y.size() - 1) == name && z.substr(0, z.size() - 1) == name
             ? name
             : std::string_view();
}

}  // namespace

bool is_rbds(std::string_view content) {
  if (text::is_utf16(content)) return false;
  std::string_view line;
  const auto cells = header_cells(content, line);
  return cells.size() >= 4 && text::lower(text::trim(cells[0])) == "time" && cells[2].size() > 1 &&
         cells[3].size() > 1 && !point_name(cells[1], cells[2], cells[3]).empty();
}

bool is_rbds_forces(std::string_view content) {
  if (text::is_utf16(content)) return false;
  std::string_view line;
  const auto cells = header_cells(content, line);
  if (cells.size() < 7) return false;
  for (std::size_t i = 0; i < 7; ++i) {
    if (text::trim(cells[i]) != kForceNames[i]) return false;
  }
  return true;
}

RawRecording read_rbds(const FileBytes& file, const ReadOptions& options) {
  RawRecording out;
  Recording& recording = out.recording;
  recording.source = file.path;
  recording.format = "rbds_text";
  const text::HeadedTable table = text::read_headed_table(file);
  const auto& names = table.names;
  if ((names.size() - 1) % 3 != 0) {
    throw IoError(file.path, "line 1",
                  std::to_string(names.size() - 1) + " columns after Time are not X, Y, Z triples");
  }
  for (std::size_t i = 1; i + 2 < names.size(); i += 3) {
    const bool whole = !names[i].empty() && !names[i + 1].empty() && !names[i + 2].empty();
    const auto name = whole ? point_name(names[i], names[i + 1], names[i + 2]) : std::string_view();
    if (name.empty()) {
      throw IoError(file.path, "line 1, column " + std::to_string(i + 1),
                    text::quoted(names[i]) + ", " + text::quoted(names[i + 1]) + ", " +
                        text::quoted(names[i + 2]) + " are not X, Y and Z of one point");
    }
    recording.labels.emplace_back(name);
  }
  note_rows(table.rows, recording);
  ClockSource clock;
  clock.line = table.rows.lines;
  clock.time_s = text::column_of(table.rows, 0);
  clock.decimals = table.rows.first_column_decimals;
  clock.given_rate_hz = options.rate_hz;
  const auto kept =
      set_clock(file.path, static_cast<Eigen::Index>(table.rows.count), clock, recording);
  const double scale = length_unit(file.path, options.unit, "mm", out);
  fill_points(table.rows, 1, scale, kept, recording);
  out.axes = {"+y", "+x"};
  return out;
}

std::vector<ForcePlate> read_rbds_forces(const FileBytes& file, const ReadOptions& options) {
  const text::HeadedTable table = text::read_headed_table(file);
  const text::Rows& rows = table.rows;
  const double rate = options.rate_hz > 0.0 ? options.rate_hz : kForceRate_hz;
  const auto n = static_cast<Eigen::Index>(rows.count);
  ForcePlate plate;
  plate.name = "treadmill";
  plate.force_n.resize(n, 3);
  plate.cop_m.resize(n, 3);
  plate.free_moment_nm.resize(n);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const double sample = rows.at(i, 0);
    if (!(sample >= 1.0 && sample < 1e9) || sample != std::floor(sample) ||
        (i > 0 && sample <= rows.at(i - 1, 0))) {
      throw IoError(file.path, "line " + std::to_string(rows.line(i)) + ", column 1 (Time)",
                    "is not the next sample number, counted from 1");
    }
    const auto row = static_cast<Eigen::Index>(i);
    plate.time_s.push_back((sample - 1.0) / rate);
    for (int a = 0; a < 3; ++a) {
      plate.force_n(row, a) = rows.at(i, 1 + static_cast<std::size_t>(a));
      plate.cop_m(row, a) = 1e-3 * rows.at(i, 4 + static_cast<std::size_t>(a));
    }
    plate.free_moment_nm(row) = table.names.size() > 7 ? 1e-3 * rows.at(i, 7) : 0.0;
  }
  clear_unloaded(plate);
  return {std::move(plate)};
}

}  // namespace runmech
