// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "layouts.hpp"
#include "people.hpp"
#include "pixels.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/keypoints.hpp"
#include "words.hpp"

namespace runmech {
namespace {

namespace fs = std::filesystem;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxPeople = 200;                        // in one picture; our choice
constexpr std::size_t kMaxFrameBytes = std::size_t{32} << 20;  // one picture; our choice

struct FrameFile {
  double number = 0.0;
  std::string prefix;
  fs::path path;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "run_12_keypoints.json.gz" -> 12 and "run_": by the last run of digits before the known ending.
bool parse_name(const fs::path& path, FrameFile& out) {
  std::string name = path_text(path.filename());
  for (const std::string_view end : {".gz", ".json", "_keypoints"}) {
    if (name.ends_with(end)) name.resize(name.size() - end.size());
  }
  const auto last = std::find_if(name.rbegin(), name.rend(), is_digit);
  if (last == name.rend()) return false;
  const auto end = static_cast<std::size_t>(name.rend() - last);
  std::size_t start = end;
  while (start > 0 && is_digit(name[start - 1])) --start;
  if (end - start > 15) return false;
  out.number = 0.0;
  for (std::size_t i = start; i < end; ++i) out.number = 10.0 * out.number + (name[i] - '0');
  out.prefix = name.substr(0, start) + "*" + name.substr(end);
  out.path = path;
  return true;
}

std::vector<FrameFile> frame_files(const fs::path& folder, const std::string& shown) {
  std::vector<FrameFile> out;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    const std::string name = path_text(entry.path().filename());
    if (!name.ends_with(".json") && !name.ends_with(".json.gz")) continue;
    FrameFile file;
    if (parse_name(entry.path(), file)) out.push_back(std::move(file));
  }
  if (code) throw IoError(shown, "", code.message());
  if (out.empty()) {
    throw IoError(shown, "",
                  "the folder holds no numbered .json files (OpenPose writes one per frame)");
  }
  std::sort(out.begin(), out.end(), [](const FrameFile& a, const FrameFile& b) {
    return a.number != b.number ? a.number < b.number : a.path < b.path;
  });
  for (std::size_t i = 1; i < out.size(); ++i) {
    const auto name = [&](std::size_t k) { return path_text(out[k].path.filename()); };
    if (out[i].prefix != out[0].prefix) {
      throw IoError(shown, "",
                    "files of several recordings in one folder: " + name(0) + " and " + name(i));
    }
    if (out[i].number == out[i - 1].number) {
      throw IoError(shown, "", "two files of one frame: " + name(i - 1) + " and " + name(i));
    }
  }
  return out;
}

std::vector<Detection> parse_frame(const FileBytes& file) {
  using nlohmann::json;
  if (file.bytes.size() > kMaxFrameBytes) {
    throw IoError(file.path, "", "larger than any picture's keypoints (32 MiB)");
  }
  json root;
  try {
    std::string_view content = file.text();
    if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
    root = json::parse(content);
  } catch (const json::parse_error& error) {
    throw IoError(file.path, "byte " + std::to_string(error.byte), "not valid JSON; cut file?");
  } catch (const json::exception& error) {  // a number beyond any double
    throw IoError(file.path, "", std::string("not valid JSON: ") + error.what());
  }
  const auto people = root.is_object() ? root.find("people") : root.end();
  if (!root.is_object() || people == root.end() || !people->is_array()) {
    throw IoError(file.path, "", "no list \"people\": not OpenPose's layout");
  }
  if (people->size() > kMaxPeople) {
    throw IoError(file.path, "", std::to_string(people->size()) + " people in one picture");
  }
  std::vector<Detection> out;
  for (std::size_t i = 0; i < people->size(); ++i) {
    const json& person = (*people)[i];
    const std::string place = "person " + std::to_string(i);
    const json* points = nullptr;
    for (const char* key : {"pose_keypoints_2d", "pose_keypoints"}) {
      if (person.is_object() && points == nullptr && person.contains(key)) points = &person[key];
    }
    if (points == nullptr || !points->is_array()) {
      throw IoError(file.path, place, "has no list pose_keypoints_2d");
    }
    if (points->empty()) continue;  // hands or face only
    if (points->size() % 3 != 0) {
      throw IoError(file.path, place,
                    std::to_string(points->size()) + " values are not triples of x, y, confidence");
    }
    Detection detection;
    detection.points.resize(static_cast<Eigen::Index>(points->size() / 3), 3);
    for (std::size_t k = 0; k < points->size(); ++k) {
      const json& value = (*points)[k];
      if (!value.is_number() && !value.is_null()) {
        throw IoError(file.path, place + ", value " + std::to_string(k), "is not a number");
      }
      const double number = value.is_null() ? kNan : value.get<double>();
      detection.points(static_cast<Eigen::Index>(k / 3), static_cast<Eigen::Index>(k % 3)) =
          std::abs(number) < 1e6 ? number : kNan;
    }
    out.push_back(std::move(detection));
  }
  return out;
}

std::string frame_text(double number) {
  return text::decimal(number);
}

std::size_t chosen_person(const std::vector<PersonTrack>& people, const std::vector<double>& number,
                          const ReadOptions& options, Recording& recording) {
  const auto span = [&](const PersonTrack& p) {
    return "frames " + frame_text(number[p.seen.front().frame]) + " to " +
           frame_text(number[p.seen.back().frame]) + ", seen in " + std::to_string(p.seen.size()) +
           ", " + text::decimal(std::round(p.height_px)) + " px tall";
  };
  if (options.person >= 0) {
    const auto wanted = static_cast<std::size_t>(options.person);
    if (wanted >= people.size()) {
      throw InvalidArgument(recording.source + ": person is " + std::to_string(wanted) +
                            ", but people 0 to " + std::to_string(people.size() - 1) +
                            " were followed");
    }
    recording.note("people",
                   "person " + std::to_string(wanted) + " as asked (" + span(people[wanted]) + ")");
    return wanted;
  }
  const std::size_t best = best_person(people);
  if (people.size() == 1) {
    recording.note("people", "one person was followed (" + span(people[best]) + ")");
    return best;
  }
  double second = 0.0;
  for (std::size_t i = 0; i < people.size(); ++i) {
    if (i != best) second = std::max(second, people[i].score);
  }
  const std::string text = std::to_string(people.size()) + " people were followed; person " +
                           std::to_string(best) + " (" + span(people[best]) +
                           ") was taken: most by frames in view x height x movement; person= "
                           "chooses another";
  if (second > 0.5 * people[best].score) {
    recording.warn("people", text + "; another person scores " +
                                 text::decimal(std::round(100.0 * second / people[best].score)) +
                                 " % as much");
  } else {
    recording.note("people", text);
  }
  return best;
}

RawRecording from_frames(const std::string& source, const std::vector<double>& number,
                         const std::vector<std::vector<Detection>>& frames,
                         const std::vector<std::string>& files, const ReadOptions& options,
                         double single_time) {
  RawRecording out;
  out.pixels = true;
  Recording& recording = out.recording;
  recording.source = source;
  recording.format = "openpose_json";
  Eigen::Index points = 0;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    for (const auto& detection : frames[f]) {
      if (points == 0) points = detection.points.rows();
      if (detection.points.rows() != points) {
        throw IoError(files[f], "",
                      std::to_string(detection.points.rows()) + " points, but other frames have " +
                          std::to_string(points));
      }
    }
  }
  if (points == 0) throw IoError(source, "", "no frame shows a person");
  const KeypointLayout& layout =
      layout_of(3 * static_cast<std::size_t>(points), options.marker_set, frames, source);
  recording.labels.assign(layout.labels.begin(), layout.labels.end());
  recording.note("labels", "points in the order of " + std::string(layout.name));
  const auto people = follow_people(frames, layout.legs);
  if (people.empty()) throw IoError(source, "", "no frame shows a person with four points or more");
  const PersonTrack& person = people[chosen_person(people, number, options, recording)];

  PixelFrames pixels;
  std::vector<std::size_t> row;
  for (const double n : number) row.push_back(pixels.add(n, single_time));
  pixels.resize(static_cast<std::size_t>(points));
  for (const auto& seen : person.seen) {
    const auto& p = frames[seen.frame][seen.detection].points;
    for (Eigen::Index i = 0; i < points; ++i) {
      pixels.set(row[seen.frame], static_cast<std::size_t>(i), p(i, 0), p(i, 1), p(i, 2));
    }
  }
  pixels.finish(source, true, {}, options, recording);
  return out;
}

}  // namespace

RawRecording read_openpose_folder(const std::filesystem::path& folder, const ReadOptions& options) {
  const std::string shown = path_text(fs::absolute(folder));
  const auto files = frame_files(folder, shown);
  if (options.rate_hz == 0.0) {
    throw InvalidArgument(shown + ": keypoint JSON holds no frame rate; give rate_hz");
  }
  std::vector<std::vector<Detection>> frames;
  std::vector<double> number;
  std::vector<std::string> names;
  for (const auto& file : files) {
    frames.push_back(parse_frame(load_file(file.path)));
    number.push_back(file.number);
    names.push_back(path_text(file.path));
  }
  return from_frames(shown, number, frames, names, options, kNan);
}

RawRecording read_openpose_frame(const FileBytes& file, const ReadOptions& options) {
  return from_frames(file.path, {0.0}, {parse_frame(file)}, {file.path}, options, 0.0);
}

}  // namespace runmech
