// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <unordered_set>

#include "runmech/core/errors.hpp"
#include "runmech/io/file.hpp"
#include "runmech/io/table.hpp"
#include "runmech/io/trc.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::append_number;

void check_sizes(const char* what, std::size_t rows, std::size_t columns,
                 const FrameMatrix& values) {
  if (values.rows() == static_cast<Eigen::Index>(rows) &&
      values.cols() == static_cast<Eigen::Index>(columns)) {
    return;
  }
  throw InvalidArgument(std::string(what) + ": values are " + std::to_string(values.rows()) +
                        " x " + std::to_string(values.cols()) + ", but there are " +
                        std::to_string(rows) + " rows and " + std::to_string(columns) + " names");
}

void check_names(const char* what, const std::vector<std::string>& names,
                 std::string_view forbidden) {
  std::unordered_set<std::string_view> seen;
  for (const auto& name : names) {
    if (name.empty()) throw InvalidArgument(std::string(what) + ": a name is empty");
    if (name.find_first_of(forbidden) != std::string::npos) {
      throw InvalidArgument(std::string(what) + ": name '" + name +
                            "' holds a character that separates columns or lines");
    }
    if (!seen.insert(name).second) {
      throw InvalidArgument(std::string(what) + ": name '" + name + "' occurs twice");
    }
  }
}

void check_times(const char* what, const std::vector<double>& time_s) {
  for (std::size_t i = 0; i < time_s.size(); ++i) {
    if (!std::isfinite(time_s[i]) || (i > 0 && time_s[i] <= time_s[i - 1])) {
      throw InvalidArgument(std::string(what) + ": time_s[" + std::to_string(i) +
                            "] does not increase");
    }
  }
}

std::string csv_cell(const std::string& name) {
  if (name.find_first_of(",\"\r\n") == std::string::npos) return name;
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

void write_mot(const std::filesystem::path& path, const std::vector<double>& time_s,
               const std::vector<std::string>& names, const FrameMatrix& values,
               const MotOptions& options) {
  check_sizes("write_mot", time_s.size(), names.size(), values);
  check_names("write_mot", names, " \t\r\n,");
  check_times("write_mot", time_s);
  if (options.name.empty() || options.name.find_first_of("\r\n=") != std::string::npos) {
    throw InvalidArgument("name is '" + options.name + "'; allowed: one line of text without '='");
  }
  std::string out = options.name + "\nversion=1\nnRows=" + std::to_string(time_s.size()) +
                    "\nnColumns=" + std::to_string(names.size() + 1) +
                    "\ninDegrees=" + (options.in_degrees ? "yes" : "no") + "\nendheader\ntime";
  for (const auto& name : names) out += "\t" + name;
  out += '\n';
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    append_number(out, time_s[static_cast<std::size_t>(i)]);
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
      out += '\t';
      append_number(out, values(i, c));
    }
    out += '\n';
  }
  write_whole(path, out);
}

void write_csv(const std::filesystem::path& path, const std::vector<std::string>& names,
               const FrameMatrix& values) {
  check_sizes("write_csv", static_cast<std::size_t>(values.rows()), names.size(), values);
  check_names("write_csv", names, "\r\n");
  std::string out;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (c > 0) out += ',';
    out += csv_cell(names[c]);
  }
  out += '\n';
  for (Eigen::Index i = 0; i < values.rows(); ++i) {
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
      if (c > 0) out += ',';
      if (!std::isnan(values(i, c))) append_number(out, values(i, c));
    }
    out += '\n';
  }
  write_whole(path, out);
}

void write_trc(const std::filesystem::path& path, const Recording& recording,
               const TrcOptions& options) {
  recording.validate();
  check_names("write_trc", recording.labels, "\t\r\n");
  if (options.unit != "m" && options.unit != "mm") {
    throw InvalidArgument("unit is '" + options.unit + "'; allowed: m, mm");
  }
  const double scale = options.unit == "mm" ? 1e3 : 1.0;
  const auto frames = std::to_string(recording.n_frames());
  std::string rate;
  append_number(rate, std::round(1e6 * recording.rate_hz()) / 1e6);
  std::string out = "PathFileType\t4\t(X/Y/Z)\t" + path.filename().string() +
                    "\nDataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\t"
                    "OrigDataStartFrame\tOrigNumFrames\n" +
                    rate + "\t" + rate + "\t" + frames + "\t" +
                    std::to_string(recording.n_points()) + "\t" + options.unit + "\t" + rate +
                    "\t1\t" + frames + "\nFrame#\tTime";
  for (const auto& label : recording.labels) out += "\t" + label + "\t\t";
  out += "\n\t";
  for (Eigen::Index p = 1; p <= recording.n_points(); ++p) {
    for (const char axis : {'X', 'Y', 'Z'}) {
      out += '\t';
      out += axis;
      out += std::to_string(p);
    }
  }
  out += "\n\n";
  for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
    out += std::to_string(f + 1) + "\t";
    append_number(out, recording.time_s[static_cast<std::size_t>(f)]);
    for (Eigen::Index c = 0; c < recording.positions_m.cols(); ++c) {
      out += '\t';
      const double value = scale * recording.positions_m(f, c);
      if (!std::isnan(value)) append_number(out, value);
    }
    out += '\n';
  }
  write_whole(path, out);
}

}  // namespace runmech
