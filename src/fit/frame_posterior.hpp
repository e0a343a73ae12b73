// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "fit_steps.hpp"
#include "pose_errors.hpp"
#include "runmech/fit/posterior.hpp"

namespace runmech {

/// What is known of the smoothed splines of a frame fit: white noise of the frames, by what their
/// markers determine (`weight`, 1 / variance, n_frames x n_coordinates), through the smoother, and
/// what smoothing may have taken from `control`.
/// Samples correlate over the coordinates as single frames' errors do. Empty where nothing was
/// smoothed.
[[nodiscard]] std::shared_ptr<MotionPosterior> frame_posterior(const Smoothing& smoothing,
                                                               const FrameMatrix& weight,
                                                               const FrameMatrix& control,
                                                               const PoseErrors& poses);

}  // namespace runmech
