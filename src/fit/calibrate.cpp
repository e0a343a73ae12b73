// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/calibrate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "calibration_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/body_size.hpp"
#include "runmech/skeleton/heading.hpp"

namespace runmech {
namespace {

constexpr std::array<Spelling<CalibrationTrial>, 3> kTrials{
    {{CalibrationTrial::automatic, "automatic"},
     {CalibrationTrial::standing, "standing"},
     {CalibrationTrial::moving, "moving"}}};

// Feet to pelvis of a child of two and of the tallest; a unit slip is a factor of ten or more.
constexpr double kLeastHeight_m = 0.2;
constexpr double kGreatestHeight_m = 1.6;
// Legs tell the stature to 3 %, their share of it to 4: a quarter off is another person's stature.
constexpr double kStatureOff = 1.28;

std::string number(const char* format, double value) {
  return printed(format, value);
}

// Median over frames of the vertical distance from the feet to the highest of pelvis and trunk.
double body_height(const Recording& trial, const std::vector<KnownMarker>& known, bool& whole) {
  std::vector<double> heights;
  whole = false;
  for (Eigen::Index f = 0; f < trial.n_frames(); ++f) {
    double feet = INFINITY;
    double pelvis = -INFINITY;
    for (const KnownMarker& marker : known) {
      const double y = trial.positions_m(f, 3 * marker.column + 1);
      if (std::isnan(y)) continue;
      const std::string& segment = marker.def->segment;
      if (segment.starts_with("calcn") || segment.starts_with("toes") ||
          segment.starts_with("talus") || segment.starts_with("tibia")) {
        feet = std::min(feet, y);
      }
      if (segment == "pelvis" || marker.def->landmark.starts_with("hip_")) {
        pelvis = std::max(pelvis, y);
      }
    }
    if (std::isfinite(feet) && std::isfinite(pelvis)) heights.push_back(pelvis - feet);
  }
  whole = !heights.empty();
  return whole ? median(heights) : 0.0;
}

// The calibration of the body blown up or shrunk to the reference stature, where every prior, sigma
// and threshold in metres holds, brought back to its own size.
Calibration in_body_units(const CalibrationInput& own, const StillPose& still, bool standing,
                          const Progress& progress) {
  const double size = body_size(own.trial, own.set, standing);
  Recording trial = own.trial;
  trial.positions_m /= size;
  StillPose pose = still;
  pose.mean_m /= size;
  CalibrationOptions options = own.options;
  std::optional<Note> doubt;
  if (double& stature = options.subject.stature_m; stature > 0.0) {
    stature /= size;
    const double ratio = stature / kReferenceStature_m;
    if (ratio < 1.0 / kStatureOff || ratio > kStatureOff) {
      doubt = Note{"stature",
                   "a stature of " + number("%.2f", own.options.subject.stature_m) +
                       " m is stated, the legs are those of a person of " +
                       number("%.2f", size * kReferenceStature_m) +
                       " m: the stature is not used for the lengths",
                   true};
      stature = 0.0;
    }
  }
  const CalibrationInput input{trial, options, own.set, own.known, own.height_m / size, size};
  Calibration out =
      standing ? calibrate_standing(input, pose, progress) : calibrate_moving(input, progress);
  for (Segment& segment : out.skeleton.segments) {
    const auto common = own.set.common_error_m.find(segment.name);
    if (common != own.set.common_error_m.end()) segment.common_error_m = common->second;
  }
  scale_lengths(out.skeleton, size);
  out.skeleton.subject = own.options.subject;
  if (!(own.options.subject.mass_kg > 0.0)) {
    for (Segment& segment : out.skeleton.segments) {  // so much per square metre of stature
      segment.mass_kg *= size * size;
      segment.inertia_kg_m2 *= size * size;
    }
  }
  out.report.rms_m *= size;
  for (LengthRow& row : out.report.lengths) {
    for (double* value : {&row.value_m, &row.sd_m, &row.prior_m, &row.prior_sd_m}) *value *= size;
  }
  for (MarkerRow& row : out.report.markers) {
    row.residual_m *= size;
    row.from_nominal_m *= size;
    row.local_m *= size;
  }
  if (doubt) out.report.notes.push_back(*doubt);
  return out;
}

}  // namespace

std::string_view to_string(CalibrationTrial value) {
  return spell<CalibrationTrial>(kTrials, value);
}
CalibrationTrial parse_calibration_trial(std::string_view text) {
  return parse_spelling<CalibrationTrial>(kTrials, "trial", text);
}

void CalibrationOptions::validate() const {
  subject.validate();
  if (frames < 10 || frames > 400) {
    throw InvalidArgument("frames is " + std::to_string(frames) + "; allowed: 10 to 400");
  }
}

Calibration calibrate(const Recording& trial, const CalibrationOptions& options,
                      const Progress& progress) {
  options.validate();
  trial.validate();
  if (trial.n_points() == 0 || trial.n_frames() == 0) {
    throw NotAnalysable("the recording has no markers or keypoints to calibrate from");
  }
  const std::string name = options.marker_set.empty() ? trial.marker_set : options.marker_set;
  const MarkerSet& set = require_marker_set(trial.labels, name);
  CalibrationInput input{trial, options, set, {}, 0.0, 1.0};
  const std::vector<int> match = set.match(trial.labels);
  for (std::size_t m = 0; m < set.markers.size(); ++m) {
    const auto at = std::find(match.begin(), match.end(), static_cast<int>(m));
    if (at == match.end()) continue;
    const int column = static_cast<int>(at - match.begin());
    if (trial.positions_m.middleCols(3 * column, 3).array().isNaN().all()) continue;
    input.known.push_back({column, &set.markers[m]});
  }
  if (input.known.size() < 4) {
    throw NotAnalysable("only " + std::to_string(input.known.size()) + " labels of marker set " +
                        set.name + " are there and ever seen; a body takes more");
  }
  bool whole = false;
  input.height_m = body_height(trial, input.known, whole);
  if (whole && !(input.height_m > kLeastHeight_m && input.height_m < kGreatestHeight_m)) {
    throw InvalidArgument("the pelvis is " + number("%.3g", input.height_m) +
                          " m above the feet; a runner's is 0.2 to 1.6 m: is the unit right?");
  }
  if (!whole) input.height_m = 0.9;

  std::vector<int> columns;
  for (const KnownMarker& marker : input.known) columns.push_back(marker.column);
  const StillPose still = find_still_pose(trial, columns, input.height_m);
  const bool keypoints = set.keypoints || trial.is_keypoints();
  bool standing = options.trial == CalibrationTrial::standing;
  if (options.trial == CalibrationTrial::automatic) {
    standing = still.still && trial.view == View::spatial && !keypoints;
  }
  if (standing && still.frames.empty()) {
    throw NotAnalysable("nobody stands still in this trial: give a standing trial or trial=moving");
  }
  Calibration out = in_body_units(input, still, standing, progress);
  out.report.marker_set = set.name;
  out.skeleton.on_skin = !keypoints;
  const Heading heading = infer_heading(trial, set, Eigen::Vector3d::UnitY());
  if (trial.view == View::spatial && heading.mirrored) {
    out.report.notes.push_back(
        {"labels", "left and right lie the wrong way round: " + heading.how, true});
  }
  report(progress, 1.0, "calibration");
  return out;
}

}  // namespace runmech
