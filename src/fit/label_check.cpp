// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "calibration_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/robust.hpp"
#include "runmech/skeleton/body_size.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// Our choices, for an adult of reference size. Plates ride within 1-2 mm, a shoe bends by some 8, a
// skin pelvis by 7 (14 RBDS runners): a segment that misses its calibrated shape by more than this
// has something wrong ...
constexpr double kSuspect_m = 0.010;
// ... an exchange is certain when it brings the segments back to ordinary and beats what was there
// by this factor, and nothing else comes near.
constexpr double kCertainRatio = 3.0;
constexpr double kRunnerUpRatio = 1.5;
constexpr double kAtHome_m = 0.015;  // a track this near a marker's place may be that marker
constexpr double kOff_m = 0.04;
constexpr int kFrames = 60;

struct Placed {
  std::string label;
  int column;  // in the recording
  int segment;
  Vector3d local;
};

// Misfit of every marker when each segment is laid rigidly on what was seen, one frame.
class RigidFit {
 public:
  RigidFit(const Recording& recording, std::vector<Placed> markers,
           std::vector<Eigen::Index> frames)
      : recording_(&recording), markers_(std::move(markers)), frames_(std::move(frames)) {
    for (const Placed& marker : markers_) columns_.push_back(marker.column);
  }

  [[nodiscard]] const std::vector<Placed>& markers() const { return markers_; }

  /// Median over frames of the RMS distance within `segment` with the given columns; NaN where
  /// fewer than three markers are ever seen together.
  [[nodiscard]] double rms(int segment, const std::vector<int>& columns) const {
    std::vector<double> values;
    for (const Eigen::Index f : frames_) {
      const double value = rms(segment, columns, f);
      if (std::isfinite(value)) values.push_back(value);
    }
    return median(values);
  }
  [[nodiscard]] double rms(int segment) const { return rms(segment, columns_); }

  [[nodiscard]] std::vector<int> exchanged(std::size_t a, std::size_t b) const {
    std::vector<int> out = columns_;
    std::swap(out[a], out[b]);
    return out;
  }

  /// Median distance of `column` from where the other markers of m's segment put m; NaN with too
  /// few.
  [[nodiscard]] double off(std::size_t m, int column) const {
    std::vector<double> values;
    for (const Eigen::Index f : frames_) {
      const Vector3d seen = at(column, f);
      Eigen::Isometry3d pose;
      if (!seen.allFinite() || !lay(markers_[m].segment, columns_, f, static_cast<int>(m), pose)) {
        continue;
      }
      values.push_back((pose * markers_[m].local - seen).norm());
    }
    return median(values);
  }
  [[nodiscard]] double off(std::size_t m) const { return off(m, columns_[m]); }

 private:
  [[nodiscard]] Vector3d at(int column, Eigen::Index f) const {
    return recording_->positions_m.block<1, 3>(f, 3 * column).transpose();
  }

  // The segment's pose from its markers but `without`; false with fewer than three or on one line.
  bool lay(int segment, const std::vector<int>& columns, Eigen::Index f, int without,
           Eigen::Isometry3d& pose) const {
    Eigen::Matrix3Xd local(3, static_cast<Eigen::Index>(markers_.size()));
    Eigen::Matrix3Xd seen(3, static_cast<Eigen::Index>(markers_.size()));
    Eigen::Index n = 0;
    for (std::size_t m = 0; m < markers_.size(); ++m) {
      if (markers_[m].segment != segment || static_cast<int>(m) == without) continue;
      if (columns[m] < 0) continue;  // this marker has no track
      const Vector3d p = at(columns[m], f);
      if (!p.allFinite()) continue;
      local.col(n) = markers_[m].local;
      seen.col(n++) = p;
    }
    if (n < 3) return false;
    const Eigen::Matrix3Xd spread =
        local.leftCols(n).colwise() - local.leftCols(n).rowwise().mean();
    const Vector3d singular = spread.jacobiSvd().singularValues();
    if (singular[1] < 0.15 * singular[0]) return false;  // about its line the pose is free
    pose = Eigen::Isometry3d(Eigen::umeyama(local.leftCols(n), seen.leftCols(n), false));
    return true;
  }

  [[nodiscard]] double rms(int segment, const std::vector<int>& columns, Eigen::Index f) const {
    Eigen::Isometry3d pose;
    if (!lay(segment, columns, f, -1, pose)) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0.0;
    int n = 0;
    for (std::size_t m = 0; m < markers_.size(); ++m) {
      if (markers_[m].segment != segment || columns[m] < 0) continue;
      const Vector3d p = at(columns[m], f);
      if (!p.allFinite()) continue;
      sum += (pose * markers_[m].local - p).squaredNorm();
      ++n;
    }
    return std::sqrt(sum / n);
  }

  const Recording* recording_;
  std::vector<Placed> markers_;
  std::vector<Eigen::Index> frames_;
  std::vector<int> columns_;
};

double together(const RigidFit& fit, const std::vector<int>& segments,
                const std::vector<int>& columns) {
  double sum = 0.0;
  int n = 0;
  for (const int s : segments) {
    const double value = fit.rms(s, columns);
    if (!std::isfinite(value)) continue;
    sum += value * value;
    ++n;
  }
  return n > 0 ? std::sqrt(sum / n) : std::numeric_limits<double>::quiet_NaN();
}

// The exchange that mends the suspect segments best, if one does.
std::optional<LabelExchange> best_exchange(const RigidFit& fit, const std::vector<int>& suspect,
                                           double size) {
  LabelExchange best;
  double best_ratio = 1.0;
  double next_ratio = 1.0;
  const auto& markers = fit.markers();
  for (std::size_t a = 0; a < markers.size(); ++a) {
    for (std::size_t b = a + 1; b < markers.size(); ++b) {
      std::vector<int> segments{markers[a].segment};
      if (markers[b].segment != markers[a].segment) segments.push_back(markers[b].segment);
      const bool concerned = std::any_of(segments.begin(), segments.end(), [&](int s) {
        return std::find(suspect.begin(), suspect.end(), s) != suspect.end();
      });
      if (!concerned) continue;
      const double before = together(fit, segments, fit.exchanged(a, a));
      const double after = together(fit, segments, fit.exchanged(a, b));
      if (!std::isfinite(before) || !std::isfinite(after)) continue;
      const double ratio = after / before;
      if (ratio < best_ratio) {
        next_ratio = best_ratio;
        best_ratio = ratio;
        best = {markers[a].label, markers[b].label, before, after, false};
      } else {
        next_ratio = std::min(next_ratio, ratio);
      }
    }
  }
  if (best.first.empty() || best_ratio * kCertainRatio > 1.0) return std::nullopt;
  best.certain =
      best.rms_exchanged_m < kAtHome_m * size && next_ratio > kRunnerUpRatio * best_ratio;
  return best;
}

// Tracks that fit the place of a marker which is missing or whose own track does not: from the
// `vacant` markers' own tracks and the labels nobody knows.
std::vector<LabelMove> find_moves(const Recording& moving, std::vector<Placed> markers,
                                  const std::vector<std::size_t>& vacant,
                                  std::vector<int> strangers,
                                  const std::vector<Eigen::Index>& frames, double size) {
  for (const std::size_t m : vacant) {
    if (markers[m].column >= 0) strangers.push_back(std::exchange(markers[m].column, -1));
  }
  std::vector<LabelMove> moves;
  const RigidFit fit(moving, markers, frames);
  for (const std::size_t m : vacant) {
    double best = INFINITY;
    double next = INFINITY;
    int taken = -1;
    for (const int column : strangers) {
      const double off = fit.off(m, column);
      if (!std::isfinite(off)) continue;
      next = std::min(next, std::max(best, off));
      if (off < best) {
        best = off;
        taken = column;
      }
    }
    if (!(best < kAtHome_m * size) || next < kCertainRatio * best) continue;
    const std::string& from = moving.labels[static_cast<std::size_t>(taken)];
    if (from != markers[m].label) moves.push_back({from, markers[m].label, best});
  }
  return moves;
}

}  // namespace

LabelCheck check_labels(const Recording& moving, const Calibration& calibration) {
  LabelCheck out;
  const auto note = [&](std::string code, std::string text) {
    out.notes.push_back({std::move(code), std::move(text), true});
  };
  const double size = body_size(calibration.skeleton);
  std::vector<Placed> placed;
  std::vector<Placed> absent;
  const MarkerSet* set = nullptr;
  if (!calibration.report.marker_set.empty()) set = &marker_set(calibration.report.marker_set);
  for (const Marker& marker : calibration.skeleton.markers) {
    const auto index = moving.index_of(marker.at.name);
    const bool seen = index && !moving.positions_m.middleCols(3 * *index, 3).array().isNaN().all();
    if (seen) {
      placed.push_back(
          {marker.at.name, static_cast<int>(*index), marker.at.segment, marker.at.local_m});
      continue;
    }
    if (set != nullptr) {
      const std::vector<std::string> label{marker.at.name};
      const int def = set->match(label).front();
      if (def >= 0 && set->markers[static_cast<std::size_t>(def)].static_only) continue;
    }
    absent.push_back({marker.at.name, -1, marker.at.segment, marker.at.local_m});
    out.missing.push_back(marker.at.name);
    note("missing", marker.at.name + " is in the calibration but never seen in this trial");
  }
  if (moving.view != View::spatial || placed.size() < 3) return out;

  std::vector<int> columns;
  for (const Placed& marker : placed) columns.push_back(marker.column);
  RigidFit fit(moving, placed, spread_frames(moving, columns, kFrames));
  std::vector<Placed> corrected = placed;
  for (int round = 0; round < 4; ++round) {  // a pair a round; more is not a slip but another set
    std::vector<int> suspect;
    for (int s = 0; s < static_cast<int>(calibration.skeleton.segments.size()); ++s) {
      if (fit.rms(s) > kSuspect_m * size) suspect.push_back(s);
    }
    if (suspect.empty()) break;
    const auto found = best_exchange(fit, suspect, size);
    if (!found) break;
    out.exchanges.push_back(*found);
    note(found->certain ? "labels" : "labels_uncertain",
         found->first + " and " + found->second + " look exchanged in this trial: as labelled " +
             "their segments miss the calibrated shape by " +
             printed("%.0f", 1000.0 * found->rms_as_labelled_m) + " mm, exchanged by " +
             printed("%.0f", 1000.0 * found->rms_exchanged_m) + " mm" +
             (found->certain ? "" : " (not certain, left as it is)"));
    if (!found->certain) break;
    const auto find = [&](const std::string& label) {
      return std::find_if(corrected.begin(), corrected.end(),
                          [&](const Placed& m) { return m.label == label; });
    };
    std::swap(find(found->first)->column, find(found->second)->column);
    fit = RigidFit(moving, corrected, spread_frames(moving, columns, kFrames));
  }
  std::vector<std::size_t> vacant;
  for (std::size_t m = 0; m < corrected.size(); ++m) {
    const double off = fit.off(m);
    if (!(off > kOff_m * size) || !(fit.rms(corrected[m].segment) > kSuspect_m * size)) continue;
    out.off.push_back(corrected[m].label);
    vacant.push_back(m);
    note("marker_off", corrected[m].label + " is " + printed("%.0f", 1000.0 * off) +
                           " mm from where the other markers of its segment put it");
  }
  std::vector<int> strangers;
  for (Eigen::Index i = 0; i < moving.n_points(); ++i) {
    const std::string& label = moving.labels[static_cast<std::size_t>(i)];
    if (!calibration.skeleton.find_marker(label)) strangers.push_back(static_cast<int>(i));
  }
  for (const Placed& marker : absent) {
    vacant.push_back(corrected.size());
    corrected.push_back(marker);
  }
  if (!vacant.empty()) {
    out.moves = find_moves(moving, corrected, vacant, strangers,
                           spread_frames(moving, columns, kFrames), size);
  }
  for (const LabelMove& move : out.moves) {
    note("labels", "the track labelled " + move.from + " keeps the place of " + move.to + " (" +
                       printed("%.0f", 1000.0 * move.rms_m) + " mm): it is taken as " + move.to);
  }
  return out;
}

Recording with_labels_corrected(Recording moving, const LabelCheck& check) {
  const auto column = [&](const std::string& label) {
    const auto index = moving.index_of(label);
    if (!index) throw InvalidArgument("no point is labelled '" + label + "'");
    return *index;
  };
  for (const LabelExchange& exchange : check.exchanges) {
    if (!exchange.certain) continue;
    std::swap(moving.labels[static_cast<std::size_t>(column(exchange.first))],
              moving.labels[static_cast<std::size_t>(column(exchange.second))]);
    moving.warn("labels", exchange.first + " and " + exchange.second +
                              " were exchanged in the file and have been put right: as labelled "
                              "their segments miss the calibrated shape by " +
                              printed("%.0f", 1000.0 * exchange.rms_as_labelled_m) +
                              " mm, exchanged by " +
                              printed("%.0f", 1000.0 * exchange.rms_exchanged_m) + " mm");
  }
  // All at once: one track may move to a label that another leaves.
  std::vector<std::string> labels = moving.labels;
  for (const LabelMove& move : check.moves) {
    labels[static_cast<std::size_t>(column(move.from))] = move.to;
    moving.warn("labels", "the track labelled " + move.from + " has been taken as " + move.to +
                              ", whose place it keeps (" + printed("%.0f", 1000.0 * move.rms_m) +
                              " mm)");
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    // A label that was taken over while its own track stayed: that track is nobody's now.
    const bool taken =
        labels[i] == moving.labels[i] && std::count(labels.begin(), labels.end(), labels[i]) > 1;
    if (taken) labels[i] += " (as labelled)";
  }
  moving.labels = std::move(labels);
  return moving;
}

}  // namespace runmech
