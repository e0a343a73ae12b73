// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/c3d.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "c3d_bytes.hpp"
#include "c3d_events.hpp"
#include "c3d_labels.hpp"
#include "c3d_layout.hpp"
#include "c3d_parameters.hpp"
#include "c3d_plates.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "text.hpp"

namespace runmech {
namespace {

using c3d::Parameters;

// "+X", "Z" or "-Y" as "+x", "+z", "-y"; empty where it says nothing of the kind.
std::string axis_word(std::string text) {
  if (text.size() == 1) text.insert(text.begin(), '+');
  if (text.size() != 2 || (text[0] != '+' && text[0] != '-')) return {};
  const char letter = text[1] >= 'A' && text[1] <= 'Z' ? static_cast<char>(text[1] + 32) : text[1];
  return letter >= 'x' && letter <= 'z' ? std::string{text[0], letter} : std::string();
}

std::string plural(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

[[noreturn]] void refuse_without_points(const std::string& path, const c3d::Layout& layout,
                                        const Parameters& parameters, const Recording& recording) {
  std::string found = plural(layout.channels, "analog channel", "analog channels") + ", " +
                      plural(recording.plates.size(), "force plate", "force plates") + ", " +
                      plural(recording.events.size(), "event", "events");
  if (const double used = parameters.count("ROTATION", "USED").value_or(0.0); used > 0.0) {
    found += ", " + plural(static_cast<std::size_t>(used), "pose matrix", "pose matrices") +
             " (ROTATION group, not read)";
  }
  if (layout.points > 0) {
    found = plural(layout.points, "point", "points") +
            " that are model outputs or unlabelled, none that is a marker, " + found;
  }
  throw NotAnalysable(path + ": no marker positions; the file holds " + found);
}

// Metres in one unit of the points: as given, else as POINT:UNITS says, else judged by size.
double point_unit(const Parameters& parameters, const ReadOptions& options, RawRecording& raw) {
  Recording& recording = raw.recording;
  const std::string stated = parameters.string("POINT", "UNITS");
  const double factor = text::metres_in(stated);
  if (!options.unit.empty()) {
    const double given = text::metres_in(options.unit);
    if (factor != given) {
      recording.note("units", "lengths taken as " + options.unit + " as given; the file says " +
                                  (stated.empty() ? "nothing" : "'" + stated + "'"));
    }
    return given;
  }
  if (factor > 0.0) {
    recording.note("units", factor == 1.0 ? std::string("lengths are in m as stored")
                                          : "lengths converted from " + stated + " to m");
    return factor;
  }
  raw.unit_stated = false;
  return 0.0;
}

// C3D programs mean mm where they say nothing; a body within 20 units of the origin says metres.
double assumed_unit(const FrameMatrix& values, const std::string& stated, Recording& recording) {
  std::vector<double> sizes;
  const Eigen::Index step = std::max<Eigen::Index>(1, values.size() / 20000);
  for (Eigen::Index i = 0; i < values.size(); i += step) {
    if (!std::isnan(values.data()[i])) sizes.push_back(std::abs(values.data()[i]));
  }
  double large = 1000.0;
  if (!sizes.empty()) {
    const auto at = sizes.begin() + static_cast<std::ptrdiff_t>(9 * sizes.size() / 10);
    std::nth_element(sizes.begin(), at, sizes.end());
    large = *at;
  }
  const bool metres = large < 20.0;
  recording.warn("units", (stated.empty() ? std::string("POINT:UNITS is missing")
                                          : "POINT:UNITS '" + stated + "' is no length unit") +
                              "; " + (metres ? "m" : "mm") +
                              " assumed from the size of the coordinates (say unit to be sure)");
  return metres ? 1.0 : 1e-3;
}

void note_missing(const c3d::PointCounts& counts, Recording& recording) {
  if (counts.missing == 0) return;
  const auto all = static_cast<std::size_t>(recording.n_frames() * recording.n_points());
  std::string text = std::to_string(counts.missing) + " of " + std::to_string(all) +
                     " marker positions are missing";
  if (counts.zero_points > 0) {
    text += "; " + std::to_string(counts.zero_points) + " of them are 0,0,0 though marked as valid";
  }
  if (counts.not_finite > 0) {
    text += "; " + std::to_string(counts.not_finite) + " of them are not a number";
  }
  recording.notes.push_back({"missing", text, counts.zero_points + counts.not_finite > 0});
}

// Y_SCREEN names the vertical axis, but on some screens y points down: a negative one is believed
// only where the markers agree.
std::string up_axis(const Parameters& parameters, Recording& recording) {
  const std::string stated = axis_word(parameters.string("POINT", "Y_SCREEN"));
  if (stated.empty() || stated[0] == '+') return stated;
  Eigen::Index balance = 0;
  for (Eigen::Index column = stated[1] - 'x'; column < recording.positions_m.cols(); column += 3) {
    const auto heights = recording.positions_m.col(column).array();
    balance += (heights > 0.0).count() - (heights < 0.0).count();
  }
  if (balance <= 0) return stated;
  const std::string turned = std::string("+") + stated[1];
  recording.warn("axes", "POINT:Y_SCREEN says " + stated +
                             " points up, but the markers are at positive " + stated[1] + ": " +
                             turned + " taken as up");
  return turned;
}

// TRIAL:DATE and TIME (BTS): three integers each.
std::string trial_date(const Parameters& parameters) {
  const auto date = parameters.numbers("TRIAL", "DATE");
  const auto time = parameters.numbers("TRIAL", "TIME");
  const auto within = [](double value, double low, double high) {
    return value >= low && value <= high;
  };
  if (date.size() != 3 || !within(date[0], 1970, 2200) || !within(date[1], 1, 12) ||
      !within(date[2], 1, 31)) {
    return {};
  }
  std::string text = printed("%04.0f-%02.0f-%02.0f", date[0], date[1], date[2]);
  if (time.size() == 3 && within(time[0], 0, 23) && within(time[1], 0, 59) &&
      within(time[2], 0, 59)) {
    text += printed("T%02.0f:%02.0f:%02.0f", time[0], time[1], time[2]);
  }
  return text;
}

RawRecording read_all(const FileBytes& file, const ReadOptions& options, bool needs_points) {
  options.validate();
  c3d::Bytes bytes(file);
  const c3d::Header header = c3d::read_header(bytes);
  const Parameters parameters = Parameters::read(bytes, header);

  RawRecording raw;
  Recording& recording = raw.recording;
  recording.source = file.path;
  recording.format = "c3d";
  recording.date = trial_date(parameters);
  const c3d::Layout layout =
      c3d::settle_layout(bytes, header, parameters, options.rate_hz, recording);
  if (parameters.size() == 0) {
    recording.warn("labels", "the parameter section is empty; read by the header alone");
  }

  const c3d::Markers markers = c3d::choose_markers(parameters, layout.points, recording);
  if (recording.subject.empty()) recording.subject = parameters.string("SUBJECTS", "NAMES");
  recording.labels = markers.labels;
  recording.time_s.resize(layout.frames);
  for (std::size_t i = 0; i < layout.frames; ++i) {
    recording.time_s[i] = static_cast<double>(layout.first_frame - 1 + i) / layout.rate_hz;
  }
  if (layout.first_frame > 1) {
    recording.note("time", "the file starts at frame " + std::to_string(layout.first_frame) +
                               " of the recording; times count from its frame 1");
  }
  double unit_m = point_unit(parameters, options, raw);
  c3d::PointCounts counts;
  const bool assume = unit_m == 0.0;
  recording.positions_m =
      c3d::read_points(bytes, layout, markers.columns, assume ? 1.0 : unit_m, counts);
  if (assume) {
    unit_m = assumed_unit(recording.positions_m, parameters.string("POINT", "UNITS"), recording);
    recording.positions_m *= unit_m;
  }
  note_missing(counts, recording);
  raw.axes.up = up_axis(parameters, recording);
  c3d::read_events(header, parameters, layout, recording);
  c3d::read_plates(bytes, layout, parameters, unit_m, options.up.empty() ? raw.axes.up : options.up,
                   recording);
  if (needs_points && markers.labels.empty()) {
    refuse_without_points(file.path, layout, parameters, recording);
  }
  if (const double used = parameters.count("ROTATION", "USED").value_or(0.0); used > 0.0) {
    recording.note("people", plural(static_cast<std::size_t>(std::min(used, 65535.0)),
                                    "pose matrix", "pose matrices") +
                                 " of the ROTATION group not read");
  }
  return raw;
}

}  // namespace

bool looks_like_c3d(std::span<const unsigned char> bytes) {
  if (bytes.size() < 2 || bytes[1] != 0x50 || bytes[0] < 2) return false;
  const std::size_t code = (std::size_t{bytes[0]} - 1) * c3d::kBlock + 3;
  if (code < bytes.size()) return bytes[code] >= 84 && bytes[code] <= 86;
  return bytes[0] < 32;  // cut short; no text begins with a control character and a P
}

RawRecording read_c3d(const FileBytes& file, const ReadOptions& options) {
  return read_all(file, options, true);
}

RawRecording read_c3d_forces(const FileBytes& file, const ReadOptions& options) {
  return read_all(file, options, false);
}

}  // namespace runmech
