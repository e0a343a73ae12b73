// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "calibration_points.hpp"
#include "calibration_steps.hpp"
#include "runmech/core/printed.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// Our choices. Legs of one person differ by 1-2 %, of one in a thousand by 3 cm.
constexpr double kAsymmetry = 0.08;
constexpr double kPriorSds = 3.5;
constexpr double kOff_m = 0.04;
constexpr double kSoftOff_m = 0.06;  // over muscle and fat: trochanter, iliac crest

std::string number(const char* format, double value) {
  return printed(format, value);
}

void warn(CalibrationReport& report, std::string code, std::string text) {
  report.notes.push_back({std::move(code), std::move(text), true});
}

}  // namespace

void report_lengths(const BodyProblem& problem, const BodySolution& solution, bool stature_known,
                    double size, CalibrationReport& report) {
  const double mm = 1000.0 * size;  // of the body itself
  for (std::size_t k = 0; k < problem.shape.size(); ++k) {
    const ShapeParameter& parameter = problem.shape[k];
    const auto i = static_cast<Eigen::Index>(k);
    LengthRow row;
    row.name = parameter.name;
    row.value_m = problem.values[i];
    row.prior_m = parameter.base_m;
    row.prior_sd_m = parameter.relative_sd * std::abs(parameter.base_m);
    row.sd_m = solution.shape_sd.size() > i ? solution.shape_sd[i] : row.prior_sd_m;
    report.lengths.push_back(row);
    if (stature_known && std::abs(row.value_m - row.prior_m) > kPriorSds * row.prior_sd_m) {
      warn(report, "lengths",
           row.name + " comes out as " + number("%.0f", mm * row.value_m) +
               " mm; for this stature " + number("%.0f", mm * row.prior_m) + " +- " +
               number("%.0f", mm * row.prior_sd_m) +
               " mm is expected: a marker is misplaced or the stature wrong");
    }
    if (parameter.mirror < 0 || parameter.mirror > static_cast<int>(k)) continue;
    const double other = problem.values[parameter.mirror];
    const double difference = (row.value_m - other) / (0.5 * (row.value_m + other));
    if (std::abs(difference) > kAsymmetry) {
      warn(report, "asymmetry",
           row.name.substr(0, row.name.size() - 2) + " differs by " +
               number("%.0f", 100.0 * std::abs(difference)) + " % between the sides (right " +
               number("%.0f", mm * row.value_m) + ", left " + number("%.0f", mm * other) +
               " mm): a marker is misplaced or labelled wrongly");
    }
  }
}

void report_hip_error(double sd_m, CalibrationReport& report) {
  for (LengthRow& row : report.lengths) {
    if (row.name.starts_with("hip_") || row.name.starts_with("thigh_")) {
      row.sd_m = std::hypot(row.sd_m, sd_m);
    }
  }
}

void report_landmarks(const Skeleton& skeleton, const std::vector<KnownMarker>& known,
                      const std::vector<std::string>& labels, bool measured, double size,
                      CalibrationReport& report) {
  const auto local = [&](const std::string& landmark) -> const Vector3d* {
    for (const KnownMarker& marker : known) {
      if (marker.def->landmark != landmark) continue;
      const auto index = skeleton.find_marker(labels[static_cast<std::size_t>(marker.column)]);
      if (index) return &skeleton.markers[static_cast<std::size_t>(*index)].at.local_m;
    }
    return nullptr;
  };
  const auto label = [&](const std::string& landmark) -> std::string {
    for (const KnownMarker& marker : known) {
      if (marker.def->landmark == landmark) return labels[static_cast<std::size_t>(marker.column)];
    }
    return landmark;
  };
  // One landmark must lie to the right of the other in the segment's frame (left leg: mirrored).
  const auto order = [&](const std::string& outer, const std::string& inner, double side) {
    const Vector3d* a = local(outer);
    const Vector3d* b = local(inner);
    if (a == nullptr || b == nullptr || side * (a->z() - b->z()) > 0.0) return;
    warn(report, "labels",
         label(outer) + " lies on the wrong side of " + label(inner) +
             ": the two labels look exchanged");
  };
  for (const Side side : kSides) {
    const std::string s = side == Side::right ? "_r" : "_l";
    order("knee_lateral" + s, "knee_medial" + s, sign(side));
    order("ankle_lateral" + s, "ankle_medial" + s, sign(side));
    order("mt5" + s, "mt1" + s, sign(side));
    order("mt5" + s, "mt2" + s, sign(side));
    order("elbow_lateral" + s, "elbow_medial" + s, sign(side));
  }
  for (const char* pair : {"asis", "psis", "acromion"}) {
    order(std::string(pair) + "_r", std::string(pair) + "_l", 1.0);
  }
  if (!measured) return;
  // A marker 4 cm from where its twin is on the other leg.
  for (const KnownMarker& marker : known) {
    const std::string& right = marker.def->landmark;
    if (!right.ends_with("_r") || marker.def->kind == MarkerKind::skin) continue;
    if (marker.def->segment.starts_with("ulna") || marker.def->segment.starts_with("humerus"))
      continue;
    const std::string left = right.substr(0, right.size() - 2) + "_l";
    const Vector3d* a = local(right);
    const Vector3d* b = local(left);
    if (a == nullptr || b == nullptr) continue;
    const Vector3d mirrored(b->x(), b->y(), -b->z());
    const double apart = (*a - mirrored).norm();
    const bool soft = right.starts_with("gtr") || right.starts_with("iliac_crest");
    if (apart < (soft ? kSoftOff_m : kOff_m)) continue;
    // The one that fits the model worse is the likelier culprit.
    const auto off = [&](const std::string& name) {
      for (const MarkerRow& row : report.markers) {
        if (row.label == name) return row.residual_m + row.from_nominal_m;
      }
      return 0.0;
    };
    const std::string first = label(right);
    const std::string second = label(left);
    const bool right_off = off(first) >= off(second);
    warn(report, "marker_off",
         (right_off ? first : second) + " sits " + number("%.0f", 1000.0 * size * apart) +
             " mm from where " + (right_off ? second : first) +
             " is on the other side: misplaced or labelled wrongly");
  }
}

}  // namespace runmech
