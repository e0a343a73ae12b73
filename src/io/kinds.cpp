// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/kinds.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "runmech/io/biomac.hpp"
#include "runmech/io/c3d.hpp"
#include "runmech/io/keypoints.hpp"
#include "runmech/io/rbds.hpp"
#include "runmech/io/strength_csv.hpp"
#include "runmech/io/table.hpp"
#include "runmech/io/trc.hpp"
#include "text.hpp"

namespace runmech {
namespace {

using namespace std::string_view_literals;
using text::lower;
using text::trim;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

FileIdentity other(std::string name) {
  return {FileKind::other, std::move(name)};
}

std::optional<FileIdentity> binary_kind(std::string_view bytes) {
  const auto starts = [&](std::string_view magic) { return bytes.starts_with(magic); };
  if (starts("\x89HDF\r\n\x1A\n")) {
    if (has(bytes, "track_names") || has(bytes, "tracks")) return other("SLEAP analysis h5");
    if (has(bytes, "scorer") || has(bytes, "bodyparts") || has(bytes, "df_with_missing")) {
      return other("DeepLabCut h5");
    }
    return other("HDF5");
  }
  if (starts("PK\x03\x04")) return other(has(bytes, "xl/") ? "Excel xlsx" : "zip archive");
  if (starts("\xD0\xCF\x11\xE0")) return other("old Excel xls");
  if (starts("\x93NUMPY")) return other("NumPy npy (FreeMoCap)");
  if (starts("MATLAB 5.0 MAT-file")) return other("MATLAB mat");
  if (starts("\x82\x4B\x60\x41\xD3\x11\x84\xCA")) return other("BTS TDF");
  if (starts("%PDF")) return other("PDF");
  if (starts("\x89PNG") || starts("\xFF\xD8\xFF")) return other("picture");
  if (starts("GIF8") || starts("RIFF") || starts("\x1A\x45\xDF\xA3") ||
      bytes.substr(0, 12).substr(std::min<std::size_t>(4, bytes.size())).starts_with("ftyp")) {
    return other("video (run a pose estimator on it first)");
  }
  const bool utf16 = starts("\xFF\xFE") || starts("\xFE\xFF");
  if (!utf16 && has(bytes.substr(0, 4096), "\0"sv)) return other("");
  return std::nullopt;
}

// By the keys that each layout cannot do without, near the start.
FileIdentity json_kind(std::string_view text) {
  const std::string_view start = text.substr(0, 1U << 16);
  if (has(start, "\"people\"")) return {FileKind::openpose_json, "OpenPose JSON"};
  if (has(start, "\"keypoints3d\"")) return other("EasyMocap JSON");
  if (has(start, "\"image_id\"") && has(start, "\"keypoints\"") && text.front() == '[') {
    return other("AlphaPose JSON");
  }
  if (has(start, "\"annotations\"") || (has(start, "\"images\"") && has(start, "\"info\""))) {
    return other("COCO annotations JSON");
  }
  if (has(start, "\"keypoints\"")) return other("AlphaPose JSON");
  if (has(start, "\"nose\"")) return other("MoveNet JSON (tfjs)");
  if (has(start.substr(0, 16), "[[[")) return other("BlazePose JSON (tfjs)");
  if (has(start, "\"runmech")) return other("runmech session, no recording: JSON");
  return other("JSON of another layout");
}

struct Start {
  std::string_view text;  // lower case; how the first line begins
  std::string_view kind;
};
constexpr std::array<Start, 22> kStarts{{
    {"#kinovea", "Kinovea text"},
    {"[force data]", "Cortex forces"},
    {"file_type:\tanalog", "EvaRT ANC"},
    {"no_of_frames", "QTM TSV"},
    {"format version,", "Motive CSV"},
    {"trajectories", "Vicon Nexus CSV"},
    {"devices", "Vicon Nexus CSV"},
    {"model outputs", "Vicon Nexus CSV"},
    {"joints", "Vicon Nexus CSV"},
    {"events", "Vicon Nexus CSV"},
    {"scorer,", "DeepLabCut CSV"},
    {",scorer", "DeepLabCut CSV"},
    {"frame,timestamp,timestamp_by_camera", "FreeMoCap CSV"},
    {"forcedecks", "ForceDecks CSV"},
    {"playerid,date,", "ForceDecks metrics CSV"},
    {"gaitway", "Gaitway-3D text"},
    {"hierarchy", "BVH"},
    {"percgcycle", "RBDS processed curves"},
    {"time (s)\tchannel 0", "Kistler channels text"},
    {"% ", "D-Flow text"},
    {"relative time,time,ground_force", "force plate CSV"},
    {"subject\tfilename", "table of runners"},
}};

bool is_number(std::string_view cell) {
  return text::parse_number(cell).kind == text::Number::number;
}

std::string text_kind(const std::vector<std::string_view>& lines) {
  const std::string first = lower(trim(lines[0]));
  for (const auto& start : kStarts) {
    if (first.starts_with(start.text)) {
      if (start.kind == "DeepLabCut CSV" && has(first, "heatmap")) return "Lightning Pose CSV";
      return std::string(start.kind);
    }
  }
  const char separator = text::separator_of(lines[0]);
  std::vector<std::string_view> cells;
  text::split(lines[0], separator, cells);
  if (cells.empty()) return "";
  const auto starts_line = [&](std::string_view word) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](auto line) { return lower(trim(line)).starts_with(word); });
  };
  if (first == "title" && starts_line("date:")) return "Vicon Nexus CSV (older layout)";
  if (first.starts_with("version") && starts_line("starting frame")) return "OrthoTrak text";
  if (has(first, "|rx|")) return "Technogym text";
  if (first.starts_with("<")) {
    const auto named = [&](std::string_view tag) {
      return std::any_of(lines.begin(), lines.end(),
                         [&](auto line) { return has(lower(line), tag); });
    };
    return named("<mvnx") ? "Xsens MVNX" : named("<opensimdocument") ? "OpenSim XML" : "XML";
  }
  if (cells.size() > 1 && trim(cells[0]).empty() &&
      std::any_of(lines.begin(), lines.end(), [](auto line) { return line.starts_with("ITEM"); })) {
    return "Visual3D ASCII";
  }
  if (lines.size() > 2 && is_number(first) && !has(trim(lines[0]), "\t")) {
    std::vector<std::string_view> second;
    text::split(lines[1], ' ', second);
    if (second.size() == 3) {
      text::split(lines[2], ' ', second);
      if (second.size() == 6 && is_number(second[5])) return "force plate calibration (cal)";
    }
  }
  if (!has(first, ",") && !has(first, "\t") && first.size() > 1 && has(first, ":") &&
      (first.back() == ':' || has(first, ": "))) {
    return starts_line("calibrationsettings") || starts_line("checkerboard")
               ? "OpenCap session metadata (YAML)"
               : "YAML";
  }
  if (cells.size() > 1 && std::all_of(cells.begin(), cells.end(), is_number)) {
    return "table of numbers without a header (AMTI ascii and the like)";
  }
  const std::string head = lower(trim(cells[0]));
  if (cells.size() > 1 && (head == "time" || head == "time_s" || head == "frame")) {
    const bool force = std::any_of(cells.begin() + 1, cells.end(), [](auto cell) {
      const std::string word = lower(trim(cell));
      return word == "fz" || word == "fy" || has(word, "force") || has(word, "grf");
    });
    if (force) return "force plate CSV";
    return "plain table with the columns " + text::quoted(cells[0]) + ", " +
           text::quoted(cells[1]) + ", ...";
  }
  return "";
}

}  // namespace

FileIdentity identify(const FileBytes& file) {
  const std::string_view bytes = file.text();
  if (looks_like_c3d(file.bytes)) return {FileKind::c3d, "C3D"};
  if (const auto binary = binary_kind(bytes)) return *binary;
  std::string_view content = bytes;
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  if (text::is_utf16(content)) {
    return other("UTF-16 text (save it as UTF-8)");
  }
  const std::size_t black = content.find_first_not_of(" \t\r\n");
  if (black == std::string_view::npos) return other("");
  if (content[black] == '{' ||
      (content[black] == '[' && !content.substr(black).starts_with("[F"))) {
    return json_kind(content.substr(black));
  }
  if (is_trc(content)) return {FileKind::trc, "TRC"};
  if (is_keypoint_csv(content)) return {FileKind::keypoint_csv, "keypoint CSV"};
  if (is_biomac(content)) return {FileKind::biomac_csv, "BioMAC CSV"};
  if (is_rbds_forces(content)) return {FileKind::rbds_forces, "RBDS force text"};
  if (is_rbds(content)) return {FileKind::rbds_markers, "RBDS marker text"};
  if (is_strength_csv(content)) return {FileKind::strength_csv, "strength CSV"};
  std::vector<std::string_view> lines;
  text::Lines reader(content.substr(0, 1U << 16), file.path);
  std::string_view line;
  while (lines.size() < 40 && reader.next(line)) {
    if (!trim(line).empty()) lines.push_back(line);
  }
  if (lines.empty()) return other("");
  std::string name = text_kind(lines);
  if (name.empty() && is_mot(content)) return {FileKind::mot, "OpenSim MOT/STO"};
  return other(std::move(name));
}

}  // namespace runmech
