// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Random trees with plain and coupled joints: the hard case of kinematics and derivatives.

#include <random>
#include <string>
#include <vector>

#include "runmech/skeleton/skeleton.hpp"

namespace runmech::test {

class RandomTree {
 public:
  explicit RandomTree(unsigned seed) : random_(seed) {}

  /// `n_segments` joints, every second one coupled, the root with six plain coordinates; two
  /// landmarks and two markers on each segment.
  Skeleton make(int n_segments) {
    Skeleton out;
    for (int s = 0; s < n_segments; ++s) {
      Segment segment;
      segment.name = "segment_" + std::to_string(s);
      segment.parent = s == 0 ? -1 : pick(0, s - 1);
      segment.origin_m = vector(0.3);
      segment.first_coordinate = out.n_coordinates();
      if (s == 0) {
        for (int k = 0; k < 6; ++k) add_coordinate(out, s, k >= 3, Eigen::Vector3d::Unit(k % 3));
      } else if (s % 2 == 1) {
        add_coupled(out, s, segment);
      } else {
        for (int k = pick(0, 3); k > 0; --k) add_coordinate(out, s, pick(0, 3) > 0, direction());
      }
      segment.n_coordinates = out.n_coordinates() - segment.first_coordinate;
      out.segments.push_back(segment);
      for (const char* name : {"_a", "_b"}) {
        out.landmarks.push_back({segment.name + name, s, vector(0.2)});
        out.markers.push_back({{segment.name + name, s, vector(0.2)}, 0.01, false});
      }
    }
    return out;
  }

  Eigen::VectorXd pose(const Skeleton& skeleton, double sd = 0.7) {
    return Eigen::VectorXd::NullaryExpr(skeleton.n_coordinates(),
                                        [&] { return sd * normal_(random_); });
  }
  Eigen::Vector3d vector(double sd) {
    return sd * Eigen::Vector3d(normal_(random_), normal_(random_), normal_(random_));
  }
  double number() { return normal_(random_); }

 private:
  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }
  Eigen::Vector3d direction() {
    return pick(0, 1) == 0 ? Eigen::Vector3d::Unit(pick(0, 2)).eval() : vector(1.0).normalized();
  }
  void add_coordinate(Skeleton& out, int segment, bool rotation, const Eigen::Vector3d& axis) {
    Coordinate c;
    c.name = "coordinate_" + std::to_string(out.n_coordinates());
    c.segment = segment;
    c.rotation = rotation;
    c.axis = axis;
    out.coordinates.push_back(c);
  }
  JointFunction function() {
    if (pick(0, 1) == 0) return polynomial({number(), number(), 0.3 * number(), 0.1 * number()});
    std::vector<double> x{-1.0 + 0.2 * number()}, y{number()};
    for (int k = pick(1, 6); k > 0; --k) {
      x.push_back(x.back() + 0.2 + std::abs(0.3 * number()));
      y.push_back(y.back() + 0.4 * number());
    }
    return simm_spline(x, y);
  }
  void add_coupled(Skeleton& out, int s, Segment& segment) {
    const int n = pick(1, 3);
    segment.first_element = static_cast<int>(out.elements.size());
    for (int k = 0; k < n; ++k) {
      add_coordinate(out, s, true, direction());
      out.coordinates.back().coupled = true;
    }
    segment.n_elements = pick(2, 7);
    for (int e = 0; e < segment.n_elements; ++e) {
      JointElement element;
      element.coordinate = pick(0, 5) == 0 ? -1 : out.n_coordinates() - pick(1, n);
      element.rotation = pick(0, 2) > 0;
      element.axis = direction();
      element.function = element.coordinate < 0 ? polynomial({number()}) : function();
      out.elements.push_back(element);
    }
  }

  std::mt19937 random_;
  std::normal_distribution<double> normal_;
};

}  // namespace runmech::test
