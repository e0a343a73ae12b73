// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/motion.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/spelling.hpp"
#include "runmech/signal/bspline.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

constexpr Spelling<FrameStatus> kFrameStatusNames[]{
    {FrameStatus::ok, "ok"},       {FrameStatus::few_markers, "few_markers"},
    {FrameStatus::jump, "jump"},   {FrameStatus::high_residual, "high_residual"},
    {FrameStatus::limit, "limit"}, {FrameStatus::no_data, "no_data"}};
constexpr Spelling<CoordinateStatus> kCoordinateStatusNames[]{
    {CoordinateStatus::observed, "observed"},
    {CoordinateStatus::undetermined, "undetermined"},
    {CoordinateStatus::locked, "locked"}};

void check_derivative(int derivative) {
  if (derivative < 0 || derivative > 2) {
    throw InvalidArgument("derivative is " + std::to_string(derivative) + "; allowed: 0, 1 or 2");
  }
}

/// The basis at one time, up to a derivative.
struct Sample {
  std::array<SplineBasis, 3> basis;
};

Sample sample(const Motion& motion, double t_s, int derivative) {
  Sample out;
  for (int d = 0; d <= derivative; ++d) {
    out.basis[d] = spline_basis(motion.knots, motion.degree, t_s, d);
  }
  return out;
}

double value(const Motion& motion, const Sample& at, int index, int derivative) {
  const SplineBasis& b = at.basis[derivative];
  double sum = 0.0;
  for (int i = 0; i <= motion.degree; ++i) sum += b.value[i] * motion.control(b.first + i, index);
  return sum;
}

bool known(const Motion& motion, int index, double t_s) {
  if (motion.coordinate_status[index] != CoordinateStatus::observed) return false;
  if (!(t_s >= motion.start_s() && t_s <= motion.end_s())) return false;
  if (motion.gaps.empty()) return true;
  return std::none_of(motion.gaps[index].begin(), motion.gaps[index].end(),
                      [t_s](const TimeSpan& g) { return t_s > g.start_s && t_s < g.end_s; });
}

/// Pose, velocity and acceleration of one segment's frame.
struct MovingFrame {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Vector3d origin = Eigen::Vector3d::Zero();
  Eigen::Vector3d velocity = Eigen::Vector3d::Zero();
  Eigen::Vector3d acceleration = Eigen::Vector3d::Zero();
  Eigen::Vector3d spin = Eigen::Vector3d::Zero();
  Eigen::Vector3d spin_rate = Eigen::Vector3d::Zero();

  /// To a point fixed in the frame, `r` away in world directions.
  void carry(const Eigen::Vector3d& r) {
    origin += r;
    velocity += spin.cross(r);
    acceleration += spin_rate.cross(r) + spin.cross(spin.cross(r));
  }
  void slide(const Eigen::Vector3d& axis, const std::array<double, 3>& q) {
    const Eigen::Vector3d drift = axis * q[1];
    carry(axis * q[0]);
    velocity += drift;
    acceleration += axis * q[2] + 2.0 * spin.cross(drift);
  }
  void turn(const Eigen::Vector3d& local_axis, const std::array<double, 3>& q) {
    const Eigen::Vector3d axis = rotation * local_axis;
    spin_rate += axis * q[2] + spin.cross(axis) * q[1];
    spin += axis * q[1];
    rotation *= Eigen::AngleAxisd(q[0], local_axis).toRotationMatrix();
  }
};

/// Value and derivatives of a coordinate on the way to a point.
std::array<double, 3> on_the_way(const Motion& motion, const Sample& at, int index, double t_s,
                                 int derivative) {
  if (motion.coordinate_status[index] == CoordinateStatus::locked) {
    return {motion.skeleton.coordinates[index].neutral, 0.0, 0.0};
  }
  if (!known(motion, index, t_s)) return {kNaN, kNaN, kNaN};
  std::array<double, 3> q{};
  for (int d = 0; d <= derivative; ++d) q[d] = value(motion, at, index, d);
  return q;
}

/// One step of a joint: value and derivatives of how far it goes.
void take_step(bool rotation, const Eigen::Vector3d& axis, const std::array<double, 3>& q,
               MovingFrame& frame) {
  if (rotation) {
    frame.turn(axis, q);
  } else {
    frame.slide(frame.rotation * axis, q);
  }
}

/// The elements of a coupled joint, by the chain rule. False where a coordinate is not known.
bool take_coupled(const Motion& motion, const Sample& at, const Segment& segment, double t_s,
                  int derivative, MovingFrame& frame) {
  for (int e = segment.first_element; e < segment.first_element + segment.n_elements; ++e) {
    const JointElement& element = motion.skeleton.elements[e];
    std::array<double, 3> q{};
    if (element.coordinate >= 0) {
      q = on_the_way(motion, at, element.coordinate, t_s, derivative);
      if (std::isnan(q[0])) return false;
    }
    const auto f = element.function.at(q[0]);
    take_step(element.rotation, element.axis,
              {f.value, f.slope * q[1], f.slope * q[2] + f.curvature * q[1] * q[1]}, frame);
  }
  return true;
}

Eigen::Vector3d point_at(const Motion& motion, const std::vector<int>& chain, const BodyPoint& at,
                         double t_s, int derivative) {
  if (!(t_s >= motion.start_s() && t_s <= motion.end_s())) return Eigen::Vector3d::Constant(kNaN);
  const Sample basis = sample(motion, t_s, derivative);
  MovingFrame frame;
  for (const int s : chain) {
    const Segment& segment = motion.skeleton.segments[s];
    frame.carry(frame.rotation * segment.origin_m);
    if (segment.n_elements > 0) {
      if (!take_coupled(motion, basis, segment, t_s, derivative, frame)) {
        return Eigen::Vector3d::Constant(kNaN);
      }
      continue;
    }
    for (int j = segment.first_coordinate; j < segment.first_coordinate + segment.n_coordinates;
         ++j) {
      const Coordinate& c = motion.skeleton.coordinates[j];
      const auto q = on_the_way(motion, basis, j, t_s, derivative);
      if (std::isnan(q[0])) return Eigen::Vector3d::Constant(kNaN);
      take_step(c.rotation, c.axis, q, frame);
    }
  }
  frame.carry(frame.rotation * at.local_m);
  return derivative == 0 ? frame.origin : derivative == 1 ? frame.velocity : frame.acceleration;
}

std::vector<int> chain_to(const Skeleton& skeleton, int segment) {
  if (segment < 0 || segment >= static_cast<int>(skeleton.segments.size())) {
    throw InvalidArgument("point on segment " + std::to_string(segment) + "; the skeleton has " +
                          std::to_string(skeleton.segments.size()));
  }
  std::vector<int> chain;
  for (int s = segment; s >= 0; s = skeleton.segments[s].parent) chain.push_back(s);
  std::reverse(chain.begin(), chain.end());
  return chain;
}

}  // namespace

std::string_view to_string(FrameStatus v) {
  return spell<FrameStatus>(kFrameStatusNames, v);
}
std::string_view to_string(CoordinateStatus v) {
  return spell<CoordinateStatus>(kCoordinateStatusNames, v);
}

double Motion::start_s() const {
  return time_s.empty() ? kNaN : time_s.front();
}
double Motion::end_s() const {
  return time_s.empty() ? kNaN : time_s.back();
}

double Motion::coordinate(int index, double t_s, int derivative) const {
  check_derivative(derivative);
  if (index < 0 || index >= skeleton.n_coordinates()) {
    throw InvalidArgument("coordinate " + std::to_string(index) + "; allowed: 0 to " +
                          std::to_string(skeleton.n_coordinates() - 1));
  }
  if (!known(*this, index, t_s)) return kNaN;
  return value(*this, sample(*this, t_s, derivative), index, derivative);
}

Eigen::VectorXd Motion::coordinates(double t_s, int derivative) const {
  check_derivative(derivative);
  Eigen::VectorXd out = Eigen::VectorXd::Constant(skeleton.n_coordinates(), kNaN);
  if (!(t_s >= start_s() && t_s <= end_s())) return out;
  const Sample at = sample(*this, t_s, derivative);
  for (int j = 0; j < out.size(); ++j) {
    if (known(*this, j, t_s)) out[j] = value(*this, at, j, derivative);
  }
  return out;
}

Eigen::Vector3d Motion::point(const BodyPoint& at, double t_s, int derivative) const {
  check_derivative(derivative);
  return point_at(*this, chain_to(skeleton, at.segment), at, t_s, derivative);
}

Points Motion::points(const BodyPoint& at) const {
  const auto chain = chain_to(skeleton, at.segment);
  Points out(time_s.size(), 3);
  for (std::size_t i = 0; i < time_s.size(); ++i) {
    out.row(i) = point_at(*this, chain, at, time_s[i], 0).transpose();
  }
  return out;
}

std::vector<Points> Motion::points(const std::vector<BodyPoint>& at) const {
  for (const BodyPoint& point : at) static_cast<void>(chain_to(skeleton, point.segment));  // throws
  std::vector<Points> out(at.size(), Points(static_cast<Eigen::Index>(time_s.size()), 3));
  const Eigen::VectorXd neutral = skeleton.neutral_pose();
  SkeletonState<double> state;
  for (std::size_t i = 0; i < time_s.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    Eigen::VectorXd pose = coordinates(time_s[i]);
    for (Eigen::Index j = 0; j < pose.size(); ++j) {
      if (coordinate_status[j] == CoordinateStatus::locked) pose[j] = neutral[j];
    }
    forward_kinematics(skeleton, pose.data(), state);
    for (std::size_t p = 0; p < at.size(); ++p) {
      out[p].row(row) = point_position(state, at[p]).transpose();
    }
  }
  return out;
}

}  // namespace runmech
