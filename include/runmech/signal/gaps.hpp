// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace runmech {

/// A stretch of samples [first, first + count).
struct Run {
  Eigen::Index first = 0;
  Eigen::Index count = 0;
  [[nodiscard]] Eigen::Index end() const { return first + count; }
};

/// The stretches without a missing sample, in order.
[[nodiscard]] std::vector<Run> finite_runs(const Eigen::Ref<const Eigen::VectorXd>& x);

/// A series and which of its samples were filled in.
struct Filled {
  Eigen::VectorXd values;
  std::vector<std::uint8_t> filled;  ///< 1 where the value is interpolated
};

/// Fills inner gaps no longer than `longest_s` between the two samples around them, by the
/// piecewise cubic that keeps the shape of the data (Fritsch and Carlson 1980: never beyond the
/// neighbouring values). Longer gaps and the ends stay missing. Filling is local: nothing outside a
/// gap changes. Throws InvalidArgument when sizes differ or longest_s is negative.
[[nodiscard]] Filled fill_gaps(const Eigen::Ref<const Eigen::VectorXd>& x,
                               std::span<const double> time_s, double longest_s);

/// A point over time with which of its frames were filled in.
template <class Matrix>
struct FilledPath {
  Matrix values;
  std::vector<std::uint8_t> filled;
};

/// The same for each column of a path (n x d); a frame counts as filled when any column was.
template <class Derived>
[[nodiscard]] FilledPath<typename Derived::PlainObject> fill_gaps_of_path(
    const Eigen::MatrixBase<Derived>& path, std::span<const double> time_s, double longest_s) {
  FilledPath<typename Derived::PlainObject> out{path, {}};
  out.filled.assign(static_cast<std::size_t>(path.rows()), 0);
  for (Eigen::Index c = 0; c < path.cols(); ++c) {
    const Filled column = fill_gaps(path.col(c), time_s, longest_s);
    out.values.col(c) = column.values;
    for (std::size_t i = 0; i < out.filled.size(); ++i) out.filled[i] |= column.filled[i];
  }
  return out;
}

}  // namespace runmech
