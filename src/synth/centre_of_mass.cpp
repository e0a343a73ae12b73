// SPDX-License-Identifier: BSD-3-Clause
#include "centre_of_mass.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runmech/core/units.hpp"

namespace runmech::synth {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kSwayShare = 0.003;  // of stature, amplitude (our choice)
constexpr double kSwayPhase = 0.18;   // of the right cycle: furthest to the right (our choice)

}  // namespace

CentreOfMass::CentreOfMass(const std::vector<Contact>& contacts, const Templates& templates,
                           double speed_m_s, double stature_m)
    : trunk_(trunk_phase(contacts)) {
  speed_loss_m_s_ = templates.speed_loss_share * speed_m_s;
  // The mean over a step is the stated speed: half of the loss acts on average during contact.
  flight_speed_m_s_ = speed_m_s + 0.5 * speed_loss_m_s_ * 2.0 * templates.duty_factor;
  sway_m_ = kSwayShare * stature_m;
  double x = contacts.front().on_s * speed_m_s;
  double last_flight_s = 60.0 / templates.cadence_spm - contacts.front().length_s();
  for (std::size_t k = 0; k < contacts.size(); ++k) {
    const double tc = contacts[k].length_s();
    const double flight_s =
        k + 1 < contacts.size() ? contacts[k + 1].on_s - contacts[k].off_s : last_flight_s;
    const double down = -0.5 * kGravity * last_flight_s;
    const double up = 0.5 * kGravity * flight_s;
    // Speed gained: 2 A tc / pi - g tc. Height gained: down tc + A tc^2 / pi + B tc^2 / (2 pi) - g
    // tc^2 / 2.
    const double half = (up - down + kGravity * tc) * kPi / (2.0 * tc);
    const double full =
        2.0 * kPi / (tc * tc) * (0.5 * kGravity * tc * tc - down * tc - half * tc * tc / kPi);
    pieces_.push_back({contacts[k].on_s, contacts[k].off_s, x, down, half, full});
    x += flight_speed_m_s_ * (tc + flight_s) - 0.5 * speed_loss_m_s_ * tc;
    last_flight_s = flight_s;
  }
}

std::size_t CentreOfMass::contact_before(double t_s) const {
  const auto next = std::upper_bound(pieces_.begin() + 1, pieces_.end(), t_s,
                                     [](double t, const Piece& p) { return t < p.on_s; });
  return static_cast<std::size_t>(next - pieces_.begin()) - 1;
}

Eigen::Vector3d CentreOfMass::position(double t_s) const {
  const Piece& p = pieces_[contact_before(t_s)];
  const double tc = p.off_s - p.on_s;
  const double z = sway_m_ * std::cos(2.0 * kPi * (trunk_.at(t_s) - kSwayPhase));
  const double in_contact = std::min(t_s, p.off_s) - p.on_s;
  const double u = in_contact / tc;
  const double c = tc / kPi;
  double x = p.x_m + flight_speed_m_s_ * (t_s - p.on_s) -
             0.5 * speed_loss_m_s_ * (in_contact - 0.5 * c * std::sin(2.0 * kPi * u));
  double y = p.vertical_m_s * in_contact - 0.5 * kGravity * in_contact * in_contact +
             p.half * c * (in_contact - c * std::sin(kPi * u)) +
             0.5 * p.full * c * (in_contact - 0.5 * c * std::sin(2.0 * kPi * u));
  if (t_s > p.off_s) {
    const double flown = t_s - p.off_s;
    const double up = p.vertical_m_s - kGravity * tc + 2.0 * p.half * c;
    y += up * flown - 0.5 * kGravity * flown * flown;
  }
  return {x, y, z};
}

Eigen::Vector3d CentreOfMass::push(double t_s) const {
  const Piece& p = pieces_[contact_before(t_s)];
  if (t_s < p.on_s || t_s > p.off_s) return Eigen::Vector3d::Zero();
  const double tc = p.off_s - p.on_s;
  const double u = (t_s - p.on_s) / tc;
  return {-speed_loss_m_s_ * kPi / tc * std::sin(2.0 * kPi * u),
          p.half * std::sin(kPi * u) + p.full * std::sin(2.0 * kPi * u), 0.0};
}

}  // namespace runmech::synth
