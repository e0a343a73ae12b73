// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/core/names.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/data/subject.hpp"
#include "runmech/skeleton/joint_function.hpp"

namespace runmech {

/// Limits this far out are none: a translation may be long, an angle of another model free.
inline constexpr double kUnlimited = 1e6;

/// One generalised coordinate: a rotation about, or a translation along, one axis of its joint.
/// Names and signs are those of the OpenSim Rajagopal 2016 model. Radians and metres.
struct Coordinate {
  std::string name;  ///< pelvis_tilt, hip_flexion_r, ...
  Plane plane = Plane::sagittal;
  bool rotation = true;  ///< false: translation
  int segment = 0;       ///< the segment it moves
  Eigen::Vector3d axis =
      Eigen::Vector3d::UnitZ();  ///< unit, in the frame left by the elements before it
  double lower = -3.14159;
  double upper = 3.14159;
  /// Held at neutral when fewer recorded markers than this sit on its segment and below (a foot
  /// taken as one rigid piece); 0: never assumed.
  int rigid_below = 0;
  double neutral = 0.0;  ///< its value while nothing moves it
  bool locked = false;   ///< stays at neutral whatever is recorded
  /// Drives elements of its segment (Skeleton::elements) through functions; axis and rotation then
  /// only describe the leading one.
  bool coupled = false;
};

/// One step of a coupled joint: a rotation about, or a translation along, an axis, as far as a
/// function of one coordinate says.
struct JointElement {
  int coordinate = -1;  ///< of the same segment; -1: stays at function.at(0)
  bool rotation = true;
  Eigen::Vector3d axis =
      Eigen::Vector3d::UnitZ();  ///< unit, in the frame left by the elements before it
  JointFunction function;
};

/// A rigid body. Its frame has X forward, Y up, Z right in the neutral pose and its origin in the
/// joint that carries it.
struct Segment {
  std::string
      name;  ///< pelvis, femur_r, tibia_r, talus_r, calcn_r, toes_r, torso, humerus_r, ulna_r, ...
  int parent = -1;                                     ///< -1: ground
  Eigen::Vector3d origin_m = Eigen::Vector3d::Zero();  ///< joint centre in the parent's frame
  int first_coordinate = 0;
  int n_coordinates = 0;
  int first_element = 0;
  int n_elements = 0;  ///< 0: one element per coordinate, the coordinate's own
  double mass_kg = 0.0;
  Eigen::Vector3d centre_of_mass_m = Eigen::Vector3d::Zero();  ///< own frame
  Eigen::Vector3d inertia_kg_m2 =
      Eigen::Vector3d::Zero();  ///< about own axes through the centre of mass
  /// One SD per axis of what all its markers are off together, besides each one's own sigma: a
  /// plate rides on soft tissue as a whole. 0: markers err each for itself.
  double common_error_m = 0.0;
};

/// A named place on a segment: joint centre, landmark, or an attached marker.
struct BodyPoint {
  std::string name;
  int segment = 0;
  Eigen::Vector3d local_m = Eigen::Vector3d::Zero();
};

/// A recorded label attached to a segment.
struct Marker {
  BodyPoint at;           ///< at.name is the label in the recording
  double sigma_m = 0.01;  ///< one SD per axis of (measured - modelled), residuals are divided by it
  bool fixed = false;     ///< an anatomical landmark whose place is trusted, not re-estimated
};

/// The runner's skeleton: a tree of segments sized to one person, with the recording's markers on
/// it. Constant while it is used; every evaluation works in a SkeletonState of its own.
struct Skeleton {
  std::vector<Segment> segments;        ///< parents before children
  std::vector<Coordinate> coordinates;  ///< in the order of the segments they move
  std::vector<BodyPoint>
      landmarks;  ///< hip_r, knee_r, ankle_r, heel_r, toe_r, asis_r, shoulder_r, ...
  std::vector<Marker> markers;
  std::vector<JointElement> elements;  ///< of coupled joints, in the order of their segments
  Subject subject;
  std::vector<Note> notes;  ///< what reading a model left out or assumed
  /// The markers sit on a person's skin, placed there by hand: the fit then states what skin,
  /// joints and landmarks do to the angles (docs/uncertainty.md). calibrate() says so of markers;
  /// a model given from outside, or a simulation, is taken at its word.
  bool on_skin = false;

  [[nodiscard]] int n_coordinates() const { return static_cast<int>(coordinates.size()); }
  /// Every coordinate at its neutral value.
  [[nodiscard]] Eigen::VectorXd neutral_pose() const;
  /// Indices by name; throw InvalidArgument for an unknown one.
  [[nodiscard]] int segment(std::string_view name) const;
  [[nodiscard]] int coordinate(std::string_view name) const;
  [[nodiscard]] const BodyPoint& landmark(std::string_view name) const;
  [[nodiscard]] std::optional<int> find_marker(std::string_view label) const;
};

/// The running skeleton of the library scaled to a person: lengths from stature (Drillis & Contini
/// 1966), inertia by sex (de Leva 1996; unknown: mean of both), hip centres by Harrington 2007.
/// Without a stature 1.75 m, without a mass 22 kg/m^2 times stature squared (our choice). No
/// markers. `path`: a tree of your own in the format of src/skeleton/data/running.json. Throws
/// InvalidArgument for an impossible subject, IoError for an unreadable or ill-formed file.
[[nodiscard]] Skeleton running_skeleton(const Subject& subject = {}, const std::string& path = {});

/// True where `view` can see the coordinate move: every one in `spatial`; otherwise rotations about
/// the axis normal to the picture and translations in it. An oblique axis leaves the picture.
[[nodiscard]] bool moves_within(const Coordinate& coordinate, View view);

}  // namespace runmech
