// SPDX-License-Identifier: BSD-3-Clause
#include "random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace runmech::synth {
namespace {

// FNV-1a: std::hash may differ between libraries.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

// SD of a cubic B-spline of unit normals, averaged over a knot interval.
const double kSplineSd = std::sqrt(151.0 / 315.0);

}  // namespace

Random::Random(std::uint64_t seed, std::string_view purpose)
    : engine_(seed * 0x9E3779B97F4A7C15ULL + hash_of(purpose)) {}

double Random::uniform() {
  return static_cast<double>(engine_() >> 11) * 0x1.0p-53;
}

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

SmoothNoise::SmoothNoise(Random& random, double start_s, double end_s, double knot_s)
    : start_s_(start_s), knot_s_(knot_s) {
  const auto n = static_cast<std::size_t>(std::ceil((end_s - start_s) / knot_s)) + 4;
  for (std::size_t i = 0; i < n; ++i) weights_.push_back(random.normal() / kSplineSd);
}

double SmoothNoise::at(double t_s) const {
  if (weights_.size() < 4) return 0.0;
  const double x =
      std::clamp((t_s - start_s_) / knot_s_, 0.0, static_cast<double>(weights_.size()) - 4.0);
  const auto i = std::min(static_cast<std::size_t>(x), weights_.size() - 4);
  const double u = x - static_cast<double>(i);
  const double v = 1.0 - u;
  return (v * v * v * weights_[i] + (3.0 * u * u * u - 6.0 * u * u + 4.0) * weights_[i + 1] +
          (3.0 * v * v * v - 6.0 * v * v + 4.0) * weights_[i + 2] + u * u * u * weights_[i + 3]) /
         6.0;
}

}  // namespace runmech::synth
