// SPDX-License-Identifier: BSD-3-Clause
// The frame fit on an OpenSim model and a recording, as plain least squares within the model's
// limits, which is what OpenSim's inverse kinematics minimises: angles of the exact minimiser into
// a .mot file, processor time per frame (warm start, one thread) as a line of JSON. peers.py calls
// it.
//
// usage: bench_osim_frames MODEL.osim TASKS.xml|- MARKERS START_S END_S OUT.mot

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "runmech/core/units.hpp"
#include "runmech/fit/frame_fit.hpp"
#include "runmech/io/osim.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/table.hpp"

namespace {

using namespace runmech;

constexpr int kPasses = 7;

FrameFitOptions least_squares(double step_tolerance_sd) {
  FrameFitOptions options;
  options.loss = RobustLoss::none;
  options.limit_sd_deg = 1e-3;  // a wall, as OpenSim's clamped coordinates have it
  options.hold_sd_deg = 1e6;
  options.max_rms_sigmas = 100.0;  // judge nothing: the other side judges nothing either
  options.max_turn_deg_s = options.max_travel_m_s = 1e6;
  options.step_tolerance_sd = step_tolerance_sd;
  options.max_iterations = 200;
  return options;
}

struct Trial {
  Skeleton skeleton;
  std::vector<double> time_s;
  std::vector<double> measured;  // 3 x markers, frame after frame
  std::vector<CoordinateStatus> locks;
};

Trial load(const std::string& model, const std::string& tasks, const std::string& markers,
           double start_s, double end_s) {
  Trial trial;
  trial.skeleton = read_osim(model, tasks == "-" ? "" : tasks);
  const Recording recording = read(markers);
  std::vector<Marker> recorded;
  std::vector<Eigen::Index> columns;
  for (const Marker& marker : trial.skeleton.markers) {
    if (const auto column = recording.index_of(marker.at.name)) {
      recorded.push_back(marker);
      columns.push_back(*column);
    }
  }
  trial.skeleton.markers = recorded;
  for (Eigen::Index i = 0; i < recording.n_frames(); ++i) {
    if (recording.time_s[i] < start_s - 1e-6 || recording.time_s[i] > end_s + 1e-6) continue;
    trial.time_s.push_back(recording.time_s[i]);
    for (const Eigen::Index column : columns) {
      for (int x = 0; x < 3; ++x)
        trial.measured.push_back(recording.positions_m(i, 3 * column + x));
    }
  }
  trial.locks =
      coordinate_locks(trial.skeleton, std::vector<bool>(columns.size(), true), View::spatial);
  return trial;
}

/// Processor time of this program: a busy machine does not lengthen it, nor OpenSim's beside it.
double processor_us() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e6 * static_cast<double>(now.tv_sec) + 1e-3 * static_cast<double>(now.tv_nsec);
}

/// All frames; returns microseconds per frame.
double run(const Trial& trial, const FrameFitOptions& options, FrameMatrix& poses) {
  FrameFitter fitter(trial.skeleton, trial.locks, options);
  const std::size_t stride = 3 * trial.skeleton.markers.size();
  fitter.fit(trial.measured.data(), trial.time_s[0] - 1.0);  // the cold start is not timed
  const double begin = processor_us();
  for (std::size_t i = 0; i < trial.time_s.size(); ++i) {
    const FramePose& pose = fitter.fit(&trial.measured[i * stride], trial.time_s[i]);
    poses.row(static_cast<Eigen::Index>(i)) = pose.coordinates.transpose();
  }
  return (processor_us() - begin) / static_cast<double>(trial.time_s.size());
}

int compare(char** arguments) {
  const Trial trial = load(arguments[1], arguments[2], arguments[3], std::stod(arguments[4]),
                           std::stod(arguments[5]));
  if (trial.time_s.empty()) {
    std::fprintf(stderr, "no frames in that span\n");
    return 1;
  }
  const auto n = static_cast<Eigen::Index>(trial.time_s.size());
  FrameMatrix exact(n, trial.skeleton.n_coordinates());
  FrameMatrix quick = exact;
  run(trial, least_squares(1e-7), exact);
  double us = std::numeric_limits<double>::infinity();
  for (int pass = 0; pass < kPasses; ++pass) {
    us = std::min(us, run(trial, least_squares(FrameFitOptions{}.step_tolerance_sd), quick));
  }
  std::vector<std::string> names;
  double squares = 0.0;
  long count = 0;
  for (int j = 0; j < trial.skeleton.n_coordinates(); ++j) {
    const Coordinate& c = trial.skeleton.coordinates[static_cast<std::size_t>(j)];
    names.push_back(c.name);
    if (!c.rotation) continue;
    squares += (quick.col(j) - exact.col(j)).squaredNorm();
    count += n;
    exact.col(j) /= kDegree;
  }
  write_mot(arguments[6], trial.time_s, names, exact);
  const nlohmann::json line{
      {"frame_us", us},
      {"frames", n},
      {"markers", trial.skeleton.markers.size()},
      {"coordinates", trial.skeleton.n_coordinates()},
      {"quick_off_deg", std::sqrt(squares / static_cast<double>(count)) / kDegree}};
  std::printf("%s\n", line.dump().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s MODEL.osim TASKS.xml|- MARKERS START_S END_S OUT.mot\n",
                 argv[0]);
    return 2;
  }
  try {
    return compare(argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
