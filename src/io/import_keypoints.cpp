// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "import_steps.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/skeleton/heading.hpp"
#include "words.hpp"

namespace runmech {
namespace {

using text::decimal;

constexpr double kLegShareOfStature = 0.491;  // thigh + shank, Drillis & Contini 1966
constexpr double kAssumedStature_m = 1.70;
constexpr double kSmallLeg_px = 100.0;  // below it 1 px is more than 8 mm (our choice)
constexpr double kSlowFilm_hz = 24.0;

// Widths between left and right, and how far the ankles swing past each other, in leg lengths.
// Side views of ten filmed runners: widths 0.1 to 0.27, swing 0.42 to 0.8; rear and front: 0.42 to
// 0.9 and 0.02 to 0.13. The limits lie between.
constexpr double kNarrow = 0.2;
constexpr double kWide = 0.35;
constexpr double kSideRatio = 1.5;
constexpr double kClearMajority = 0.8;  // of votes on facing; our choice

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return NAN;
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

struct Body {
  Body(const Recording& recording, const MarkerSet& set) : r(recording) {
    const auto point = [&](const char* landmark) { return set.find(r.labels, landmark); };
    hip = {point("hip_l"), point("hip_r")};
    knee = {point("knee_l"), point("knee_r")};
    ankle = {point("ankle_l"), point("ankle_r")};
    shoulder = {point("shoulder_l"), point("shoulder_r")};
    for (const char* name : {"heel_l", "heel_r", "toe_l", "toe_r", "ankle_l", "ankle_r"}) {
      if (point(name) >= 0) feet.push_back(point(name));
    }
  }
  [[nodiscard]] Eigen::RowVector2d at(Eigen::Index f, int p) const {
    return p < 0 ? Eigen::RowVector2d(NAN, NAN)
                 : Eigen::RowVector2d(r.positions_m.block<1, 2>(f, 3 * p));
  }
  // Right minus left, along the picture's x.
  [[nodiscard]] std::vector<double> apart(const Sided<int>& pair) const {
    std::vector<double> out;
    for (Eigen::Index f = 0; f < r.n_frames(); ++f) {
      const double d = at(f, pair.right)(0) - at(f, pair.left)(0);
      if (!std::isnan(d)) out.push_back(d);
    }
    return out;
  }
  [[nodiscard]] double leg_px() const {
    std::vector<double> legs;
    for (Eigen::Index f = 0; f < r.n_frames(); ++f) {
      for (const Side side : kSides) {
        const double leg = (at(f, hip[side]) - at(f, knee[side])).norm() +
                           (at(f, knee[side]) - at(f, ankle[side])).norm();
        if (!std::isnan(leg)) legs.push_back(leg);
      }
    }
    return quantile(std::move(legs), 0.75);
  }
  const Recording& r;
  Sided<int> hip, knee, ankle, shoulder;
  std::vector<int> feet;
};

double median_size(std::vector<double> values) {
  for (double& v : values) v = std::abs(v);
  return quantile(std::move(values), 0.5);
}

// SD by the 16 % and 84 % quantiles: exchanged labels flip the sign, not the size, of a step.
double robust_sd(const std::vector<double>& values) {
  return 0.5 * (quantile(values, 0.84) - quantile(values, 0.16));
}

View infer_view(Recording& recording, const Body& body, double leg_px) {
  const auto shoulders = body.apart(body.shoulder);
  const auto hips = body.apart(body.hip);
  const auto ankles = body.apart(body.ankle);
  const double width = (median_size(shoulders) + median_size(hips)) / leg_px;
  const double swing = robust_sd(ankles) / leg_px;
  const std::string seen = "shoulders and hips together " + decimal(std::round(100 * width) / 100) +
                           ", ankles swing " + decimal(std::round(100 * swing) / 100) +
                           " leg lengths sideways";
  const double ratio = swing / width;
  if ((width < kWide && ratio > kSideRatio) || width < kNarrow) {
    recording.note("view", "side view: " + seen);
    return View::side;
  }
  if (width > kWide && ratio < 1.0 / kSideRatio) {
    const double right = quantile(shoulders, 0.5) + quantile(hips, 0.5);
    const View view = right > 0.0 ? View::rear : View::front;
    recording.note("view", std::string(to_string(view)) + " view: " + seen +
                               ", the runner's right is on the picture's " +
                               (right > 0.0 ? "right" : "left"));
    return view;
  }
  throw InvalidArgument(recording.source + ": side, rear or front view is not clear (" + seen +
                        "); give view=");
}

// Which way the body faces, frame by frame: toe against heel, nose against shoulders, knee against
// the line from hip to ankle. Returns the share of votes for the picture's right.
double share_facing_right(const Recording& recording, const MarkerSet& set, const Body& body) {
  const auto point = [&](const std::string& landmark) {
    return set.find(recording.labels, landmark);
  };
  int right = 0;
  int votes = 0;
  const auto vote = [&](double way) {
    if (std::isnan(way) || way == 0.0) return;
    ++votes;
    if (way > 0.0) ++right;
  };
  for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
    for (const Side side : kSides) {
      const std::string s = side == Side::left ? "_l" : "_r";
      vote(body.at(f, point("toe" + s))(0) - body.at(f, point("heel" + s))(0));
      vote(2.0 * body.at(f, body.knee[side])(0) - body.at(f, body.hip[side])(0) -
           body.at(f, body.ankle[side])(0));
    }
    vote(2.0 * body.at(f, point("nose"))(0) - body.at(f, body.shoulder.left)(0) -
         body.at(f, body.shoulder.right)(0));
  }
  return votes == 0 ? 0.5 : static_cast<double>(right) / votes;
}

double scale_of(Recording& recording, const ReadOptions& options, double leg_px) {
  if (options.metres_per_pixel > 0.0) {
    recording.note("scale", "1 px = " + decimal(1e3 * options.metres_per_pixel) + " mm as given");
    return options.metres_per_pixel;
  }
  const bool stated = options.stature_m > 0.0;
  const double stature = stated ? options.stature_m : kAssumedStature_m;
  recording.scale_assumed = !stated;
  const double scale = kLegShareOfStature * stature / leg_px;
  const std::string text = "1 px = " + decimal(1e3 * scale) + " mm: thigh and shank are " +
                           decimal(std::round(leg_px)) + " px and 0.491 of the stature, " +
                           decimal(stature) + " m";
  if (stated) {
    recording.note("scale", text + " as given");
  } else {
    recording.warn("scale", text + " ASSUMED; give stature_m for lengths in metres");
  }
  return scale;
}

}  // namespace

void keypoints_to_world(RawRecording& raw, const ReadOptions& options, const MarkerSet* set,
                        const std::string& why_no_set) {
  Recording& recording = raw.recording;
  if (set == nullptr) {
    throw InvalidArgument(recording.source + ": the keypoints are not recognised (" + why_no_set +
                          "); give marker_set=");
  }
  const Body body(recording, *set);
  const double leg_px = body.leg_px();
  if (!(leg_px > 0.0)) {
    throw NotAnalysable(recording.source + ": no leg (hip, knee and ankle) is seen in any picture");
  }
  if (options.view == "spatial") {
    throw InvalidArgument(
        "view is 'spatial', but keypoints of one picture have no depth; allowed: "
        "side, rear, front");
  }
  const View view =
      options.view.empty() ? infer_view(recording, body, leg_px) : parse_view(options.view);
  recording.view = view;
  const double scale = scale_of(recording, options, leg_px);
  recording.metres_per_pixel = scale;
  if (leg_px < kSmallLeg_px) {
    recording.warn("resolution", "the legs are only " + decimal(std::round(leg_px)) +
                                     " px long: keypoints are uncertain by centimetres");
  }
  if (recording.n_frames() > 1 && recording.rate_hz() < kSlowFilm_hz - 0.5) {
    recording.warn("resolution", decimal(std::round(recording.rate_hz())) +
                                     " pictures a second: contacts are uncertain by tens of ms");
  }
  // Height 0 is where the feet come lowest in the picture.
  std::vector<double> low;
  for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
    for (const int p : body.feet) {
      const double y = recording.positions_m(f, 3 * p + 1);
      if (!std::isnan(y)) low.push_back(y);
    }
  }
  const double ground_px = quantile(std::move(low), 0.95);

  Eigen::Matrix3d turn = Eigen::Matrix3d::Zero();
  turn(1, 1) = -1.0;
  const bool side_view = view == View::side;
  const Eigen::Index seen = side_view ? 0 : 2;
  double sign = view == View::front ? -1.0 : 1.0;
  for (Eigen::Index p = 0; p < recording.n_points(); ++p) {
    for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
      auto point = recording.positions_m.block<1, 3>(f, 3 * p);
      if (std::isnan(point(0))) continue;
      const double x = point(0);
      const double y = point(1);
      point.setZero();
      point(seen) = sign * scale * x;
      point(1) = scale * (ground_px - y);
    }
  }
  if (side_view) {
    const Heading heading = infer_heading(recording, *set, Eigen::Vector3d::UnitY());
    const bool usable = heading.confidence >= kUsableHeading;
    if (!options.forward.empty()) {
      if (options.forward[1] != 'x') {
        throw InvalidArgument("forward is '" + options.forward +
                              "'; in a picture from the side it is +x (to the right) or -x");
      }
      sign = options.forward[0] == '-' ? -1.0 : 1.0;
      recording.note("heading",
                     "the runner faces " + options.forward + " in the picture, as given");
      if (usable && heading.forward.x() * sign < 0.0) {
        recording.warn("heading", "the body faces the other way (" + heading.how + ")");
      }
    } else if (usable) {
      sign = heading.forward.x() < 0.0 ? -1.0 : 1.0;
      recording.note("heading", std::string("the runner faces the picture's ") +
                                    (sign < 0.0 ? "left" : "right") + " (" + heading.how +
                                    "; confidence " + decimal(heading.confidence) + ")");
    } else if (const double right = share_facing_right(recording, *set, body);
               std::abs(right - 0.5) > kClearMajority - 0.5) {
      sign = right < 0.5 ? -1.0 : 1.0;
      recording.warn("heading", std::string("the body faces the picture's ") +
                                    (sign < 0.0 ? "left" : "right") + " by " +
                                    decimal(std::round(100.0 * std::max(right, 1.0 - right))) +
                                    " % of toes, knees and noses, but does not move that way (" +
                                    heading.how + ")");
    } else {
      throw InvalidArgument(recording.source +
                            ": whether the runner faces left or right is not "
                            "clear (" +
                            heading.how + "); give forward= -x (left) or +x (right)");
    }
    if (sign < 0.0) {
      for (Eigen::Index p = 0; p < recording.n_points(); ++p)
        recording.positions_m.col(3 * p) *= -1.0;
    }
  }
  turn(seen, 0) = sign;
  // The picture's third axis points away from the camera; what is left for it makes the turn
  // proper.
  turn(2 - seen, 2) = -sign;
  recording.file_to_world = turn;
}

}  // namespace runmech
