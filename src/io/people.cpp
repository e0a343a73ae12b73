// SPDX-License-Identifier: BSD-3-Clause
#include "people.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace runmech {
namespace {

constexpr double kGate = 0.5;           // body heights between predicted and found centre
constexpr double kGatePerFrame = 0.05;  // more for each frame not seen
constexpr double kMaxGate = 1.5;
constexpr std::size_t kForgetAfter = 60;  // frames
constexpr int kMinPoints = 4;             // fewer are a stray, not a person

struct Shape {
  Eigen::Vector2d centre{0.0, 0.0};
  double height = 0.0;
  bool usable = false;
};

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool is_seen(const Detection& d, Eigen::Index i) {
  return std::isfinite(d.points(i, 0)) && std::isfinite(d.points(i, 1)) &&
         !(d.points(i, 0) == 0.0 && d.points(i, 1) == 0.0);
}

Shape shape_of(const Detection& d) {
  std::vector<double> x;
  std::vector<double> y;
  for (Eigen::Index i = 0; i < d.points.rows(); ++i) {
    if (!is_seen(d, i)) continue;
    x.push_back(d.points(i, 0));
    y.push_back(d.points(i, 1));
  }
  Shape out;
  if (x.size() < kMinPoints) return out;
  const auto [low, high] = std::minmax_element(y.begin(), y.end());
  const auto [left, right] = std::minmax_element(x.begin(), x.end());
  out.height = std::max({*high - *low, *right - *left, 1.0});
  out.centre = {median(x), median(y)};
  out.usable = true;
  return out;
}

struct Following {
  PersonTrack track;
  Eigen::Vector2d centre;
  Eigen::Vector2d velocity{0.0, 0.0};  // px per frame
  double height;
  std::size_t last;
};

double spread(const std::vector<double>& v) {
  if (v.size() < 3) return 0.0;
  double mean = 0.0;
  for (const double x : v) mean += x / static_cast<double>(v.size());
  double sum = 0.0;
  for (const double x : v) sum += (x - mean) * (x - mean);
  return std::sqrt(sum / static_cast<double>(v.size()));
}

void score(PersonTrack& person, const std::vector<std::vector<Detection>>& frames,
           const LegPoints& legs) {
  std::vector<double> heights;
  std::vector<double> swing[4];
  Eigen::Vector2d low(1e300, 1e300);
  Eigen::Vector2d high(-1e300, -1e300);
  for (const auto& seen : person.seen) {
    const Detection& d = frames[seen.frame][seen.detection];
    const Shape shape = shape_of(d);
    heights.push_back(shape.height);
    low = low.cwiseMin(shape.centre);
    high = high.cwiseMax(shape.centre);
    if (!is_seen(d, legs.hip_r) || !is_seen(d, legs.hip_l)) continue;
    const Eigen::RowVector2d hip =
        0.5 * (d.points.row(legs.hip_r) + d.points.row(legs.hip_l)).head<2>();
    for (int s = 0; s < 2; ++s) {
      const int ankle = s == 0 ? legs.ankle_r : legs.ankle_l;
      if (!is_seen(d, ankle)) continue;
      swing[2 * s].push_back(d.points(ankle, 0) - hip(0));
      swing[2 * s + 1].push_back(d.points(ankle, 1) - hip(1));
    }
  }
  person.height_px = median(heights);
  double moved = 0.0;
  for (const auto& component : swing) moved += 0.25 * spread(component) / person.height_px;
  const double travel = std::min(2.0, (high - low).norm() / person.height_px);
  person.score =
      static_cast<double>(person.seen.size()) * person.height_px * (moved + 0.1 * travel + 1e-3);
}

}  // namespace

std::vector<PersonTrack> follow_people(const std::vector<std::vector<Detection>>& frames,
                                       const LegPoints& legs) {
  std::vector<Following> all;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    std::vector<Shape> shapes;
    for (const auto& detection : frames[f]) shapes.push_back(shape_of(detection));
    std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;  // cost, track, detection
    for (std::size_t t = 0; t < all.size(); ++t) {
      const Following& track = all[t];
      const std::size_t unseen = f - track.last;
      if (unseen > kForgetAfter) continue;
      const auto lag = static_cast<double>(unseen);
      const Eigen::Vector2d expected = track.centre + track.velocity * std::min(lag, 10.0);
      const double gate = std::min(kMaxGate, kGate + kGatePerFrame * (lag - 1.0));
      for (std::size_t d = 0; d < shapes.size(); ++d) {
        if (!shapes[d].usable) continue;
        const double far = (shapes[d].centre - expected).norm() / track.height;
        if (far > gate) continue;
        pairs.emplace_back(far + 0.3 * std::abs(std::log(shapes[d].height / track.height)), t, d);
      }
    }
    std::sort(pairs.begin(), pairs.end());
    std::vector<bool> taken(shapes.size(), false);
    for (const auto& [cost, t, d] : pairs) {
      Following& track = all[t];
      if (taken[d] || track.last == f) continue;
      taken[d] = true;
      const auto lag = static_cast<double>(f - track.last);
      track.velocity = 0.7 * track.velocity + 0.3 * (shapes[d].centre - track.centre) / lag;
      track.centre = shapes[d].centre;
      track.height = 0.8 * track.height + 0.2 * shapes[d].height;
      track.last = f;
      track.track.seen.push_back({f, d});
    }
    for (std::size_t d = 0; d < shapes.size(); ++d) {
      if (taken[d] || !shapes[d].usable) continue;
      all.push_back({{}, shapes[d].centre, {0.0, 0.0}, shapes[d].height, f});
      all.back().track.seen.push_back({f, d});
    }
  }
  std::vector<PersonTrack> out;
  for (auto& track : all) {
    score(track.track, frames, legs);
    out.push_back(std::move(track.track));
  }
  return out;
}

std::size_t best_person(const std::vector<PersonTrack>& people) {
  const auto best = std::max_element(
      people.begin(), people.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
  return static_cast<std::size_t>(best - people.begin());
}

}  // namespace runmech
