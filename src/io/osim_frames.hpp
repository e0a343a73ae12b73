// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Frames of an OpenSim 4 model by their paths.

#include <map>
#include <string>

#include "osim_model.hpp"

namespace runmech::osim {

/// Rotation of body-fixed angles about X, Y, Z, the way OpenSim states orientations.
[[nodiscard]] Eigen::Matrix3d body_fixed_xyz(const Eigen::Vector3d& angles);

/// Every body, the ground, and every offset frame, found by the paths that sockets state: absolute
/// (/bodyset/tibia_r), or relative to the component that states it (../femur_r, knee_r_offset).
class Frames {
 public:
  Frames(const Document& document, pugi::xml_node model, const std::vector<Body>& bodies);

  /// The frame that a socket of a component names. `owner`: the component's own path
  /// ("/jointset/knee_r"). Refused where it leads nowhere.
  [[nodiscard]] Frame connected(pugi::xml_node component, const char* socket,
                                const std::string& owner, const std::string& what) const;

 private:
  struct Offset {
    pugi::xml_node node;
    Frame frame;
    bool known = false;
    bool visiting = false;
  };
  void collect(pugi::xml_node holder, const std::string& path, int depth);
  void resolve(const std::string& path, Offset& offset);
  [[nodiscard]] std::string target(const std::string& socket, const std::string& owner) const;

  const Document& document_;
  std::map<std::string, Frame> fixed_;  // ground and bodies
  std::map<std::string, Offset> offsets_;
};

}  // namespace runmech::osim
