// SPDX-License-Identifier: BSD-3-Clause
#include "trajectory_problem.hpp"

#include <array>
#include <cmath>
#include <numeric>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

/// Gauss-Legendre on -1..1: exact for the square of a polynomial of degree `points` - 1.
struct Quadrature {
  std::array<double, 3> node{};
  std::array<double, 3> weight{};
};
Quadrature quadrature(int points) {
  const double third = 1.0 / std::sqrt(3.0);
  const double edge = std::sqrt(0.6);
  if (points == 1) return {{0.0}, {2.0}};
  if (points == 2) return {{-third, third}, {1.0, 1.0}};
  return {{-edge, 0.0, edge}, {5.0 / 9.0, 8.0 / 9.0, 5.0 / 9.0}};
}

/// The sliding coordinate of a free length, the first step of its segment's joint.
int add_slide(Skeleton& skeleton, const Segment& segment, int index) {
  Coordinate slide;
  slide.name = segment.name + "_length";
  slide.rotation = false;
  slide.segment = index;
  slide.axis = segment.origin_m.normalized();
  slide.lower = -1e6;
  slide.upper = 1e6;
  slide.coupled = segment.n_elements > 0;
  const int place = skeleton.n_coordinates();
  if (slide.coupled) skeleton.elements.push_back({place, false, slide.axis, {}});
  skeleton.coordinates.push_back(slide);
  return place;
}

}  // namespace

TrajectoryBasis trajectory_basis(std::span<const double> time_s, double spacing_s, int degree) {
  TrajectoryBasis out;
  out.degree = degree;
  auto& breaks = out.breaks;
  breaks.push_back(time_s.front());
  // Each interval as many frames as fit into the spacing, one at least.
  for (std::size_t i = 1; i + 1 < time_s.size(); ++i) {
    if (time_s[i + 1] - breaks.back() > spacing_s * (1.0 + 1e-9)) breaks.push_back(time_s[i]);
  }
  breaks.push_back(time_s.back());
  out.knots = clamped_knots(breaks, degree);
  out.frame.reserve(time_s.size());
  for (const double t : time_s) out.frame.push_back(spline_basis(out.knots, degree, t));
  const int points = degree - 2;
  const Quadrature rule = quadrature(points);
  for (std::size_t i = 0; i + 1 < breaks.size(); ++i) {
    const double half = 0.5 * (breaks[i + 1] - breaks[i]);
    const double middle = 0.5 * (breaks[i + 1] + breaks[i]);
    for (int p = 0; p < points; ++p) {
      out.roughness.push_back({static_cast<int>(i), rule.weight[p] * half,
                               spline_basis(out.knots, degree, middle + rule.node[p] * half, 3)});
    }
  }
  return out;
}

void TrajectoryProblem::measure(FrameMatrix positions_m) {
  recorded_m = std::make_shared<const FrameMatrix>(std::move(positions_m));
  point_of.resize(skeleton.markers.size());
  std::iota(point_of.begin(), point_of.end(), Eigen::Index{0});
}

TrajectoryProblem problem_on(const Skeleton& skeleton, const std::vector<bool>& free,
                             const std::vector<SegmentScale>& scales) {
  TrajectoryProblem out;
  out.skeleton = skeleton;
  std::vector<int> length_of(skeleton.segments.size(), -1);
  for (const SegmentScale& scale : scales) {
    for (const std::string& name : scale.segments) {
      const int s = skeleton.segment(name);
      if (skeleton.segments[s].origin_m.norm() == 0.0 || skeleton.segments[s].parent < 0) {
        throw InvalidArgument("segment '" + name + "' has no distance from its parent to scale");
      }
      length_of[s] = static_cast<int>(out.lengths.size());
    }
    out.lengths.push_back({{}, {}, scale.sd});
  }
  out.skeleton.coordinates.clear();
  out.skeleton.elements.clear();
  for (std::size_t s = 0; s < skeleton.segments.size(); ++s) {
    const Segment& before = skeleton.segments[s];
    Segment& segment = out.skeleton.segments[s];
    segment.first_coordinate = out.skeleton.n_coordinates();
    segment.first_element = static_cast<int>(out.skeleton.elements.size());
    if (length_of[s] >= 0) {
      const int slide = add_slide(out.skeleton, segment, static_cast<int>(s));
      out.lengths[length_of[s]].coordinates.push_back(slide);
      out.lengths[length_of[s]].length_m.push_back(segment.origin_m.norm());
    }
    const int shift = out.skeleton.n_coordinates() - before.first_coordinate;
    for (int j = before.first_coordinate; j < before.first_coordinate + before.n_coordinates; ++j) {
      if (free[j]) out.splined.push_back(out.skeleton.n_coordinates());
      out.skeleton.coordinates.push_back(skeleton.coordinates[j]);
    }
    for (int e = before.first_element; e < before.first_element + before.n_elements; ++e) {
      out.skeleton.elements.push_back(skeleton.elements[e]);
      if (skeleton.elements[e].coordinate >= 0) out.skeleton.elements.back().coordinate += shift;
    }
    segment.n_coordinates = out.skeleton.n_coordinates() - segment.first_coordinate;
    segment.n_elements = static_cast<int>(out.skeleton.elements.size()) - segment.first_element;
  }
  return out;
}

}  // namespace runmech
