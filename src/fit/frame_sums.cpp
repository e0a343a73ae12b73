// SPDX-License-Identifier: BSD-3-Clause
#include "frame_sums.hpp"

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "block_kernel.hpp"

namespace runmech {
namespace {

constexpr int kChunk = 128;  // groups
constexpr int kBatch = 16;   // frames

/// The trial noise of one frame: +1 and -1 have unit variance, and that suffices.
class Signs {
 public:
  explicit Signs(Eigen::Index frame) : random_(static_cast<std::uint64_t>(frame) + 1) {}
  void operator()(std::vector<double>& out) {
    for (double& v : out) {
      if (left_ == 0) {
        bits_ = next();
        left_ = 64;
      }
      v = (bits_ & 1U) != 0U ? 1.0 : -1.0;
      bits_ >>= 1U;
      --left_;
    }
  }

 private:
  std::uint64_t next() {  // splitmix64 (Steele, Lea & Flood 2014): any seed will do
    random_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = random_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  std::uint64_t random_;
  std::uint64_t bits_ = 0;
  int left_ = 0;
};

void add(const FrameTerms& frame, FrameSums::Residuals& r) {
  r.n += frame.n_residuals();
  r.common += frame.common_freedom();
  r.weighted_squares += frame.weighted_squares();
  r.twice_weighted_squares += frame.twice_weighted_squares();
  r.curvatures += frame.curvatures();
}

void add(const FrameSums::Totals& part, FrameSums::Totals& sum) {
  sum.cost += part.cost;
  sum.residuals.n += part.residuals.n;
  sum.residuals.common += part.residuals.common;
  sum.residuals.weighted_squares += part.residuals.weighted_squares;
  sum.residuals.twice_weighted_squares += part.residuals.twice_weighted_squares;
  sum.residuals.curvatures += part.residuals.curvatures;
  sum.corner += part.corner;
}

}  // namespace

FrameSums::FrameSums(const TrajectoryProblem& problem, int num_threads)
    : problem_(problem), reach_(problem.basis.degree) {
  const auto n_threads = static_cast<std::size_t>(num_threads);
  frames_.reserve(n_threads);
  for (std::size_t t = 0; t < n_threads; ++t) frames_.emplace_back(problem);
  entry_stride_ = padded_rows(static_cast<int>(frames_.front().entries().size()));
  const int n_edge = problem.n() * problem.n_shared();
  edge_stride_ = n_edge > 0 ? padded_rows(n_edge) : 0;
  Batch batch;
  batch.entries.assign(static_cast<std::size_t>(entry_stride_) * kBatch, 0.0);
  batch.edges.assign(static_cast<std::size_t>(edge_stride_) * kBatch, 0.0);
  batch.products.resize(static_cast<std::size_t>(kBatch) * (reach_ + 1));
  batch.values.resize(static_cast<std::size_t>(kBatch) * (reach_ + 1));
  batches_.assign(n_threads, batch);
  Eigen::Index f = 0;
  for (int i = 0; i < problem.basis.n_intervals(); ++i) {
    first_frame_.push_back(f);
    while (f < problem.n_frames() && problem.basis.frame[f].first == i) ++f;
  }
  first_frame_.push_back(f);
}

void FrameSums::in_chunks(std::size_t n_chunks, const Job& job) {
  const std::size_t n_threads = std::min(frames_.size(), n_chunks);
  if (n_threads <= 1) {
    for (std::size_t c = 0; c < n_chunks; ++c) job(c, 0);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::jthread> threads;
  threads.reserve(n_threads);
  for (std::size_t t = 0; t < n_threads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t c = next++; c < n_chunks; c = next++) job(c, t);
    });
  }
}

std::vector<FrameSums::Chunk> FrameSums::chunks_of(int first, int end) const {
  std::vector<Chunk> out;
  for (int k = first; k < end; k += kChunk) out.push_back({k, std::min(end, k + kChunk)});
  return out;
}

void FrameSums::pose_at(Eigen::Index frame, const TrajectoryPoint& x, Eigen::VectorXd& pose) const {
  const SplineBasis& b = problem_.basis.frame[frame];
  pose = b.value[0] * x.control.row(b.first).transpose();
  for (int a = 1; a <= reach_; ++a) pose += b.value[a] * x.control.row(b.first + a).transpose();
}

FrameSums::Totals FrameSums::evaluate(const TrajectoryPoint& x) {
  const auto chunks = chunks_of(0, problem_.basis.n_intervals());
  std::vector<Totals> parts(chunks.size());
  in_chunks(chunks.size(), [&](std::size_t c, std::size_t t) {
    Eigen::VectorXd pose(problem_.n());
    for (Eigen::Index f = first_frame_[chunks[c].first]; f < first_frame_[chunks[c].end]; ++f) {
      pose_at(f, x, pose);
      frames_[t].evaluate(f, pose.data(), x.shared.data());
      parts[c].cost += frames_[t].cost();
      add(frames_[t], parts[c].residuals);
    }
  });
  Totals out;
  for (const Totals& part : parts) add(part, out);
  return out;
}

FrameSums::Totals FrameSums::linearise(const TrajectoryPoint& x, FrameTerms::Curvature curvature,
                                       Eigen::VectorXd& pull, GroupSums* keep) {
  const int m = problem_.n_shared();
  const auto chunks = chunks_of(0, problem_.basis.n_control());
  Totals none;
  none.corner = Eigen::MatrixXd::Zero(m, m);
  std::vector<Totals> parts(chunks.size(), none);
  std::vector<Eigen::VectorXd> shared(chunks.size(), Eigen::VectorXd::Zero(m));
  if (keep != nullptr) {
    std::fill(keep->packed.begin(), keep->packed.end(), 0.0);
    std::fill(keep->edges.begin(), keep->edges.end(), 0.0);
  }
  in_chunks(chunks.size(), [&](std::size_t c, std::size_t t) {
    gather(x, curvature, chunks[c], t, &parts[c], &pull, &shared[c], keep);
  });
  Totals out = none;
  for (std::size_t c = 0; c < chunks.size(); ++c) {
    add(parts[c], out);
    pull.tail(m) += shared[c];
  }
  return out;
}

void FrameSums::collect(const TrajectoryPoint& x, FrameTerms::Curvature curvature, GroupSums& out) {
  const auto count = static_cast<std::size_t>(out.count);
  out.packed.assign(count * (reach_ + 1UL) * static_cast<std::size_t>(entry_stride_), 0.0);
  out.edges.assign(count * static_cast<std::size_t>(edge_stride_), 0.0);
  const auto chunks = chunks_of(out.first, out.first + out.count);
  in_chunks(chunks.size(), [&](std::size_t c, std::size_t t) {
    gather(x, curvature, chunks[c], t, nullptr, nullptr, nullptr, &out);
  });
}

// Frames that reach into the chunk from the intervals before it are evaluated again: 3 of 128.
void FrameSums::gather(const TrajectoryPoint& x, FrameTerms::Curvature curvature,
                       const Chunk& chunk, std::size_t thread, Totals* totals,
                       Eigen::VectorXd* pull, Eigen::VectorXd* shared_pull, GroupSums* out) {
  FrameTerms& frame = frames_[thread];
  Batch& batch = batches_[thread];
  const int n = problem_.n();
  Eigen::VectorXd pose(n);
  const int last = std::min(chunk.end, problem_.basis.n_intervals());
  for (int i = std::max(0, chunk.first - reach_); i < last; ++i) {
    batch.count = 0;
    const bool own = totals != nullptr && i >= chunk.first;
    for (Eigen::Index f = first_frame_[i]; f < first_frame_[i + 1]; ++f) {
      const SplineBasis& b = problem_.basis.frame[f];
      pose_at(f, x, pose);
      frame.evaluate(f, pose.data(), x.shared.data());
      if (own) totals->cost += frame.cost();
      if (frame.n_residuals() == 0) continue;  // nothing but, perhaps, limits that hold already
      frame.linearise(curvature);
      if (own) {
        add(frame, totals->residuals);
        totals->corner += frame.corner();
        *shared_pull += frame.shared_pull();
      }
      if (pull != nullptr) {
        for (int a = std::max(0, chunk.first - i); a <= reach_ && i + a < chunk.end; ++a) {
          pull->segment(static_cast<Eigen::Index>(i + a) * n, n) += b.value[a] * frame.pull();
        }
      }
      if (out == nullptr) continue;
      std::copy(frame.entries().begin(), frame.entries().end(),
                &batch.entries[static_cast<std::size_t>(batch.count * entry_stride_)]);
      if (edge_stride_ > 0) {
        std::copy(frame.edge().data(), frame.edge().data() + frame.edge().size(),
                  &batch.edges[static_cast<std::size_t>(batch.count * edge_stride_)]);
      }
      std::copy(b.value.begin(), b.value.begin() + reach_ + 1,
                &batch.values[static_cast<std::size_t>(batch.count) * (reach_ + 1UL)]);
      if (++batch.count == kBatch) flush(i, chunk, batch, *out);
    }
    if (batch.count > 0) flush(i, chunk, batch, *out);
  }
}

// Each block takes the frames' Hessians times products of two basis functions: a matrix product.
void FrameSums::flush(int interval, const Chunk& chunk, Batch& batch, GroupSums& out) const {
  const int n_entries = static_cast<int>(frames_.front().entries().size());
  const int wide = reach_ + 1;
  const int first = std::max(0, chunk.first - interval);
  const int end = std::min(wide, chunk.end - interval);
  for (int c = first; c < end; ++c) {
    for (int f = 0; f < batch.count; ++f) {
      const double* value = &batch.values[static_cast<std::size_t>(f) * wide];
      for (int r = 0; r < wide - c; ++r) batch.products[f * wide + r] = -value[c] * value[c + r];
    }
    const std::ptrdiff_t block =
        static_cast<std::ptrdiff_t>(interval + c - out.first) * wide * entry_stride_;
    subtract_product(n_entries, wide - c, batch.count, batch.entries.data(), entry_stride_,
                     batch.products.data(), wide, 1, out.packed.data() + block, entry_stride_);
  }
  if (edge_stride_ > 0 && first < end) {
    for (std::size_t v = 0; v < batch.values.size(); ++v) batch.products[v] = -batch.values[v];
    subtract_product(problem_.n() * problem_.n_shared(), end - first, batch.count,
                     batch.edges.data(), edge_stride_, batch.products.data() + first, wide, 1,
                     out.edges.data() + (interval + first - out.first) * edge_stride_,
                     edge_stride_);
  }
  batch.count = 0;
}

void FrameSums::noise_pulls(const TrajectoryPoint& x, Eigen::MatrixXd& out) {
  const int n = problem_.n();
  const int m = problem_.n_shared();
  const auto chunks = chunks_of(0, problem_.basis.n_control());
  std::vector<Eigen::MatrixXd> shared(chunks.size(), Eigen::MatrixXd::Zero(m, out.cols()));
  in_chunks(chunks.size(), [&](std::size_t c, std::size_t t) {
    Eigen::VectorXd pose(n);
    std::vector<double> numbers(frames_.front().n_noise());
    const int last = std::min(chunks[c].end, problem_.basis.n_intervals());
    for (int i = std::max(0, chunks[c].first - reach_); i < last; ++i) {
      for (Eigen::Index f = first_frame_[i]; f < first_frame_[i + 1]; ++f) {
        pose_at(f, x, pose);
        frames_[t].evaluate(f, pose.data(), x.shared.data());
        Signs signs(f);
        for (Eigen::Index p = 0; p < out.cols(); ++p) {
          signs(numbers);
          frames_[t].linearise_noise(numbers.data());
          for (int a = std::max(0, chunks[c].first - i); a <= reach_ && i + a < chunks[c].end;
               ++a) {
            out.col(p).segment(static_cast<Eigen::Index>(i + a) * n, n) +=
                problem_.basis.frame[f].value[a] * frames_[t].pull();
          }
          if (i >= chunks[c].first) shared[c].col(p) += frames_[t].shared_pull();
        }
      }
    }
  });
  for (const auto& part : shared) out.bottomRows(m) += part;
}

FrameSums::Followed FrameSums::noise_followed(const TrajectoryPoint& x,
                                              const Eigen::MatrixXd& steps) {
  const int n = problem_.n();
  const auto n_markers = static_cast<Eigen::Index>(problem_.skeleton.markers.size());
  Followed out{Eigen::VectorXd::Zero(n_markers), Eigen::VectorXd::Zero(n_markers)};
  std::vector<double> numbers(frames_.front().n_noise());
  Eigen::Matrix3Xd moved;
  Eigen::VectorXd by(n);
  FrameTerms& frame = frames_.front();
  const auto add_to = [&](Eigen::VectorXd& sum) {
    for (Eigen::Index k = 0; k < n_markers; ++k) {
      sum[k] += moved.col(k).dot(Eigen::Map<const Eigen::Vector3d>(&numbers[3 * k])) /
                static_cast<double>(steps.cols());
    }
  };
  visit(x, [&](Eigen::Index f, const FrameTerms&) {
    const SplineBasis& b = problem_.basis.frame[f];
    Signs signs(f);
    for (Eigen::Index p = 0; p < steps.cols(); ++p) {
      signs(numbers);
      by.setZero();
      for (int a = 0; a <= reach_; ++a) {
        by += b.value[a] * steps.col(p).segment(static_cast<Eigen::Index>(b.first + a) * n, n);
      }
      frame.noise_units(by.data(), &steps(steps.rows() - problem_.n_shared(), p), moved);
      add_to(out.white);
      if (frame.noise_units_alone(numbers.data(), moved)) add_to(out.lasting);
    }
  });
  return out;
}

void FrameSums::visit(const TrajectoryPoint& x,
                      const std::function<void(Eigen::Index, const FrameTerms&)>& visit) {
  Eigen::VectorXd pose(problem_.n());
  for (Eigen::Index f = 0; f < problem_.n_frames(); ++f) {
    pose_at(f, x, pose);
    frames_.front().evaluate(f, pose.data(), x.shared.data());
    visit(f, frames_.front());
  }
}

}  // namespace runmech
