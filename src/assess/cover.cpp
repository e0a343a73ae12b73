// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <bit>
#include <cstdint>

#include "runmech/assess/findings.hpp"
#include "runmech/core/errors.hpp"

namespace runmech {

std::vector<int> smallest_cover(const std::vector<std::string>& wanted,
                                const std::vector<std::vector<std::string>>& covers,
                                const std::vector<double>& cost, int largest) {
  std::vector<int> candidates;
  std::vector<std::uint64_t> reach;
  for (std::size_t i = 0; i < covers.size(); ++i) {
    std::uint64_t bits = 0;
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      if (std::find(covers[i].begin(), covers[i].end(), wanted[w]) != covers[i].end()) {
        bits |= std::uint64_t{1} << w;
      }
    }
    if (bits == 0) continue;
    candidates.push_back(static_cast<int>(i));
    reach.push_back(bits);
  }
  if (candidates.size() > 20 || wanted.size() > 64) {
    throw InvalidArgument("smallest_cover: " + std::to_string(candidates.size()) +
                          " candidates for " + std::to_string(wanted.size()) +
                          " findings; allowed: 20 for 64");
  }
  struct Best {
    int covered = 0, size = 0;
    double cost = 0.0;
    std::uint32_t set = 0;
  } best;
  for (std::uint32_t set = 1; set < (std::uint32_t{1} << candidates.size()); ++set) {
    const int size = std::popcount(set);
    if (size > largest) continue;
    std::uint64_t bits = 0;
    double sum = 0.0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if ((set >> i & 1U) == 0) continue;
      bits |= reach[i];
      sum += cost[static_cast<std::size_t>(candidates[i])];
    }
    const int covered = std::popcount(bits);
    const bool better = covered != best.covered ? covered > best.covered
                        : size != best.size     ? size < best.size
                                                : sum < best.cost - 1e-12;
    if (better) best = {covered, size, sum, set};
  }
  std::vector<int> out;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if ((best.set >> i & 1U) != 0) out.push_back(candidates[i]);
  }
  return out;
}

}  // namespace runmech
