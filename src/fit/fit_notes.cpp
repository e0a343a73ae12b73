// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "fit_steps.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

constexpr double kOddScale = 8.0;  // markers spread so many times more or less than the body
// Of the frames in which a marker was seen; in sound trials of four laboratories at most 0.054.
constexpr double kOftenFar = 0.1;

/// Root mean square distance of points from their mean.
double spread(const Eigen::Matrix3Xd& points) {
  return std::sqrt((points.colwise() - points.rowwise().mean()).colwise().squaredNorm().mean());
}

/// "all 360 frames", "12 of 360 frames".
std::string frames_text(std::size_t n, std::size_t of) {
  const std::string unit = of == 1 ? " frame" : " frames";
  return (n == of ? "all " + std::to_string(of) : std::to_string(n) + " of " + std::to_string(of)) +
         unit;
}

/// Root mean square distance of the markers in the middle one of these frames.
std::string distance(const Motion& motion, const std::vector<std::size_t>& frames) {
  std::vector<double> rms;
  for (const std::size_t i : frames) {
    if (std::isfinite(motion.quality[i].rms_m)) rms.push_back(motion.quality[i].rms_m);
  }
  if (rms.empty()) return "most of them far off";
  const auto middle = rms.begin() + static_cast<std::ptrdiff_t>(rms.size() / 2);
  std::nth_element(rms.begin(), middle, rms.end());
  return printed(1e3 * *middle) + " mm from it";
}

/// The names that occur most often, at most three.
std::string most_often(const std::vector<std::string>& names, const std::vector<int>& count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < count.size(); ++i) {
    if (count[i] > 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return count[a] > count[b]; });
  std::vector<std::string> chosen;
  for (std::size_t i = 0; i < order.size() && i < 3; ++i) chosen.push_back(names[order[i]]);
  return listed(chosen) + (order.size() > 3 ? " and others" : "");
}

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += (i ? ", " : "") + names[i];
  return text;
}

std::string reason_of(const Known& known, const Motion& motion, FrameStatus status,
                      const std::vector<std::size_t>& frames) {
  const Skeleton& skeleton = motion.skeleton;
  std::vector<std::string> names;
  std::vector<int> count;
  if (status == FrameStatus::high_residual) {
    for (const Marker& marker : skeleton.markers) names.push_back(marker.at.name);
    count.assign(names.size(), 0);
    for (const std::size_t i : frames) {
      if (const int k = motion.quality[i].worst_marker; k >= 0) ++count[k];
    }
  } else {
    for (const Coordinate& c : skeleton.coordinates) names.push_back(c.name);
    count.assign(names.size(), 0);
    for (const std::size_t i : frames) {
      for (int j = 0; j < skeleton.n_coordinates(); ++j) {
        if (motion.coordinate_status[j] != CoordinateStatus::observed) continue;
        const auto f = static_cast<Eigen::Index>(i);
        const Coordinate& c = skeleton.coordinates[j];
        count[j] += status == FrameStatus::limit ? beyond_limit(c, motion.frame_coordinates(f, j))
                                                 : !known(f, j);
      }
    }
  }
  switch (status) {
    case FrameStatus::few_markers:
      return "too few markers for every joint; missing there: " + most_often(names, count);
    case FrameStatus::high_residual:
      return "the markers fit no pose of this skeleton (" + distance(motion, frames) +
             "), so no angles; farthest off: " + most_often(names, count);
    case FrameStatus::limit:
      return "a joint beyond its usual range: " + most_often(names, count);
    case FrameStatus::jump:
      return "farther from the frame before than a body moves, so no angles";
    case FrameStatus::no_data:
      return "no marker seen";
    case FrameStatus::ok:
      break;
  }
  return {};
}

void note_scale(const Recording& recording, const Columns& columns, Motion& out) {
  const bool any = out.frame_coordinates.array().isFinite().any();
  if (any) return;
  const Eigen::VectorXd neutral = out.skeleton.neutral_pose();
  SkeletonState<double> state;
  forward_kinematics(out.skeleton, neutral.data(), state);
  for (Eigen::Index i = 0; i < recording.n_frames(); ++i) {
    std::vector<Eigen::Vector3d> seen, model;
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (!columns[k]) continue;
      const Eigen::Vector3d p =
          recording.positions_m.row(i).segment<3>(3 * *columns[k]).transpose();
      if (!p.allFinite()) continue;
      seen.push_back(p);
      model.push_back(point_position(state, out.skeleton.markers[k].at));
    }
    if (seen.size() < 4) continue;
    const auto as_matrix = [](const std::vector<Eigen::Vector3d>& v) {
      return Eigen::Map<const Eigen::Matrix3Xd>(v[0].data(), 3,
                                                static_cast<Eigen::Index>(v.size()));
    };
    const double ratio = spread(as_matrix(seen)) / spread(as_matrix(model));
    if (ratio > 1.0 / kOddScale && ratio < kOddScale) return;
    out.notes.push_back({"units",
                         "no pose fits: the markers spread " + printed(ratio) +
                             " times as far as the skeleton's; are the positions in metres?",
                         true});
    return;
  }
}

void note_quality(const Known& known, Motion& out) {
  std::string text;
  for (const auto status : {FrameStatus::few_markers, FrameStatus::high_residual,
                            FrameStatus::limit, FrameStatus::jump, FrameStatus::no_data}) {
    std::vector<std::size_t> frames;
    for (std::size_t i = 0; i < out.quality.size(); ++i) {
      if (out.quality[i].status == status) frames.push_back(i);
    }
    if (frames.empty()) continue;
    text += (text.empty() ? "in " : "; in ") + frames_text(frames.size(), out.quality.size()) +
            " " + reason_of(known, out, status, frames);
  }
  if (!text.empty()) out.notes.push_back({"frames", text, true});
}

void note_outliers(const FitReport& fitted, Motion& out) {
  std::vector<std::string> far;
  for (const auto& line : fitted.markers) {
    const double share = line.n_seen > 0 ? static_cast<double>(line.n_outliers) / line.n_seen : 0.0;
    if (share > kOftenFar) far.push_back(line.label + printed(" (%.0f %%)", 100.0 * share));
  }
  if (far.empty()) return;
  out.notes.push_back({"outliers",
                       "far from where the other markers put them, and of next to no weight in so "
                       "many of the frames: " +
                           listed(far),
                       true});
}
}  // namespace runmech
