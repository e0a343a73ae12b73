// SPDX-License-Identifier: BSD-3-Clause
#include "timing.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../signal/hermite.hpp"
#include "random.hpp"

namespace runmech::synth {
namespace {

constexpr double kMargin_strides = 2.0;
constexpr double kLargestDeviation = 2.5;  // in SD: a wilder step would be no step (our choice)

double bounded_normal(Random& random) {
  return std::clamp(random.normal(), -kLargestDeviation, kLargestDeviation);
}

}  // namespace

std::vector<Contact> contacts_between(const Templates& templates, double start_s, double end_s,
                                      double variation, std::uint64_t seed) {
  Random random(seed, "steps");
  const double step_s = 60.0 / templates.cadence_spm;
  const double contact_s = 2.0 * step_s * templates.duty_factor;
  std::vector<Contact> out;
  Side side = Side::right;
  double t = start_s - kMargin_strides * 2.0 * step_s;
  while (t < end_s + kMargin_strides * 2.0 * step_s) {
    const double longer = 1.0 + variation * templates.step_time_sd_share * bounded_normal(random);
    const double contact =
        contact_s * (1.0 + variation * templates.contact_time_sd_share * bounded_normal(random));
    const double sideways = variation * templates.foot_sideways_sd_m * bounded_normal(random);
    out.push_back({side, t, t + contact, sideways});
    t += step_s * longer;
    side = opposite(side);
  }
  return out;
}

void Phase::add(double time_s, double phase) {
  time_s_.push_back(time_s);
  phase_.push_back(phase);
}

double Phase::at(double t_s) const {
  const auto next = std::upper_bound(time_s_.begin() + 1, time_s_.end() - 1, t_s);
  const auto i = static_cast<std::size_t>(next - time_s_.begin()) - 1;
  const auto secant = [&](std::size_t k) {
    return (phase_[k + 1] - phase_[k]) / (time_s_[k + 1] - time_s_[k]);
  };
  const double none = std::numeric_limits<double>::quiet_NaN();
  return detail::monotone_piece(time_s_[i], phase_[i], time_s_[i + 1], phase_[i + 1],
                                i > 0 ? secant(i - 1) : none,
                                i + 2 < time_s_.size() ? secant(i + 1) : none)(t_s);
}

Phase leg_phase(const std::vector<Contact>& contacts, Side side, double toe_off) {
  Phase phase;
  double stride = 0.0;
  for (const Contact& contact : contacts) {
    if (contact.side != side) continue;
    phase.add(contact.on_s, stride);
    phase.add(contact.off_s, stride + toe_off);
    stride += 1.0;
  }
  return phase;
}

Phase trunk_phase(const std::vector<Contact>& contacts) {
  Phase phase;
  double value = contacts.front().side == Side::right ? 0.0 : 0.5;
  for (const Contact& contact : contacts) {
    phase.add(contact.on_s, value);
    value += 0.5;
  }
  return phase;
}

}  // namespace runmech::synth
