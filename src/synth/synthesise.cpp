// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/synth/synthesise.hpp"

#include <cmath>
#include <limits>
#include <string>

#include "observe.hpp"
#include "oracle.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/units.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/marker_set.hpp"
#include "strength.hpp"
#include "tuning.hpp"

namespace runmech {
namespace {

using namespace synth;

constexpr double kMarkerRate_hz = 200.0;
constexpr double kVideoRate_hz = 60.0;
constexpr double kForceRate_hz = 1000.0;
constexpr double kStanding_s = 3.0;

constexpr const char* kJoints[] = {"hip_r",      "hip_l",      "knee_r",  "knee_l",      "ankle_r",
                                   "ankle_l",    "heel_r",     "heel_l",  "toe_r",       "toe_l",
                                   "shoulder_r", "shoulder_l", "mid_hip", "mid_shoulder"};

std::vector<double> frames(double duration_s, double rate_hz) {
  std::vector<double> out;
  const auto n = static_cast<int>(std::floor(duration_s * rate_hz + 1e-9)) + 1;
  for (int i = 0; i < n; ++i) out.push_back(i / rate_hz);
  return out;
}

Recording blank(const SyntheticOptions& options, const MarkerSet& set) {
  Recording out;
  out.source = "synthetic runner, seed " + std::to_string(options.seed);
  out.format = "synthetic";
  out.view = options.view;
  out.surface = options.surface;
  out.marker_set = set.name;
  return out;
}

std::vector<const Marker*> markers_of(const Skeleton& skeleton,
                                      const std::vector<std::string>& labels) {
  std::vector<const Marker*> out;
  for (const auto& label : labels) out.push_back(&skeleton.markers[*skeleton.find_marker(label)]);
  return out;
}

Recording stand(const Skeleton& skeleton, const MarkerSet& set, const SyntheticOptions& options,
                double rate_hz) {
  Recording out = blank(options, set);
  out.labels = labels_of(skeleton, set, true);
  out.time_s = frames(kStanding_s, rate_hz);
  Eigen::VectorXd q = Eigen::VectorXd::Zero(skeleton.n_coordinates());
  SkeletonState<double> state;
  forward_kinematics(skeleton, q.data(), state);
  const double sole = point_position(state, skeleton.landmark("sole_heel_r")).y();
  const auto markers = markers_of(skeleton, out.labels);
  out.positions_m.resize(out.n_frames(), 3 * out.n_points());
  for (std::size_t p = 0; p < markers.size(); ++p) {
    Eigen::Vector3d place = point_position(state, markers[p]->at);
    place.y() -= sole;
    out.positions_m.middleCols<3>(static_cast<Eigen::Index>(3 * p)).rowwise() = place.transpose();
  }
  observe(out, set, options, "stand");
  return out;
}

ForcePlate plate_of(const Runner& runner, const SyntheticOptions& options, double belt_m_s) {
  constexpr double kFirst = 0.05,
                   kLast = 0.95;  // path of the pressure from heel to ball (our choice)
  ForcePlate plate;
  plate.name = options.surface == Surface::treadmill ? "treadmill" : "floor";
  plate.time_s = frames(options.duration_s, kForceRate_hz);
  const auto n = static_cast<Eigen::Index>(plate.time_s.size());
  plate.force_n.resize(n, 3);
  plate.cop_m.resize(n, 3);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double t_s = plate.time_s[static_cast<std::size_t>(i)];
    plate.force_n.row(i) = options.mass_kg * runner.centre().push(t_s).transpose();
    const Contact& contact = runner.contacts()[runner.centre().contact_before(t_s)];
    const double share = (t_s - contact.on_s) / contact.length_s();
    if (share >= 0.0 && share <= 1.0) {
      Eigen::Vector3d place = runner.sole(contact, kFirst + (kLast - kFirst) * share);
      place.x() -= belt_m_s * t_s;
      plate.cop_m.row(i) = place.transpose();
    } else {
      plate.cop_m.row(i).setConstant(std::numeric_limits<double>::quiet_NaN());
    }
  }
  return plate;
}

/// Fills recording and truth frame by frame.
void run_frames(const Runner& runner, double belt_m_s, SyntheticRun& out,
                const Progress& progress) {
  constexpr Eigen::Index kReportEvery = 500;
  const Skeleton& skeleton = runner.skeleton();
  Recording& recording = out.recording;
  SyntheticTruth& truth = out.truth;
  const auto markers = markers_of(skeleton, recording.labels);
  std::vector<const BodyPoint*> joints;
  for (const char* name : kJoints) {
    joints.push_back(&skeleton.landmark(name));
    truth.joints.emplace_back(name);
  }
  truth.joints.emplace_back("centre_of_mass");
  const Eigen::Index n = recording.n_frames();
  recording.positions_m.resize(n, 3 * recording.n_points());
  truth.joint_positions_m.resize(n, 3 * static_cast<Eigen::Index>(truth.joints.size()));
  truth.coordinate_values.resize(n, skeleton.n_coordinates());
  const int tx = skeleton.coordinate("pelvis_tx");
  SkeletonState<double> state;
  for (Eigen::Index i = 0; i < n; ++i) {
    if (i % kReportEvery == 0) {
      report(progress, static_cast<double>(i) / static_cast<double>(n), "synthesising");
    }
    const double t_s = recording.time_s[static_cast<std::size_t>(i)];
    Eigen::VectorXd q = runner.pose(t_s, state);
    const Eigen::Vector3d belt(belt_m_s * t_s, 0.0, 0.0);
    q[tx] -= belt.x();
    truth.coordinate_values.row(i) = q.transpose();
    for (std::size_t p = 0; p < markers.size(); ++p) {
      recording.positions_m.row(i).segment<3>(static_cast<Eigen::Index>(3 * p)) =
          (point_position(state, markers[p]->at) - belt).transpose();
    }
    for (std::size_t j = 0; j < joints.size(); ++j) {
      truth.joint_positions_m.row(i).segment<3>(static_cast<Eigen::Index>(3 * j)) =
          (point_position(state, *joints[j]) - belt).transpose();
    }
    truth.joint_positions_m.row(i).tail<3>() = (centre_of_mass(skeleton, state) - belt).transpose();
  }
}

}  // namespace

SyntheticRun synthesise(const SyntheticOptions& options, const Progress& progress) {
  options.validate();
  const MarkerSet& set = marker_set(options.points);
  Subject subject;
  subject.mass_kg = options.mass_kg;
  subject.stature_m = options.stature_m;
  subject.sex = options.sex;
  subject.name = "synthetic runner";
  SyntheticRun out;
  out.truth.skeleton = running_skeleton(subject);
  attach_points(out.truth.skeleton, set, options);
  const Skeleton& skeleton = out.truth.skeleton;

  report(progress, 0.0, "fitting the curves to the ground");
  const Templates templates = changed(templates_at(options.speed_m_s, options.stature_m), options);
  const Controls controls = tuned(skeleton, templates, options.speed_m_s);
  const Runner runner(
      skeleton, templates, controls, options.speed_m_s,
      contacts_between(templates, 0.0, options.duration_s, options.stride_variation, options.seed),
      options.stride_variation, options.seed);
  if (!runner.reachable()) {
    throw NotAnalysable("synthetic runner: with this variation some stride asks for a longer leg");
  }
  const bool treadmill = options.surface == Surface::treadmill;
  const double belt_m_s = treadmill ? options.speed_m_s : 0.0;
  const double rate_hz = options.rate_hz > 0.0 ? options.rate_hz
                         : set.keypoints       ? kVideoRate_hz
                                               : kMarkerRate_hz;
  out.recording = blank(options, set);
  if (treadmill) out.recording.speed_m_s = options.speed_m_s;
  out.recording.labels = labels_of(skeleton, set, false);
  out.recording.time_s = frames(options.duration_s, rate_hz);
  run_frames(runner, belt_m_s, out, progress);
  observe(out.recording, set, options, "run");
  if (options.with_force) out.recording.plates.push_back(plate_of(runner, options, belt_m_s));
  out.standing = stand(skeleton, set, options, rate_hz);
  out.strength = strength_trials(options);

  SyntheticTruth& truth = out.truth;
  truth.time_s = out.recording.time_s;
  for (const Coordinate& c : skeleton.coordinates) truth.coordinates.push_back(c.name);
  truth.events = exact_events(runner, 0.0, out.recording.time_s.back());
  truth.metrics = exact_metrics(runner, 0.0, out.recording.time_s.back());
  truth.belt_speed_m_s = belt_m_s;
  TrialContext& context = truth.metrics.context;
  context.speed_m_s = options.speed_m_s;
  context.speed_sd_m_s = 0.0;
  context.speed_source = "stated";
  context.surface = options.surface;
  context.view = options.view;
  context.keypoints = set.keypoints;
  report(progress, 1.0, "done");
  return out;
}

SyntheticRun synthesise(std::string_view preset, std::uint64_t seed) {
  return synthesise(synthetic_options(preset, seed));
}

}  // namespace runmech
