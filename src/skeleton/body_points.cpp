// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/body_points.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

Eigen::Index seen_frames(const Recording& recording, int column) {
  return recording.positions_m.col(3 * column).array().isFinite().count();
}

/// Rigid transform from `from` to `to` (3 x n): Umeyama 1991 without scale.
Eigen::Isometry3d rigid(const Eigen::Matrix3Xd& from, const Eigen::Matrix3Xd& to) {
  Eigen::Isometry3d out;
  out.matrix() = Eigen::umeyama(from, to, false);
  return out;
}

}  // namespace

std::string sided(std::string_view stem, Side side) {
  return std::string(stem) + (side == Side::left ? "_l" : "_r");
}

void clear_unseen_axis(Points& points, View view) {
  if (points.rows() == 0) return;
  if (view == View::side) points.col(2) = 0.0 * points.col(1);
  if (view == View::rear || view == View::front) points.col(0) = 0.0 * points.col(1);
}

BodyPoints::BodyPoints(const Recording& recording, const MarkerSet& set,
                       const std::function<bool(const MarkerDef&)>& keep)
    : set_(set) {
  recording_.time_s = recording.time_s;
  const std::vector<int> match = set.match(recording.labels);
  std::vector<Eigen::Index> columns;
  for (std::size_t i = 0; i < match.size(); ++i) {
    if (keep && (match[i] < 0 || !keep(set.markers[static_cast<std::size_t>(match[i])]))) continue;
    recording_.labels.push_back(recording.labels[i]);
    match_.push_back(match[i]);
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
      columns.push_back(3 * static_cast<Eigen::Index>(i) + axis);
    }
  }
  recording_.positions_m = recording.positions_m(Eigen::all, columns);
}

int BodyPoints::column(std::string_view landmark) const {
  for (std::size_t i = 0; i < match_.size(); ++i) {
    if (match_[i] < 0 || set_.markers[static_cast<std::size_t>(match_[i])].landmark != landmark)
      continue;
    if (seen_frames(recording_, static_cast<int>(i)) > 0) return static_cast<int>(i);
  }
  return -1;
}

Points BodyPoints::track(std::string_view landmark) const {
  const int found = column(landmark);
  if (found < 0) return Points(0, 3);
  return recording_.positions_m.middleCols(3 * found, 3);
}

Points BodyPoints::mean(const std::vector<std::string>& landmarks) const {
  Points out(0, 3);
  for (const std::string& landmark : landmarks) {
    const Points one = track(landmark);
    if (one.rows() == 0) return Points(0, 3);
    out = out.rows() == 0 ? one : Points(out + one);
  }
  if (!landmarks.empty()) out /= static_cast<double>(landmarks.size());
  return out;
}

std::vector<std::string> BodyPoints::well_seen(std::vector<std::string> landmarks) const {
  Eigen::Index best = 0;
  for (const auto& landmark : landmarks) {
    const int found = column(landmark);
    if (found >= 0) best = std::max(best, seen_frames(recording_, found));
  }
  std::erase_if(landmarks, [&](const std::string& landmark) {
    const int found = column(landmark);
    return found < 0 || 20 * seen_frames(recording_, found) < 19 * best;
  });
  return landmarks;
}

void BodyPoints::add_standing_landmarks(const Recording& standing) {
  const std::vector<int> standing_match = set_.match(standing.labels);
  // Median place of each label in the stand.
  const auto place = [&](std::size_t i) {
    Eigen::Vector3d out;
    for (int axis = 0; axis < 3; ++axis) {
      const Eigen::VectorXd x = standing.positions_m.col(3 * static_cast<Eigen::Index>(i) + axis);
      out[axis] = median({x.data(), static_cast<std::size_t>(x.size())});
    }
    return out;
  };
  struct Wanted {
    int entry;
    std::string label;
    Eigen::Vector3d stand;
  };
  std::map<std::string, std::vector<Wanted>> wanted;  // by segment
  for (std::size_t i = 0; i < standing_match.size(); ++i) {
    if (standing_match[i] < 0) continue;
    const MarkerDef& def = set_.markers[static_cast<std::size_t>(standing_match[i])];
    const Eigen::Vector3d at = place(i);
    if (def.landmark.empty() || def.segment.empty() || has(def.landmark) || !at.allFinite())
      continue;
    if (recording_.index_of(standing.labels[i])) continue;
    wanted[def.segment].push_back({standing_match[i], standing.labels[i], at});
  }
  for (const auto& [segment, landmarks] : wanted) {
    std::vector<int> columns;
    std::vector<Eigen::Vector3d> stand;
    for (std::size_t i = 0; i < match_.size(); ++i) {
      if (match_[i] < 0 || set_.markers[static_cast<std::size_t>(match_[i])].segment != segment)
        continue;
      const auto in_stand = standing.index_of(recording_.labels[i]);
      if (!in_stand) continue;
      const Eigen::Vector3d at = place(static_cast<std::size_t>(*in_stand));
      if (!at.allFinite()) continue;
      columns.push_back(static_cast<int>(i));
      stand.push_back(at);
    }
    if (columns.size() < 3) continue;
    const Eigen::Index first = recording_.positions_m.cols();
    FrameMatrix grown = FrameMatrix::Constant(
        recording_.n_frames(), first + 3 * static_cast<Eigen::Index>(landmarks.size()),
        std::numeric_limits<double>::quiet_NaN());
    grown.leftCols(first) = recording_.positions_m;
    for (Eigen::Index i = 0; i < recording_.n_frames(); ++i) {
      std::vector<std::size_t> seen;
      for (std::size_t k = 0; k < columns.size(); ++k) {
        if (std::isfinite(grown(i, 3 * columns[k]))) seen.push_back(k);
      }
      if (seen.size() < 3) continue;
      Eigen::Matrix3Xd from(3, seen.size()), to(3, seen.size());
      for (std::size_t k = 0; k < seen.size(); ++k) {
        from.col(static_cast<Eigen::Index>(k)) = stand[seen[k]];
        to.col(static_cast<Eigen::Index>(k)) =
            grown.block<1, 3>(i, 3 * columns[seen[k]]).transpose();
      }
      const Eigen::Isometry3d pose = rigid(from, to);
      for (std::size_t k = 0; k < landmarks.size(); ++k) {
        grown.block<1, 3>(i, first + 3 * static_cast<Eigen::Index>(k)) =
            (pose * landmarks[k].stand).transpose();
      }
    }
    recording_.positions_m = std::move(grown);
    for (const Wanted& w : landmarks) {
      recording_.labels.push_back(w.label);
      match_.push_back(w.entry);
    }
  }
}

void BodyPoints::complete_segment(std::string_view segment) {
  std::vector<int> columns;
  for (std::size_t i = 0; i < match_.size(); ++i) {
    if (match_[i] >= 0 && set_.markers[static_cast<std::size_t>(match_[i])].segment == segment &&
        seen_frames(recording_, static_cast<int>(i)) > 0) {
      columns.push_back(static_cast<int>(i));
    }
  }
  const auto n = static_cast<Eigen::Index>(columns.size());
  if (n < 4) return;
  const auto frame = [&](Eigen::Index i) {
    Eigen::Matrix3Xd out(3, n);
    for (Eigen::Index k = 0; k < n; ++k) {
      out.col(k) = recording_.positions_m.block<1, 3>(i, 3 * columns[static_cast<std::size_t>(k)])
                       .transpose();
    }
    return out;
  };
  // Mean shape over (up to 200) complete frames, each laid over the first.
  std::vector<Eigen::Index> complete, holed;
  for (Eigen::Index i = 0; i < recording_.n_frames(); ++i) {
    const Eigen::Matrix3Xd points = frame(i);
    const auto seen = points.row(0).array().isFinite().count();
    if (seen == n) complete.push_back(i);
    if (seen >= 3 && seen < n) holed.push_back(i);
  }
  if (complete.empty() || holed.empty()) return;
  const Eigen::Matrix3Xd first = frame(complete.front());
  Eigen::Matrix3Xd shape = Eigen::Matrix3Xd::Zero(3, n);
  const std::size_t step = std::max<std::size_t>(1, complete.size() / 200);
  double used = 0.0;
  for (std::size_t c = 0; c < complete.size(); c += step) {
    const Eigen::Matrix3Xd points = frame(complete[c]);
    shape += rigid(points, first) * points;
    used += 1.0;
  }
  shape /= used;
  for (const Eigen::Index i : holed) {
    const Eigen::Matrix3Xd points = frame(i);
    std::vector<Eigen::Index> seen;
    for (Eigen::Index k = 0; k < n; ++k) {
      if (std::isfinite(points(0, k))) seen.push_back(k);
    }
    const Eigen::Matrix3Xd laid = rigid(shape(Eigen::all, seen), points(Eigen::all, seen)) * shape;
    for (Eigen::Index k = 0; k < n; ++k) {
      if (std::isfinite(points(0, k))) continue;
      recording_.positions_m.block<1, 3>(i, 3 * columns[static_cast<std::size_t>(k)]) =
          laid.col(k).transpose();
    }
  }
}

Eigen::VectorXd BodyPoints::sagittal_turn(std::string_view segment) const {
  std::vector<Eigen::Index> columns;
  for (std::size_t i = 0; i < match_.size(); ++i) {
    if (match_[i] >= 0 && set_.markers[static_cast<std::size_t>(match_[i])].segment == segment &&
        seen_frames(recording_, static_cast<int>(i)) > 0) {
      columns.push_back(3 * static_cast<Eigen::Index>(i));
    }
  }
  if (columns.size() < 2) return {};
  const FrameMatrix& x = recording_.positions_m;
  const auto seen_in = [&](Eigen::Index frame) {
    return std::count_if(columns.begin(), columns.end(),
                         [&](Eigen::Index c) { return std::isfinite(x(frame, c)); });
  };
  Eigen::Index first = 0;
  for (Eigen::Index i = 1; i < x.rows(); ++i) {
    if (seen_in(i) > seen_in(first)) first = i;
  }
  Eigen::VectorXd out(x.rows());
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    std::vector<Eigen::Index> both;
    Eigen::Vector2d then = Eigen::Vector2d::Zero();
    Eigen::Vector2d now = Eigen::Vector2d::Zero();
    for (const Eigen::Index c : columns) {
      if (!std::isfinite(x(i, c)) || !std::isfinite(x(first, c))) continue;
      both.push_back(c);
      then += x.block<1, 2>(first, c).transpose();
      now += x.block<1, 2>(i, c).transpose();
    }
    then /= static_cast<double>(both.size());
    now /= static_cast<double>(both.size());
    double along = 0.0, across = 0.0;
    for (const Eigen::Index c : both) {
      const Eigen::Vector2d a = x.block<1, 2>(first, c).transpose() - then;
      const Eigen::Vector2d b = x.block<1, 2>(i, c).transpose() - now;
      along += a.dot(b);
      across += a[0] * b[1] - a[1] * b[0];
    }
    out[i] = both.size() < 2 ? std::numeric_limits<double>::quiet_NaN() : std::atan2(across, along);
  }
  return out;
}

}  // namespace runmech
