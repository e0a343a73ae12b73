// SPDX-License-Identifier: BSD-3-Clause
#include "strength.hpp"

#include <string>

#include "random.hpp"

namespace runmech::synth {
namespace {

constexpr int kTrials = 4;
constexpr double kTrialSd = 0.03;

struct Test {
  const char* name;
  double percent_of_mass;
};
constexpr Test kTests[]{
    {"hip_abduction", 38.1}, {"hip_extension", 31.6}, {"hip_external_rotation", 15.5}};

}  // namespace

StrengthTrials strength_trials(const SyntheticOptions& options) {
  StrengthTrials out;
  for (const Test& test : kTests) {
    for (const Side side : kSides) {
      Random random(options.seed, std::string(test.name) + std::string(to_string(side)));
      double strength_kgf = 0.01 * test.percent_of_mass * options.mass_kg;
      if (side == Side::right && test.name == std::string_view("hip_abduction")) {
        strength_kgf *= 1.0 - options.weak_hip_share;
      }
      for (int trial = 1; trial <= kTrials; ++trial) {
        out.push_back(
            {test.name, side, trial, strength_kgf * (1.0 + kTrialSd * random.normal()), "kgf"});
      }
    }
  }
  return out;
}

}  // namespace runmech::synth
