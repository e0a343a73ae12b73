// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace runmech::synth {

/// Random numbers that are the same on every platform: the standard fixes the engine, not the
/// distributions. Each purpose has its own stream.
class Random {
 public:
  Random(std::uint64_t seed, std::string_view purpose);
  [[nodiscard]] double uniform();  ///< 0 <= u < 1
  [[nodiscard]] double normal();   ///< mean 0, SD 1

 private:
  std::mt19937_64 engine_;
  double spare_ = 0.0;
  bool has_spare_ = false;
};

/// A smooth random function of time with SD 1: cubic B-spline of independent normals, one knot
/// every `knot_s` from `start_s`.
class SmoothNoise {
 public:
  SmoothNoise() = default;
  SmoothNoise(Random& random, double start_s, double end_s, double knot_s);
  [[nodiscard]] double at(double t_s) const;

 private:
  double start_s_ = 0.0;
  double knot_s_ = 1.0;
  std::vector<double> weights_;  // empty: zero everywhere
};

}  // namespace runmech::synth
