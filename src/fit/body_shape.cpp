// SPDX-License-Identifier: BSD-3-Clause
#include "body_shape.hpp"

#include <cmath>

#include "runmech/skeleton/nominal.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// SD of a length about what stature predicts, and about what a stature taken from the legs
// predicts. Thigh and shank scatter by 4-5 % in Drillis & Contini 1966, their ratio by 4.4 % in 17
// standing trials of four laboratories; the others are our choice.
struct Spread {
  double known;
  double unknown;
};
constexpr Spread kLeg{0.05, 0.05};
constexpr Spread kFoot{0.10, 0.11};
constexpr Spread kArm{0.06, 0.08};
constexpr Spread kTrunk{0.08, 0.10};
constexpr Spread kPelvis{0.12, 0.13};

}  // namespace

std::vector<ShapeParameter> body_shape(const Skeleton& base, bool stature_known) {
  std::vector<ShapeParameter> shape;
  const auto add = [&](std::string name, double value, Spread spread,
                       std::vector<ShapeParameter::Move> moves) {
    shape.push_back({std::move(name), value, stature_known ? spread.known : spread.unknown,
                     std::move(moves), -1});
  };
  const auto origin = [&](int segment) -> const Vector3d& {
    return base.segments[static_cast<std::size_t>(segment)].origin_m;
  };
  const int femur_r = base.segment("femur_r");
  const int femur_l = base.segment("femur_l");
  const Vector3d hip = origin(femur_r);
  const Vector3d x = Vector3d::UnitX();
  const Vector3d y = Vector3d::UnitY();
  const Vector3d z = Vector3d::UnitZ();
  add("hip_forward", hip.x(), kPelvis, {{femur_r, x}, {femur_l, x}});
  add("hip_up", hip.y(), kPelvis, {{femur_r, y}, {femur_l, y}});
  add("hip_half_width", hip.z(), kPelvis, {{femur_r, z}, {femur_l, -z}});
  const int arm_r = base.segment("humerus_r");
  const int arm_l = base.segment("humerus_l");
  const Vector3d shoulder = origin(arm_r);
  const Vector3d up(shoulder.x() / shoulder.y(), 1.0, 0.0);
  add("trunk", shoulder.y(), kTrunk, {{arm_r, up}, {arm_l, up}});
  add("shoulder_half_width", shoulder.z(), kTrunk, {{arm_r, z}, {arm_l, -z}});
  const auto sided = [&](const std::string& name, Spread spread,
                         const std::vector<std::string>& segments) {
    for (const char* side : {"_l", "_r"}) {
      std::vector<ShapeParameter::Move> moves;
      Vector3d sum = Vector3d::Zero();
      for (const std::string& segment : segments) {
        const int s = base.segment(segment + side);
        moves.push_back({s, origin(s)});
        sum += origin(s);
      }
      for (auto& move : moves) move.direction /= sum.norm();
      add(name + side, sum.norm(), spread, std::move(moves));
    }
    const int right = static_cast<int>(shape.size()) - 1;
    shape[static_cast<std::size_t>(right)].mirror = right - 1;
    shape[static_cast<std::size_t>(right - 1)].mirror = right;
  };
  sided("thigh", kLeg, {"tibia"});
  sided("shank", kLeg, {"talus"});
  sided("foot", kFoot, {"calcn", "toes"});
  sided("upper_arm", kArm, {"ulna"});
  return shape;
}

Skeleton with_shape(const Skeleton& base, const std::vector<ShapeParameter>& shape,
                    const Eigen::VectorXd& values) {
  Skeleton out = base;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    const double change = values[static_cast<Eigen::Index>(k)] - shape[k].base_m;
    for (const auto& move : shape[k].moves) {
      out.segments[static_cast<std::size_t>(move.segment)].origin_m += change * move.direction;
    }
  }
  std::vector<double> ratio(base.segments.size(), 1.0);
  for (std::size_t i = 0; i < base.segments.size(); ++i) {
    const int s = static_cast<int>(i);
    if (base.segments[i].name.starts_with("ulna")) {
      // Nothing is modelled beyond the wrist: the forearm keeps its proportion to the upper arm.
      ratio[i] = out.segments[i].origin_m.norm() / base.segments[i].origin_m.norm();
    } else {
      ratio[i] = segment_measure(out, s).length_m / segment_measure(base, s).length_m;
    }
    out.segments[i].centre_of_mass_m *= ratio[i];
    out.segments[i].inertia_kg_m2 *= ratio[i] * ratio[i];
  }
  const auto hip = [&](const char* segment) {
    return out.segments[static_cast<std::size_t>(out.segment(segment))].origin_m;
  };
  for (BodyPoint& at : out.landmarks) {
    at.local_m *= ratio[static_cast<std::size_t>(at.segment)];
    if (at.name == "hip_r") at.local_m = hip("femur_r");
    if (at.name == "hip_l") at.local_m = hip("femur_l");
    if (at.name == "mid_hip") at.local_m = 0.5 * (hip("femur_r") + hip("femur_l"));
  }
  return out;
}

}  // namespace runmech
