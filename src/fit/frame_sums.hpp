// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "frame_terms.hpp"
#include "trajectory_problem.hpp"

namespace runmech {

/// What the frames say of a run of groups (control values of the same place in time): Hessian
/// blocks in the packed form of the tree, a third of the dense ones.
struct GroupSums {
  int first = 0;
  int count = 0;
  std::vector<double> packed;  ///< count x (degree + 1) x entry_stride: group k with k, k + 1 ...
  std::vector<double> edges;   ///< count x edge_stride: n_shared x n by columns
};

/// Sums over the frames of a trajectory. Time is cut into fixed chunks, each summed on its own and
/// all in order: the same numbers whatever the number of threads.
class FrameSums {
 public:
  /// `problem` must outlive this.
  FrameSums(const TrajectoryProblem& problem, int num_threads);

  /// What the residuals of all frames say.
  struct Residuals {
    long n = 0;
    double common = 0.0;  ///< of those, what the common errors of segments take
    double weighted_squares = 0.0;
    double twice_weighted_squares = 0.0;
    double curvatures = 0.0;
  };
  struct Totals {
    double cost = 0.0;
    Residuals residuals;
    Eigen::MatrixXd corner;  ///< n_shared x n_shared
  };
  /// Cost and residuals only.
  [[nodiscard]] Totals evaluate(const TrajectoryPoint& x);
  /// Adds the frames' pull (groups in order, then shared) to `pull`; fills `keep`, which says what
  /// groups it wants, where given.
  [[nodiscard]] Totals linearise(const TrajectoryPoint& x, FrameTerms::Curvature curvature,
                                 Eigen::VectorXd& pull, GroupSums* keep);
  /// Only the blocks of the groups that `out` asks for.
  void collect(const TrajectoryPoint& x, FrameTerms::Curvature curvature, GroupSums& out);
  /// What simulated white noise of the size that the curvature implies would pull at x, adding to
  /// one column per trial.
  void noise_pulls(const TrajectoryPoint& x, Eigen::MatrixXd& out);
  /// Per marker, of how many of its numbers the fit takes what they say for movement: the trace of
  /// its part of the hat matrix, estimated. Of white noise, from the steps that noise_pulls() lead
  /// to; and of errors that last, which no smoothing averages: as if each frame stood alone.
  struct Followed {
    Eigen::VectorXd white;
    Eigen::VectorXd lasting;
  };
  [[nodiscard]] Followed noise_followed(const TrajectoryPoint& x, const Eigen::MatrixXd& steps);
  /// Calls visit with every frame evaluated at x, in order.
  void visit(const TrajectoryPoint& x,
             const std::function<void(Eigen::Index, const FrameTerms&)>& visit);

  [[nodiscard]] const std::vector<FrameTerms::Place>& places() const {
    return frames_.front().places();
  }
  [[nodiscard]] std::ptrdiff_t entry_stride() const { return entry_stride_; }
  [[nodiscard]] std::ptrdiff_t edge_stride() const { return edge_stride_; }

 private:
  struct Chunk {
    int first;
    int end;
  };
  struct Batch {  // frames of one interval, waiting to be added to its blocks
    std::vector<double> entries;
    std::vector<double> edges;
    std::vector<double> products;
    std::vector<double> values;
    int count = 0;
  };
  using Job = std::function<void(std::size_t chunk, std::size_t thread)>;
  void in_chunks(std::size_t n_chunks, const Job& job);
  [[nodiscard]] std::vector<Chunk> chunks_of(int first, int end) const;
  void pose_at(Eigen::Index frame, const TrajectoryPoint& x, Eigen::VectorXd& pose) const;
  void gather(const TrajectoryPoint& x, FrameTerms::Curvature curvature, const Chunk& chunk,
              std::size_t thread, Totals* totals, Eigen::VectorXd* pull,
              Eigen::VectorXd* shared_pull, GroupSums* out);
  void flush(int interval, const Chunk& chunk, Batch& batch, GroupSums& out) const;

  const TrajectoryProblem& problem_;
  int reach_;
  std::vector<FrameTerms> frames_;         // per thread
  std::vector<Batch> batches_;             // per thread
  std::vector<Eigen::Index> first_frame_;  // per interval, and the number of frames
  std::ptrdiff_t entry_stride_;
  std::ptrdiff_t edge_stride_;
};

}  // namespace runmech
