// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/lost_markers.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "fit_steps.hpp"
#include "runmech/skeleton/kinematics.hpp"

// How far off its model a lost marker would be, from the rest of the trial: best linear prediction
// (Wiener 1949; kriging) with the residual's own autocovariance in the frame of its segment. That
// of running has a peak a stride away, so that it is not only the edges of the gap that speak: over
// gaps of 0.3 s the ASIS of RBDS is predicted to 1.3 mm, between the edges alone to 5, as badly as
// with nothing at all.

namespace runmech {
namespace {

// Our choices.
constexpr double kGrid_s = 0.010;      // of the autocovariance
constexpr double kEvery_s = 0.020;     // frames that speak
constexpr double kReach_s = 0.8;       // of a stride, on both sides of the gap
constexpr double kLongest_s = 4.0;     // lags beyond say nothing
constexpr double kLeastLasting = 0.5;  // share of the variance still there after kGrid_s: noise is
                                       // not to be predicted
constexpr double kRidge = 1e-4;        // of the variance
constexpr double kMeanAfter_s = 2.0;   // of frames: as for seats

/// Autocovariance on a grid of lags, straight in between.
struct Covariance {
  Eigen::Index step;           // frames per lag
  std::vector<double> at_lag;  // [0]: of what lasts
  double nugget = 0.0;         // and what does not
  [[nodiscard]] double operator()(Eigen::Index frames) const {
    const double lag = static_cast<double>(std::abs(frames)) / static_cast<double>(step);
    const auto below = static_cast<std::size_t>(lag);
    if (below + 1 >= at_lag.size()) return 0.0;
    const double part = lag - static_cast<double>(below);
    return (1.0 - part) * at_lag[below] + part * at_lag[below + 1];
  }
};

/// Divided by the number of all frames and drawn to zero at the longest lag: positive definite.
std::optional<Covariance> covariance_of(const Eigen::Matrix3Xf& x, double dt_s) {
  Covariance out;
  out.step = std::max<Eigen::Index>(1, std::lround(kGrid_s / dt_s));
  const auto n_lags =
      static_cast<Eigen::Index>(kLongest_s / (dt_s * static_cast<double>(out.step)));
  std::vector<double> sum;
  for (Eigen::Index lag = 0; lag <= n_lags; ++lag) {
    if (lag == 2 && !(sum[1] > kLeastLasting * sum[0])) break;
    sum.push_back(0.0);
    for (Eigen::Index i = 0; i + lag * out.step < x.cols(); i += out.step) {
      const float product = x.col(i).dot(x.col(i + lag * out.step));
      if (!std::isnan(product)) sum.back() += product;
    }
  }
  if (sum.size() < 3) return std::nullopt;
  long n = 0;
  for (Eigen::Index i = 0; i < x.cols(); i += out.step) n += std::isnan(x(0, i)) ? 0 : 1;
  for (Eigen::Index lag = 0; lag <= n_lags; ++lag) {
    out.at_lag.push_back(sum[lag] / static_cast<double>(n) *
                         (1.0 - static_cast<double>(lag) / static_cast<double>(n_lags)));
  }
  // Even and smooth at zero: a parabola through the first lags.
  const double all = out.at_lag[0];
  out.at_lag[0] = std::min(all, (4.0 * out.at_lag[1] - out.at_lag[2]) / 3.0);
  out.nugget = all - out.at_lag[0] + kRidge * all;
  return out;
}

/// Frames around the gap [first, end) that speak of it.
std::vector<Eigen::Index> speakers(const Eigen::Matrix3Xf& x, Eigen::Index first, Eigen::Index end,
                                   double dt_s) {
  const auto reach = static_cast<Eigen::Index>(kReach_s / dt_s);
  const auto every = std::max<Eigen::Index>(1, std::lround(kEvery_s / dt_s));
  std::vector<Eigen::Index> out;
  for (const int way : {-1, 1}) {
    Eigen::Index next = way < 0 ? first - 1 : end;
    for (Eigen::Index i = next; std::abs(i - (way < 0 ? first - 1 : end)) <= reach; i += way) {
      if (i < 0 || i >= x.cols()) break;
      if ((i - next) * way < 0 || std::isnan(x(0, i))) continue;
      out.push_back(i);
      next = i + way * every;
    }
  }
  return out;
}

/// Predicted values in [first, end), 3 x their number; none where nothing speaks.
Eigen::Matrix3Xd predicted(const Eigen::Matrix3Xf& x, const Covariance& covariance,
                           Eigen::Index first, Eigen::Index end, double dt_s) {
  const auto from = speakers(x, first, end, dt_s);
  const auto n = static_cast<Eigen::Index>(from.size());
  if (n == 0) return Eigen::Matrix3Xd::Zero(3, end - first);
  Eigen::MatrixXd among(n, n);
  Eigen::MatrixXd values(n, 3);
  for (Eigen::Index a = 0; a < n; ++a) {
    values.row(a) = x.col(from[a]).transpose().cast<double>();
    for (Eigen::Index b = 0; b <= a; ++b) among(a, b) = covariance(from[a] - from[b]);
    among(a, a) += covariance.nugget;
  }
  const Eigen::LLT<Eigen::MatrixXd> factor(among);
  if (factor.info() != Eigen::Success) return Eigen::Matrix3Xd::Zero(3, end - first);
  const Eigen::MatrixXd weighted = factor.solve(values);
  Eigen::Matrix3Xd out(3, end - first);
  Eigen::VectorXd to(n);
  for (Eigen::Index i = first; i < end; ++i) {
    for (Eigen::Index a = 0; a < n; ++a) to[a] = covariance(i - from[a]);
    out.col(i - first) = weighted.transpose() * to;
  }
  return out;
}

/// Pose of a frame where everything that carries the segment is known.
bool known_pose(const Motion& motion, Eigen::Index frame, int segment, Eigen::VectorXd& pose) {
  pose = motion.skeleton.neutral_pose();
  for (int j = 0; j < motion.skeleton.n_coordinates(); ++j) {
    const double q = motion.frame_coordinates(frame, j);
    if (!std::isnan(q)) pose[j] = q;
  }
  for (int s = segment; s >= 0; s = motion.skeleton.segments[s].parent) {
    const Segment& on = motion.skeleton.segments[s];
    for (int j = on.first_coordinate; j < on.first_coordinate + on.n_coordinates; ++j) {
      if (motion.coordinate_status[j] == CoordinateStatus::observed &&
          std::isnan(motion.frame_coordinates(frame, j))) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

LostMarkers::LostMarkers(Eigen::Index n_frames, std::vector<OfFrame> all) {
  if (all.empty()) return;
  std::stable_sort(all.begin(), all.end(),
                   [](const OfFrame& a, const OfFrame& b) { return a.frame < b.frame; });
  first_.assign(static_cast<std::size_t>(n_frames) + 1, 0);
  all_.reserve(all.size());
  for (const OfFrame& one : all) {
    ++first_[static_cast<std::size_t>(one.frame) + 1];
    all_.push_back(one.lost);
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
}

ResidualTracks::ResidualTracks(const Recording& recording, const Columns& columns,
                               const Skeleton& skeleton)
    : on_segment_(skeleton.segments.size()) {
  const auto n = recording.n_frames();
  std::vector<std::vector<bool>> seen(columns.size());
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (!columns[k]) continue;
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto p = recording.positions_m.row(i).segment<3>(3 * *columns[k]);
      seen[k].push_back(p.allFinite() && !(p.array() == 0.0).all());
    }
    if (std::none_of(seen[k].begin(), seen[k].end(), [](bool s) { return s; })) continue;
    on_segment_[skeleton.markers[k].at.segment].push_back(static_cast<int>(k));
  }
  for (const auto& markers : on_segment_) {
    for (const int k : markers) {
      // Lost while the segment is not.
      bool any = false;
      for (Eigen::Index i = 0; i < n && !any; ++i) {
        any = !seen[k][i] && std::any_of(markers.begin(), markers.end(),
                                         [&](int other) { return seen[other][i]; });
      }
      if (!any) continue;
      tracks_.push_back(
          {k, seen[k], Eigen::Matrix3Xf::Constant(3, n, std::numeric_limits<float>::quiet_NaN())});
    }
  }
}

void ResidualTracks::note(Eigen::Index frame, const FrameFitter& fitter) {
  for (Track& track : tracks_) {
    const int segment = fitter.skeleton().markers[track.marker].at.segment;
    const auto& markers = on_segment_[segment];
    if (!std::all_of(markers.begin(), markers.end(), [&](int k) { return fitter.used(k); })) {
      continue;
    }
    const auto& equations = fitter.equations();
    const Eigen::Vector3d own =
        equations.residuals_m().col(track.marker) - equations.common_m().col(segment);
    track.error_m.col(frame) = (fitter.state().rotation[segment].transpose() * own).cast<float>();
  }
}

LostMarkers ResidualTracks::lost(const Motion& motion) {
  std::vector<LostMarkers::OfFrame> out;
  const auto n = static_cast<Eigen::Index>(motion.time_s.size());
  if (n < 2) return {};
  const double dt_s = (motion.time_s.back() - motion.time_s.front()) / static_cast<double>(n - 1);
  SkeletonState<double> state;
  Eigen::VectorXd pose;
  for (Track& track : tracks_) {
    const BodyPoint& at = motion.skeleton.markers[track.marker].at;
    Eigen::Vector3d mean = Eigen::Vector3d::Zero();
    long count = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
      if (std::isnan(track.error_m(0, i))) continue;
      mean += track.error_m.col(i).cast<double>();
      ++count;
    }
    if (count == 0) continue;
    mean /= static_cast<double>(count);
    if (static_cast<double>(count) * dt_s < kMeanAfter_s) mean.setZero();
    track.error_m.colwise() -= mean.cast<float>();
    const auto covariance = covariance_of(track.error_m, dt_s);
    if (!covariance) continue;
    for (Eigen::Index first = 0; first < n; ++first) {
      if (track.seen[first]) continue;
      Eigen::Index end = first;
      while (end < n && !track.seen[end]) ++end;
      const Eigen::Matrix3Xd error = predicted(track.error_m, *covariance, first, end, dt_s);
      for (Eigen::Index i = first; i < end; ++i) {
        if (!known_pose(motion, i, at.segment, pose)) continue;
        forward_kinematics(motion.skeleton, pose.data(), state);
        const Eigen::Vector3d world = state.rotation[at.segment] * (mean + error.col(i - first));
        out.push_back(
            {i, {track.marker, world.cast<float>(), point_position(state, at).cast<float>()}});
      }
      first = end;
    }
  }
  return {n, std::move(out)};
}

}  // namespace runmech
