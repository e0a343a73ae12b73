// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/data/recording.hpp"
#include "runmech/io/file.hpp"

namespace runmech {

/// Columns over time, as a MOT, STO or csv file holds them: nothing is converted.
struct Table {
  std::string source;
  std::vector<double> time_s;      ///< n rows, increasing
  std::vector<std::string> names;  ///< k columns without time, unique
  FrameMatrix values;              ///< n x k, NaN = missing
  std::optional<bool> in_degrees;  ///< of the header's inDegrees; empty where the file does not say
  std::vector<Note> notes;

  /// One column. Throws InvalidArgument for an unknown name.
  [[nodiscard]] Eigen::VectorXd column(std::string_view name) const;
};

/// Reads a MOT or STO file of OpenSim (also after a spreadsheet saved it with commas), a BioMAC csv
/// or any other headed table of numbers whose first column is time. Throws IoError naming line and
/// column.
[[nodiscard]] Table read_table(const std::filesystem::path& path);
[[nodiscard]] Table read_table(const FileBytes& file);

/// True where the text starts like a MOT or STO file.
[[nodiscard]] bool is_mot(std::string_view text);

/// How write_mot writes.
struct MotOptions {
  bool in_degrees = true;  // see fields()
  std::string name = "Coordinates";

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("in_degrees", self.in_degrees, "what the angles in the table are in; stated in the header");
    f("name", self.name, "first line of the file");
  }
};

/// Writes `values` (n x k) over time as a MOT or STO file that OpenSim opens: version=1, nRows,
/// nColumns (time counted), inDegrees; the shortest digits that read back as the same double;
/// written aside and renamed. Throws InvalidArgument for sizes that disagree, names that hold
/// blanks or occur twice, times that do not increase; IoError.
void write_mot(const std::filesystem::path& path, const std::vector<double>& time_s,
               const std::vector<std::string>& names, const FrameMatrix& values,
               const MotOptions& options = {});

/// Writes a csv of columns (say time_s first): a point as decimal sign, missing = empty cell, names
/// with commas or quotes quoted. Otherwise as write_mot.
void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const FrameMatrix& values);

}  // namespace runmech
