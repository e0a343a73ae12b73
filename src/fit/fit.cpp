// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/fit.hpp"

#include "fit_steps.hpp"
#include "frame_posterior.hpp"
#include "lasting_errors.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/log.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/fit/fit_report.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "runmech/skeleton/recorded_legs.hpp"
#include "systematic_errors.hpp"
#include "trajectory_fit.hpp"

namespace runmech {
namespace {

constexpr double kStartShare = 0.3;         // of the progress of a trajectory fit: the frame fit
constexpr Eigen::Index kFewestFrames = 12;  // of a trajectory: what a few spline intervals need

/// Progress between two fractions of the whole.
Progress part_of(const Progress& progress, double begin, double end) {
  if (!progress) return {};
  return [&progress, begin, end](double fraction, std::string_view stage) {
    return progress(begin + (end - begin) * fraction, stage);
  };
}

/// Which column of the recording each marker of the skeleton is.
Columns match(const Recording& recording, const Skeleton& skeleton) {
  Columns columns;
  bool any = false;
  for (const Marker& marker : skeleton.markers) {
    columns.push_back(recording.index_of(marker.at.name));
    any = any || columns.back();
  }
  if (any) return columns;
  const auto some = [](const auto& items, auto&& name) {
    std::string text;
    for (std::size_t i = 0; i < items.size() && i < 5; ++i)
      text += (i ? ", " : "") + name(items[i]);
    return items.empty() ? std::string("none") : text;
  };
  throw InvalidArgument("none of the skeleton's markers (" +
                        some(skeleton.markers, [](const Marker& m) { return m.at.name; }) +
                        ") is in the recording (" +
                        some(recording.labels, [](const std::string& l) { return l; }) +
                        "); calibrate the skeleton on a recording with the same labels");
}

bool ever_recorded(const Recording& recording, Eigen::Index column) {
  for (Eigen::Index i = 0; i < recording.n_frames(); ++i) {
    const auto p = recording.positions_m.row(i).segment<3>(3 * column);
    if (p.allFinite() && !(p.array() == 0.0).all()) return true;
  }
  return false;
}

/// Poses of all frames; where markers are lost for a while once more, with what is expected of
/// them.
FramePass fit_poses(const Recording& recording, const Columns& columns, const FitOptions& options,
                    const Progress& progress, std::shared_ptr<const LostMarkers>& lost,
                    Motion& out) {
  ResidualTracks tracks(recording, columns, out.skeleton);
  if (tracks.empty()) return fit_frames(recording, columns, options, {}, nullptr, progress, out);
  FramePass pass =
      fit_frames(recording, columns, options, {}, &tracks, part_of(progress, 0.0, 0.5), out);
  lost = std::make_shared<const LostMarkers>(tracks.lost(out));
  if (lost->empty()) return pass;
  const double half = 0.5 * kFrameShare;
  return fit_frames(recording, columns, options, *lost, nullptr,
                    part_of(progress, half, half + 0.5), out);
}

/// The whole trajectory, where there is enough to fit one; else the frame fit stands.
std::optional<TrajectoryResult> refine(const Recording& recording, const Columns& columns,
                                       const FitOptions& options,
                                       std::shared_ptr<const LostMarkers> lost,
                                       const Progress& progress, Motion& out) {
  bool any = false;
  for (int j = 0; j < out.skeleton.n_coordinates(); ++j) {
    any = any || out.coordinate_status[j] == CoordinateStatus::observed;
  }
  if (recording.n_frames() < kFewestFrames || !any) {
    out.method = "frame";
    out.notes.push_back(
        {"trajectory", "too little for a whole trajectory: fitted by frames", true});
    return std::nullopt;
  }
  const auto scales =
      options.trajectory.free_lengths ? usual_lengths(out.skeleton) : std::vector<SegmentScale>{};
  TrajectoryResult result = refine_trajectory(recording, columns, options.trajectory, scales,
                                              progress, out, std::move(lost));
  if (!result.report.converged) {
    out.notes.push_back({"trajectory", "the fit did not settle to its minimum", true});
  }
  return result;
}

/// Error bars, random and systematic.
void state_errors(const Recording& recording, const Columns& columns, const FitOptions& options,
                  const FramePass& pass, const Smoothing& smoothing,
                  const std::optional<TrajectoryResult>& whole, Motion& out) {
  const PoseErrors poses(recording, columns, out);
  if (whole) {
    out.posterior = whole->posterior;
  } else {
    out.posterior = frame_posterior(smoothing, pass.weight, out.control, poses);
  }
  const auto lasting =
      whole ? whole->lasting
            : lasting_residuals(residual_lags(recording, columns, out), out.skeleton);
  out.systematic = systematic_errors(poses, out, lasting, options.skin_errors_path);
}

/// The set of the recording's labels; null where they are not recognised.
const MarkerSet* set_of(const Recording& recording) {
  return recording.marker_set.empty() ? recognise_marker_set(recording.labels).set
                                      : &marker_set(recording.marker_set);
}

/// Feet as recorded, where the view shows the way forward and the set has points of a foot.
std::shared_ptr<const RecordedLegs> legs_of(const Recording& recording) {
  if (recording.view != View::spatial && recording.view != View::side) return nullptr;
  RecordedLegs legs;
  try {
    if (set_of(recording) == nullptr) return nullptr;
    legs = recorded_legs(recording);
  } catch (const InvalidArgument&) {
    return nullptr;  // a set that is not there: the skeleton knows its markers by their labels
  } catch (const IoError&) {
    return nullptr;  // nor is its file
  }
  if (!legs.shows_foot(Side::left) && !legs.shows_foot(Side::right)) return nullptr;
  return std::make_shared<const RecordedLegs>(std::move(legs));
}

/// True for a marker that its set takes off before the run: nobody misses it there.
bool worn_in_standing_only(const Recording& recording, const std::string& label) {
  const MarkerSet* set = set_of(recording);
  if (set == nullptr) return false;
  const int def = set->match(std::vector<std::string>{label}).front();
  return def >= 0 && set->markers[static_cast<std::size_t>(def)].static_only;
}

}  // namespace

void FitOptions::validate() const {
  if (method != "frame" && method != "trajectory") {
    throw InvalidArgument("method is '" + method + "'; allowed: trajectory, frame");
  }
  if (!(cutoff_hz >= 0.0)) {
    throw InvalidArgument("cutoff_hz is " + printed(cutoff_hz) + "; allowed: 0 or more");
  }
  if (!(max_gap_s >= 0.0)) {
    throw InvalidArgument("max_gap_s is " + printed(max_gap_s) + "; allowed: 0 or more");
  }
  if (method == "trajectory" && cutoff_hz > 0.0) {
    throw InvalidArgument("cutoff_hz is " + printed(cutoff_hz) +
                          "; allowed: 0 with method 'trajectory', which finds its smoothing in the "
                          "data; a cut-off of your own needs method 'frame'");
  }
  frame.validate();
  trajectory.validate();
}

Motion fit(const Recording& recording, const Skeleton& skeleton, const FitOptions& options,
           const Progress& progress) {
  options.validate();
  recording.validate();
  if (recording.n_frames() == 0) throw InvalidArgument("the recording has no frames");
  if (const double half = 0.5 * recording.rate_hz(); half > 0.0 && options.cutoff_hz >= half) {
    throw InvalidArgument("cutoff_hz is " + printed(options.cutoff_hz) +
                          "; allowed: below half the frame rate, " + printed(half));
  }
  report(progress, 0.0, "fitting poses");
  log(LogLevel::info, "fit: " + std::to_string(recording.n_frames()) + " frames of " +
                          std::to_string(skeleton.markers.size()) + " markers");
  const auto columns = match(recording, skeleton);
  Motion out;
  out.skeleton = skeleton;
  out.time_s = recording.time_s;
  out.view = recording.view;
  out.surface = recording.surface;
  out.speed_m_s = recording.speed_m_s;
  out.keypoints = recording.is_keypoints();
  out.scale_assumed = recording.scale_assumed;
  out.method = options.method;
  std::vector<bool> recorded;
  std::vector<std::string> absent;
  for (std::size_t k = 0; k < columns.size(); ++k) {
    recorded.push_back(columns[k] && ever_recorded(recording, *columns[k]));
    const std::string& label = skeleton.markers[k].at.name;
    if (!recorded.back() && !worn_in_standing_only(recording, label)) absent.push_back(label);
  }
  if (!absent.empty()) {
    out.notes.push_back({"missing", "markers never seen: " + listed(absent), true});
  }
  out.coordinate_status = coordinate_locks(skeleton, recorded, recording.view);
  seat_markers(recording, columns, options, out);
  const bool whole = options.method == "trajectory";
  const Progress frames = part_of(progress, 0.0, whole ? kStartShare : 1.0);
  std::shared_ptr<const LostMarkers> lost;
  const FramePass pass = fit_poses(recording, columns, options, frames, lost, out);
  settle_coordinates(pass, out);
  const Smoothing smoothing = smooth(pass, options, frames, out);
  const std::vector<FrameQuality> before = out.quality;
  std::optional<TrajectoryResult> refined;
  if (whole) {
    refined = refine(recording, columns, options, lost, part_of(progress, kStartShare, 1.0), out);
  }
  out.recorded_legs = legs_of(recording);
  state_errors(recording, columns, options, pass, smoothing, refined, out);
  FitReport fitted = refined ? std::move(refined->report) : frame_report(pass, smoothing, out);
  const Known known = known_frames(pass, before, out);
  find_gaps(known, options.max_gap_s, out);
  fitted.intervals = find_intervals(known, out);
  add_systematic(out, fitted);
  find_weak(pass, known, fitted, out);
  note_outliers(fitted, out);
  out.report = std::make_shared<const FitReport>(std::move(fitted));
  note_scale(recording, columns, out);
  note_quality(known, out);
  // Not as warnings: those show up by default, and the result holds them.
  for (const Note& note : out.notes) log(LogLevel::info, "fit: " + note.text);
  log(LogLevel::info, "fit: done");
  report(progress, 1.0, "done");
  return out;
}

}  // namespace runmech
