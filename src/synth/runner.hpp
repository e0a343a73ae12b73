// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <vector>

#include "centre_of_mass.hpp"
#include "random.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/skeleton.hpp"
#include "templates.hpp"
#include "timing.hpp"

namespace runmech::synth {

/// What tuning turns so that the run meets its targets.
struct Controls {
  double trunk_lean = 0.0;    ///< added to the curve, rad
  double knee_lift = 0.0;     ///< added to hip flexion around its swing peak, rad
  Sided<double> pelvic_drop;  ///< added around the peak of the side's stance, rad
  double toe_off_pitch =
      1.0;  ///< toe down, of the foot that pushes off, rad; the curves are stretched to it
  double foot_forward_m = 0.0;  ///< heel ahead of the centre of mass at contact
  double height_m = 0.0;        ///< of the centre of mass at contact
  /// Knee flexion at contact, rad, that places each foot of a varied run (a leg of that length
  /// reaches there); negative: the foot lands where foot_forward_m says.
  double knee_at_strike = -1.0;
};

/// A runner whose pose is known at any time. Over ground: X grows with the way run.
class Runner {
 public:
  /// Works out how each contact's leg differs from the curves. `variation` as in contacts_between.
  Runner(const Skeleton& skeleton, const Templates& templates, const Controls& controls,
         double speed_m_s, std::vector<Contact> contacts, double variation, std::uint64_t seed);

  /// False where some contact asks for a leg longer than there is.
  [[nodiscard]] bool reachable() const { return reachable_; }
  [[nodiscard]] const std::vector<Contact>& contacts() const { return contacts_; }
  [[nodiscard]] const CentreOfMass& centre() const { return centre_; }
  [[nodiscard]] const Skeleton& skeleton() const { return skeleton_; }

  /// The coordinates at a time (between the second and the last but one contact); leaves the
  /// segments' places in `state`.
  [[nodiscard]] Eigen::VectorXd pose(double t_s, SkeletonState<double>& state) const;
  /// Where the sole carries the weight: heel to ball, on the ground.
  [[nodiscard]] Eigen::Vector3d sole(const Contact& contact, double share) const;

 private:
  using LegVector = Eigen::Matrix<double, kLegSize, 1>;

  /// How far the leg is from its curves at an end of a contact, and how fast that changes.
  struct Offset {
    LegVector value = LegVector::Zero();
    LegVector slope = LegVector::Zero();
    double toes = 0.0;
    double toes_slope = 0.0;
  };
  struct LegIndices {
    std::array<int, kLegSize> coordinate;
    int mtp, arm_flex, arm_add, arm_rot, elbow;
    int calcn;
    Eigen::Vector3d heel, ball;  // frame of the calcaneus: sole under the heel, toe joint
    Eigen::Vector3d toe_tip;     // frame of the toes
  };
  struct FootPlan {
    Eigen::Matrix3d rotation;
    Eigen::Vector3d origin;  // of the calcaneus
    double toes = 0.0;       // mtp coordinate
  };

  [[nodiscard]] double wander(const SmoothNoise& noise, double sd, double t_s) const;
  [[nodiscard]] LegVector leg_curve(Side side, double t_s) const;
  void set_trunk(double t_s, Eigen::VectorXd& q) const;
  void set_arms(double t_s, Eigen::VectorXd& q) const;
  void set_swing(Side side, double t_s, Eigen::VectorXd& q) const;
  [[nodiscard]] FootPlan foot_plan(std::size_t contact, double t_s) const;
  /// Pitch of the foot in the curves, toe up +, and of the planned foot.
  [[nodiscard]] double curve_pitch(double phase) const;
  [[nodiscard]] double foot_pitch(std::size_t contact, double t_s) const;
  /// Pelvis under the centre of mass for the angles in q.
  void set_translation(double t_s, Eigen::VectorXd& q, SkeletonState<double>& state) const;
  /// Joins the standing leg to the ground; false where it does not reach.
  [[nodiscard]] bool solve_stance(std::size_t contact, double t_s, Eigen::VectorXd& q,
                                  SkeletonState<double>& state) const;
  [[nodiscard]] Eigen::VectorXd free_pose(double t_s) const;
  [[nodiscard]] bool update_offsets();
  /// Moves the foot to where the leg reaches with this contact's knee, and raises the heel where
  /// the leg would be too short at toe-off.
  void place_foot(std::size_t contact);

  const Skeleton& skeleton_;
  const Templates& templates_;
  Controls controls_;
  double variation_;
  std::vector<Contact> contacts_;
  double speed_m_s_;
  CentreOfMass centre_;
  Phase trunk_phase_;
  Sided<Phase> leg_phase_;
  Sided<LegIndices> leg_;
  int tilt_, list_, rotation_, tx_, lumbar_extension_, lumbar_bending_, lumbar_rotation_;
  Eigen::Vector3d lumbar_, mid_hip_, mid_shoulder_;  // pelvis, pelvis and torso frame
  double lift_phase_, drop_phase_, flat_pitch_, toe_off_pitch_;
  std::array<SmoothNoise, 6> trunk_noise_;
  Sided<std::array<SmoothNoise, kLegSize>> leg_noise_;
  Sided<std::array<SmoothNoise, 3>> arm_noise_;
  std::vector<Eigen::Vector3d> heel_place_;         // per contact, on the ground
  std::vector<double> knee_at_strike_, heel_rise_;  // per contact, rad
  std::vector<Offset> at_strike_, at_toe_off_;
  bool reachable_ = true;
};

}  // namespace runmech::synth
