// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The hand-made OpenSim models: seeds of the fuzz target and inputs of the tests.

#include <map>
#include <string>

#include "runmech/io/osim.hpp"
#include "runmech/skeleton/kinematics.hpp"

namespace runmech::test {

inline FileBytes osim_model(const std::string& name) {
  return load_file("tests/fuzz/corpus/osim/" + name);
}

/// The model's text with one piece replaced, which has to be there.
inline FileBytes edited(const std::string& name, const std::string& from, const std::string& to) {
  FileBytes file = osim_model(name);
  std::string text(file.text());
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::runtime_error("'" + from + "' is not in " + name);
  text.replace(at, from.size(), to);
  file.bytes.assign(text.begin(), text.end());
  return file;
}

inline Eigen::VectorXd pose_of(const Skeleton& skeleton, const std::map<std::string, double>& q) {
  Eigen::VectorXd out = skeleton.neutral_pose();
  for (const auto& [name, value] : q) out[skeleton.coordinate(name)] = value;
  return out;
}

inline Eigen::Vector3d marker_at(const Skeleton& skeleton, const Eigen::VectorXd& q,
                                 const std::string& label) {
  SkeletonState<double> state;
  forward_kinematics(skeleton, q.data(), state);
  return point_position(state, skeleton.markers[skeleton.find_marker(label).value()].at);
}

}  // namespace runmech::test
