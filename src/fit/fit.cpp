// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/fit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "runmech/core/errors.hpp"
#include "runmech/core/log.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/bspline.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kKnotSpacing_s = 0.005;  // resolves 50 Hz, more than joints move at (our choice)
constexpr double kSeldomDetermined =
    0.2;                              // share of usable frames below which a coordinate is missing
constexpr double kFrameShare = 0.85;  // of the progress, the rest is smoothing
constexpr Eigen::Index kLogEvery = 100;  // frames
constexpr auto kReportEvery = std::chrono::milliseconds(20);
constexpr double kOddScale = 8.0;  // markers spread so many times more or less than the body

/// Which column of the recording each marker of the skeleton is.
std::vector<std::optional<Eigen::Index>> match(const Recording& recording,
                                               const Skeleton& skeleton) {
  std::vector<std::optional<Eigen::Index>> columns;
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

/// Calls the progress at most every kReportEvery: often enough for a clock, rarely enough for a
/// callback that needs an interpreter's lock.
class Reporter {
 public:
  Reporter(const Progress& progress, std::string_view stage) : progress_(progress), stage_(stage) {}
  void operator()(double fraction) {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + kReportEvery;
    report(progress_, fraction, stage_);
  }

 private:
  const Progress& progress_;
  std::string_view stage_;
  std::chrono::steady_clock::time_point next_{};
};

/// What fitting every frame gives besides the Motion's own tables.
struct FramePass {
  FrameMatrix weight;  // n_frames x n_coordinates, 1 / variance
  double squares = 0.0;
  long freedom = 0;
};

FramePass fit_frames(const Recording& recording,
                     const std::vector<std::optional<Eigen::Index>>& columns,
                     const FitOptions& options, const Progress& progress, Motion& out) {
  FrameFitter fitter(out.skeleton, out.coordinate_status, options.frame, out.view);
  const auto& free = fitter.equations().free_coordinates();
  const Eigen::Index n = recording.n_frames();
  FramePass pass;
  pass.weight.setZero(n, out.skeleton.n_coordinates());
  out.frame_coordinates.setConstant(n, out.skeleton.n_coordinates(), kNaN);
  out.quality.resize(n);
  std::vector<double> measured(3 * columns.size(), kNaN);
  Reporter tell(progress, "fitting poses");
  for (Eigen::Index i = 0; i < n; ++i) {
    tell(kFrameShare * static_cast<double>(i) / static_cast<double>(n));
    if (i > 0 && i % kLogEvery == 0) {
      log(LogLevel::debug, "fit: frame " + std::to_string(i) + " of " + std::to_string(n));
    }
    for (std::size_t k = 0; k < columns.size(); ++k) {
      if (!columns[k]) continue;
      for (int x = 0; x < 3; ++x)
        measured[3 * k + x] = recording.positions_m(i, 3 * *columns[k] + x);
    }
    const FramePose& pose = fitter.fit(measured.data(), recording.time_s[i]);
    out.quality[i] = pose.quality;
    if (!pose.usable) continue;
    for (std::size_t f = 0; f < free.size(); ++f) {
      const int j = free[f];
      if (!pose.determined[j]) continue;
      out.frame_coordinates(i, j) = pose.coordinates[j];
      pass.weight(i, j) = 1.0 / fitter.variance()[static_cast<Eigen::Index>(f)];
    }
    pass.squares += fitter.weighted_squares();
    pass.freedom += fitter.degrees_of_freedom();
  }
  return pass;
}

void unwrap(Motion& motion, int j) {
  double last = kNaN;
  for (Eigen::Index i = 0; i < motion.frame_coordinates.rows(); ++i) {
    double& q = motion.frame_coordinates(i, j);
    if (std::isnan(q)) continue;
    if (!std::isnan(last)) {
      q -= 2.0 * std::numbers::pi * std::round((q - last) / (2.0 * std::numbers::pi));
    }
    last = q;
  }
}

/// Stretches without a value: between frames when longer than max_gap_s, and at both ends at any
/// length.
std::vector<TimeSpan> gaps_of(const Motion& motion, int j, double max_gap_s, int& bridged) {
  std::vector<TimeSpan> gaps;
  const double infinity = std::numeric_limits<double>::infinity();
  double last = -infinity;
  Eigen::Index last_frame = -1;
  for (std::size_t i = 0; i < motion.time_s.size(); ++i) {
    if (std::isnan(motion.frame_coordinates(i, j))) continue;
    const auto frame = static_cast<Eigen::Index>(i);
    if (frame > last_frame + 1) {
      if (last_frame < 0 || motion.time_s[i] - last > max_gap_s) {
        gaps.push_back({last, motion.time_s[i]});
      } else {
        bridged += static_cast<int>(frame - last_frame - 1);
      }
    } else if (last_frame >= 0 && motion.time_s[i] - last > max_gap_s) {
      gaps.push_back({last, motion.time_s[i]});  // the clock itself has a hole
    }
    last = motion.time_s[i];
    last_frame = frame;
  }
  if (last < motion.time_s.back()) gaps.push_back({last, infinity});
  return gaps;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) text += (i ? ", " : "") + names[i];
  return text;
}

/// Too few frames for a smoother: the frames joined by straight lines.
void join_frames(Motion& motion) {
  std::vector<double> breaks = motion.time_s;
  if (breaks.size() == 1) breaks = {breaks[0] - 1e-3, breaks[0] + 1e-3};
  motion.degree = 1;
  motion.knots = clamped_knots(breaks, 1);
  motion.control.resize(static_cast<Eigen::Index>(breaks.size()), motion.skeleton.n_coordinates());
  for (Eigen::Index i = 0; i < motion.control.rows(); ++i) {
    motion.control.row(i) =
        motion.frame_coordinates.row(std::min(i, motion.frame_coordinates.rows() - 1));
  }
}

void smooth(const FramePass& pass, const FitOptions& options, const Progress& progress,
            Motion& out) {
  const int n = out.skeleton.n_coordinates();
  out.gaps.resize(n);
  std::vector<std::string> bridged_names;
  for (int j = 0; j < n; ++j) {
    if (out.coordinate_status[j] != CoordinateStatus::observed) continue;
    if (out.skeleton.coordinates[j].rotation) unwrap(out, j);
    int bridged = 0;
    out.gaps[j] = gaps_of(out, j, options.max_gap_s, bridged);
    if (bridged > 0) {
      bridged_names.push_back(out.skeleton.coordinates[j].name + " (" + std::to_string(bridged) +
                              " frames)");
    }
  }
  if (!bridged_names.empty()) {
    out.notes.push_back(
        {"gaps", "short gaps bridged by the smoothing: " + listed(bridged_names), false});
  }
  if (out.time_s.size() < SplineSmoother::kPenalty + 3U) {
    join_frames(out);
    return;
  }
  const SplineSmoother smoother(out.time_s, kKnotSpacing_s);
  out.knots = smoother.knots();
  out.degree = SplineSmoother::kDegree;
  out.control.setConstant(smoother.n_control(), n, kNaN);
  std::vector<double> cutoffs;
  Reporter tell(progress, "smoothing");
  for (int j = 0; j < n; ++j) {
    tell(kFrameShare + (1.0 - kFrameShare) * j / n);
    if (out.coordinate_status[j] != CoordinateStatus::observed) continue;
    const auto smoothed =
        smoother.smooth(out.frame_coordinates.col(j),
                        pass.weight.col(j) / pass.weight.col(j).maxCoeff(), options.cutoff_hz);
    out.control.col(j) = smoothed.control;
    if (out.skeleton.coordinates[j].rotation) cutoffs.push_back(smoothed.cutoff_hz);
  }
  if (cutoffs.empty()) return;
  std::nth_element(cutoffs.begin(), cutoffs.begin() + cutoffs.size() / 2, cutoffs.end());
  out.smoothing_hz = cutoffs[cutoffs.size() / 2];
}

/// Coordinates that hardly a frame determines are missing as a whole; SD of a frame's value for the
/// rest.
void settle_coordinates(const FramePass& pass, Motion& out) {
  const double factor = pass.freedom > 0 ? pass.squares / static_cast<double>(pass.freedom) : kNaN;
  const auto usable =
      static_cast<double>((!out.frame_coordinates.array().isNaN()).rowwise().any().count());
  out.coordinate_sd.assign(out.skeleton.n_coordinates(), kNaN);
  std::vector<std::string> missing;
  for (int j = 0; j < out.skeleton.n_coordinates(); ++j) {
    auto& status = out.coordinate_status[j];
    if (status == CoordinateStatus::observed) {
      std::vector<double> variances;
      for (Eigen::Index i = 0; i < pass.weight.rows(); ++i) {
        if (pass.weight(i, j) > 0.0) variances.push_back(1.0 / pass.weight(i, j));
      }
      if (static_cast<double>(variances.size()) <= kSeldomDetermined * usable) {
        status = CoordinateStatus::undetermined;
        out.frame_coordinates.col(j).setConstant(kNaN);
      } else {
        const auto middle = variances.begin() + static_cast<std::ptrdiff_t>(variances.size() / 2);
        std::nth_element(variances.begin(), middle, variances.end());
        out.coordinate_sd[j] = std::sqrt(factor * *middle);
      }
    }
    if (status == CoordinateStatus::undetermined)
      missing.push_back(out.skeleton.coordinates[j].name);
  }
  if (!missing.empty()) {
    out.notes.push_back({"undetermined", "the markers do not determine " + listed(missing), true});
  }
}

/// Root mean square distance of points from their mean.
double spread(const Eigen::Matrix3Xd& points) {
  return std::sqrt((points.colwise() - points.rowwise().mean()).colwise().squaredNorm().mean());
}

/// A recording in other units fits nowhere: say so rather than only "high residual".
void check_scale(const Recording& recording,
                 const std::vector<std::optional<Eigen::Index>>& columns, Motion& out) {
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

void note_quality(Motion& out) {
  int bad = 0;
  std::string text;
  for (const auto status : {FrameStatus::few_markers, FrameStatus::high_residual,
                            FrameStatus::limit, FrameStatus::jump, FrameStatus::no_data}) {
    const auto n = std::count_if(out.quality.begin(), out.quality.end(),
                                 [status](const FrameQuality& q) { return q.status == status; });
    if (n == 0) continue;
    text += (bad ? ", " : "") + std::to_string(n) + " " + std::string(to_string(status));
    bad += static_cast<int>(n);
  }
  if (bad == 0) return;
  out.notes.push_back({"frames",
                       std::to_string(bad) + " of " + std::to_string(out.quality.size()) +
                           " frames are not ok: " + text,
                       true});
}

}  // namespace

void FitOptions::validate() const {
  if (method == "trajectory") {
    throw InvalidArgument("method is 'trajectory', which is not available yet; allowed: frame");
  }
  if (method != "frame") throw InvalidArgument("method is '" + method + "'; allowed: frame");
  if (!(cutoff_hz >= 0.0)) {
    throw InvalidArgument("cutoff_hz is " + printed(cutoff_hz) + "; allowed: 0 or more");
  }
  if (!(max_gap_s >= 0.0)) {
    throw InvalidArgument("max_gap_s is " + printed(max_gap_s) + "; allowed: 0 or more");
  }
  frame.validate();
}

Motion fit(const Recording& recording, const Skeleton& skeleton, const FitOptions& options,
           const Progress& progress) {
  options.validate();
  recording.validate();
  if (recording.n_frames() == 0) throw InvalidArgument("the recording has no frames");
  if (const double half = 0.5 * recording.rate_hz(); half > 0.0 && options.cutoff_hz >= half) {
    throw InvalidArgument("cutoff_hz is " + std::to_string(options.cutoff_hz) +
                          "; allowed: below half the frame rate, " + std::to_string(half));
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
    if (!recorded.back()) absent.push_back(skeleton.markers[k].at.name);
  }
  if (!absent.empty()) {
    out.notes.push_back({"missing", "markers never seen: " + listed(absent), true});
  }
  out.coordinate_status = coordinate_locks(skeleton, recorded, recording.view);
  const FramePass pass = fit_frames(recording, columns, options, progress, out);
  settle_coordinates(pass, out);
  smooth(pass, options, progress, out);
  check_scale(recording, columns, out);
  note_quality(out);
  // Not as warnings: those show up by default, and the result holds them.
  for (const Note& note : out.notes) log(LogLevel::info, "fit: " + note.text);
  log(LogLevel::info, "fit: done");
  report(progress, 1.0, "done");
  return out;
}

}  // namespace runmech
