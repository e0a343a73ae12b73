// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <vector>

#include "timing.hpp"

namespace runmech::synth {

/// The path of the centre of mass over the ground. Contact k pushes up with
/// m (A sin(pi u) + B sin(2 pi u)), u = 0..1, A and B such that the body is back at its height at
/// toe-off with the speed that the next flight needs; and along X with a brake and a push of equal
/// impulse. Between contacts nothing acts but gravity. Sideways it sways once a stride, by a few
/// millimetres, as a sine.
class CentreOfMass {
 public:
  CentreOfMass(const std::vector<Contact>& contacts, const Templates& templates, double speed_m_s,
               double stature_m);

  /// Position over ground, metres; Y from the height at contact.
  [[nodiscard]] Eigen::Vector3d position(double t_s) const;
  /// Contact force over mass, m/s^2; zero in flight.
  [[nodiscard]] Eigen::Vector3d push(double t_s) const;
  /// Index of the last contact that began before t.
  [[nodiscard]] std::size_t contact_before(double t_s) const;

 private:
  struct Piece {
    double on_s, off_s;
    double x_m;           // over ground at contact
    double vertical_m_s;  // at contact
    double half, full;    // A and B
  };
  std::vector<Piece> pieces_;
  Phase trunk_;
  double flight_speed_m_s_ = 0.0;
  double speed_loss_m_s_ = 0.0;
  double sway_m_ = 0.0;
};

}  // namespace runmech::synth
