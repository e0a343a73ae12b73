// SPDX-License-Identifier: BSD-3-Clause
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "import_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/skeleton/heading.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;
using text::decimal;

std::string axis_word(const Vector3d& v) {
  Eigen::Index k = 0;
  v.cwiseAbs().maxCoeff(&k);
  if (std::abs(v[k]) > 1.0 - 1e-9) return std::string(v[k] > 0.0 ? "+" : "-") + "xyz"[k];
  return "(" + decimal(v.x()) + ", " + decimal(v.y()) + ", " + decimal(v.z()) + ")";
}

// The axis on which every point has one and the same value (2D results written as 3D).
std::optional<int> flat_axis(const Recording& recording) {
  for (int k = 0; k < 3; ++k) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (Eigen::Index c = k; c < recording.positions_m.cols(); c += 3) {
      for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
        const double v = recording.positions_m(f, c);
        if (std::isnan(v)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
      }
    }
    if (low == high && recording.n_points() > 1) return k;
  }
  return std::nullopt;
}

[[noreturn]] void ask(const Recording& recording, const std::string& what, const std::string& why,
                      const std::string& option) {
  throw InvalidArgument(recording.source + ": " + what + " is not clear from the file (" + why +
                        "); give " + option);
}

}  // namespace

Vector3d axis_vector(const std::string& axis) {
  return Vector3d::Unit(axis[1] - 'x') * (axis[0] == '-' ? -1.0 : 1.0);
}

void turn_plate(ForcePlate& plate, const Matrix3d& to_world) {
  plate.force_n = plate.force_n * to_world.transpose();
  if (plate.cop_m.rows() != 0) plate.cop_m = plate.cop_m * to_world.transpose();
  plate.corners_m = plate.corners_m * to_world.transpose();
}

void turn_to_world(RawRecording& raw, const ReadOptions& options, const MarkerSet* set,
                   const std::string& why_no_set) {
  Recording& recording = raw.recording;
  std::optional<Vector3d> up;
  std::string up_from = "as given";
  if (!options.up.empty()) {
    up = axis_vector(options.up);
  } else if (!raw.axes.up.empty()) {
    up = axis_vector(raw.axes.up);
    up_from = "as the file says";
  }
  Heading heading;
  if (set != nullptr) heading = infer_heading(recording, *set, up);
  if (set == nullptr) heading.how = why_no_set.empty() ? "no marker set" : why_no_set;
  if (!up) {
    if (heading.up.isZero(0.0)) {
      ask(recording, "which way is up", heading.how, "up= (+x, -x, +y, -y, +z or -z)");
    }
    up = heading.up;
    up_from = "from the body";
  } else if (options.up.empty() && set != nullptr) {
    const Heading by_body = infer_heading(recording, *set);
    if (by_body.confidence >= kUsableHeading && by_body.up.dot(*up) < 0.7) {
      recording.warn("axes", "the file says that " + axis_word(*up) +
                                 " is up, but the body stands along " + axis_word(by_body.up) +
                                 "; the file was believed: give up= to change that");
    }
  }
  std::optional<Vector3d> forward;
  std::string forward_from = "as given";
  const bool usable = heading.confidence >= kUsableHeading;
  if (!options.forward.empty()) {
    forward = axis_vector(options.forward);
    if (std::abs(forward->dot(*up)) > 1e-6) {
      throw InvalidArgument("forward is '" + options.forward + "', but " + axis_word(*up) +
                            " is up " + up_from + "; they must be different axes");
    }
    if (usable && heading.forward.dot(*forward) < 0.5) {
      recording.warn("heading", "forward " + options.forward +
                                    " as given, although the body faces " +
                                    axis_word(heading.forward) + " (" + heading.how + ")");
    }
  } else if (usable) {
    forward = heading.forward;
    forward_from = heading.how + "; confidence " + decimal(heading.confidence);
  } else if (!raw.axes.forward.empty()) {
    forward = axis_vector(raw.axes.forward);
    forward_from = "as the format says";
  } else {
    ask(recording, "which way the runner faces", heading.how,
        std::string("forward= (an axis of the file: +x, -x, ...)") +
            (set == nullptr ? " and up=, or marker_set=" : ""));
  }
  Matrix3d turn;
  turn.row(0) = *forward;
  turn.row(1) = *up;
  turn.row(2) = forward->cross(*up);
  const auto flat = flat_axis(recording);
  if (!turn.isIdentity(0.0)) {
    for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
      recording.positions_m.middleCols(3 * p, 3) =
          (recording.positions_m.middleCols(3 * p, 3) * turn.transpose()).eval();
    }
    for (ForcePlate& plate : recording.plates) turn_plate(plate, turn);
  }
  recording.file_to_world = turn;
  recording.note("axes", "file " + axis_word(*up) + " is up (" + up_from + ")");
  recording.note("heading", "file " + axis_word(*forward) + " is forward (" + forward_from + ")");
  if (heading.mirrored) recording.warn("heading", heading.how);

  std::string view = options.view;
  if (view.empty() && flat) {
    Eigen::Index seen_by = 0;
    turn.col(*flat).cwiseAbs().maxCoeff(&seen_by);
    if (seen_by == 1) {
      throw InvalidArgument(recording.source + ": every point has the same height (file axis " +
                            "xyz"[*flat] + "); give up=");
    }
    view = seen_by == 2 ? "side" : "rear";
    recording.note("view", "all points lie in one plane: " + view + " view of a 2D analysis");
  }
  recording.view = view.empty() ? View::spatial : parse_view(view);
  const Eigen::Index unseen = recording.view == View::side ? 2 : 0;
  if (recording.view != View::spatial) {
    for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
      auto column = recording.positions_m.col(3 * p + unseen);
      column = column.array().isNaN().select(column, 0.0);
    }
  }
}

void check_plate(Recording& recording, ForcePlate& plate) {
  constexpr double kLargest_n =
      1e6;  // a hundred runners: a mark for "no value" or damage (our choice)
  std::size_t absurd = 0;
  std::vector<double> vertical;
  for (Eigen::Index i = 0; i < plate.n_samples(); ++i) {
    if ((plate.force_n.row(i).array().abs() > kLargest_n).any()) {
      plate.force_n.row(i).setConstant(std::numeric_limits<double>::quiet_NaN());
      ++absurd;
    }
    const double fy = plate.force_n(i, 1);
    if (std::isfinite(fy)) vertical.push_back(fy);
  }
  if (absurd > 0) {
    recording.warn("forces", std::to_string(absurd) + " samples of plate '" + plate.name +
                                 "' beyond 1e6 N count as missing");
  }
  if (vertical.size() < 2) return;
  const auto at = [&](double share) {
    const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(vertical.size() - 1));
    std::nth_element(vertical.begin(), vertical.begin() + k, vertical.end());
    return vertical[static_cast<std::size_t>(k)];
  };
  // A runner loads a plate by more than 100 N, and nobody pulls at one (our choice).
  const double high = at(0.995);
  const double low = at(0.005);
  if (-low < 100.0 || -low < 3.0 * high) return;
  plate.force_n = -plate.force_n;
  if (plate.free_moment_nm.size() != 0) plate.free_moment_nm = -plate.free_moment_nm;
  recording.warn("forces", "plate '" + plate.name +
                               "' held the force of the runner on the plate (vertical down to " +
                               decimal(std::round(low)) + " N); its sign was turned");
}

}  // namespace runmech
