// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/fit/robust_loss.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {

/// Segments whose distance from their parent's origin is one unknown of the fit (the same relative
/// change for all of them, right and left).
struct SegmentScale {
  std::vector<std::string> segments;
  double sd = 0.05;  ///< prior: one SD of the relative change
};

enum class TrajectorySolver : std::uint8_t {
  banded,  ///< our own block-banded factorisation
  ceres,   ///< Ceres, one compressed residual block per knot interval: the witness
};
[[nodiscard]] std::string_view to_string(TrajectorySolver);
[[nodiscard]] TrajectorySolver parse_trajectory_solver(std::string_view);

/// Thresholds marked (*) are our choice.
struct TrajectoryOptions {
  RobustLoss loss = RobustLoss::cauchy;
  double loss_scale = 0.0;
  double knot_spacing_s = 0.017;
  int degree = 3;
  bool varying_weight = true;
  double limit_sd_deg = 2.0;
  bool free_lengths = false;
  bool free_marker_places = false;
  double place_sd_m = 0.01;
  bool free_marker_sigmas = false;
  int max_iterations = 50;
  double cost_tolerance = 1e-10;
  TrajectorySolver solver = TrajectorySolver::banded;
  int num_threads = 1;
  double memory_mb = 300.0;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("loss", self.loss, "none, huber, cauchy or tukey: how far-off markers lose influence");
    f("loss_scale", self.loss_scale,
      "distance, in marker sigmas, at which the loss bends; 0: 95 % efficiency");
    f("knot_spacing_s", self.knot_spacing_s,
      "longest distance of knots, or that of the frames: 0.017 s resolves what joints do up to 25 "
      "Hz "
      "(*)");
    f("degree", self.degree, "of the splines, 3 to 5");
    f("varying_weight", self.varying_weight,
      "the smoothness weight follows the movement: rough at foot strike, smooth in swing");
    f("limit_sd_deg", self.limit_sd_deg, "softness of the joint limits; 0: no limits (*)");
    f("free_lengths", self.free_lengths,
      "lengths of thighs, shanks and upper arms are unknowns of the fit (right and left alike)");
    f("free_marker_places", self.free_marker_places,
      "places of the markers on their segments are unknowns of the fit, without those that are "
      "bony landmarks and without what would turn or shift a segment's frame");
    f("place_sd_m", self.place_sd_m,
      "how far a marker may be from where the calibration has it, one SD per axis (*)");
    f("free_marker_sigmas", self.free_marker_sigmas,
      "each marker's sigma is found from its residuals, not taken from its kind; bony landmarks of "
      "a segment keep their proportions");
    f("max_iterations", self.max_iterations, "Gauss-Newton steps at most");
    f("cost_tolerance", self.cost_tolerance,
      "stop when a step would lower the cost by a smaller share");
    f("solver", self.solver, "banded or ceres");
    f("num_threads", self.num_threads,
      "over which the frames are shared out; the result does not depend on it");
    f("memory_mb", self.memory_mb,
      "that the factor of the equations may take; beyond it parts of a long trial are computed "
      "again instead of kept, with the same result (*)");
  }
  /// Throws InvalidArgument naming the first option out of range.
  void validate() const;
};

/// Thighs, shanks and upper arms, right and left as one, as far as the skeleton has them.
[[nodiscard]] std::vector<SegmentScale> usual_lengths(const Skeleton& skeleton);

}  // namespace runmech
