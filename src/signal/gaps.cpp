// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/signal/gaps.hpp"

#include <cmath>
#include <string>

#include "hermite.hpp"
#include "runmech/core/errors.hpp"

namespace runmech {

std::vector<Run> finite_runs(const Eigen::Ref<const Eigen::VectorXd>& x) {
  std::vector<Run> runs;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i])) continue;
    if (runs.empty() || runs.back().end() != i) runs.push_back({i, 0});
    ++runs.back().count;
  }
  return runs;
}

Filled fill_gaps(const Eigen::Ref<const Eigen::VectorXd>& x, std::span<const double> time_s,
                 double longest_s) {
  if (x.size() != static_cast<Eigen::Index>(time_s.size())) {
    throw InvalidArgument("fill_gaps: " + std::to_string(x.size()) + " samples but " +
                          std::to_string(time_s.size()) + " times");
  }
  if (!(longest_s >= 0.0)) throw InvalidArgument("fill_gaps: longest_s must not be negative");
  Filled out{x, std::vector<std::uint8_t>(time_s.size(), 0)};
  const std::vector<Run> runs = finite_runs(x);
  for (std::size_t r = 0; r + 1 < runs.size(); ++r) {
    const Eigen::Index before = runs[r].end() - 1;
    const Eigen::Index after = runs[r + 1].first;
    // A gap lasts as long as its missing samples: the two around it are there.
    const double missing_s = (time_s[after] - time_s[before]) *
                             static_cast<double>(after - before - 1) /
                             static_cast<double>(after - before);
    if (missing_s > longest_s) continue;
    const bool has_left = runs[r].count > 1;
    const bool has_right = runs[r + 1].count > 1;
    const double left =
        has_left ? (x[before] - x[before - 1]) / (time_s[before] - time_s[before - 1]) : NAN;
    const double right =
        has_right ? (x[after + 1] - x[after]) / (time_s[after + 1] - time_s[after]) : NAN;
    const detail::HermitePiece piece =
        detail::monotone_piece(time_s[before], x[before], time_s[after], x[after], left, right);
    for (Eigen::Index i = before + 1; i < after; ++i) {
      out.values[i] = piece(time_s[i]);
      out.filled[static_cast<std::size_t>(i)] = 1;
    }
  }
  return out;
}

}  // namespace runmech
