// SPDX-License-Identifier: BSD-3-Clause
#include "osim_frames.hpp"

#include <string_view>

#include "text.hpp"

namespace runmech::osim {
namespace {

constexpr int kDeepest = 16;  // components within components

/// A path with ".." and "." worked out.
std::string normal_path(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string part = path.substr(at, end - at);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    at = end + 1;
  }
  std::string out;
  for (const std::string& part : parts) out += "/" + part;
  return out;
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// What a socket says: its own element, or the older one with a longer name.
std::string socket_text(const Document& document, pugi::xml_node component, const char* socket) {
  std::string text = document.text(component, socket);
  if (text.empty()) {
    text = document.text(component, (std::string(socket) + "_connectee_name").c_str());
  }
  return text;
}

}  // namespace

Eigen::Matrix3d body_fixed_xyz(const Eigen::Vector3d& angles) {
  Eigen::Matrix3d out = Eigen::Matrix3d::Identity();
  for (int k = 0; k < 3; ++k) {
    if (angles[k] != 0.0) out *= Eigen::AngleAxisd(angles[k], Eigen::Vector3d::Unit(k)).matrix();
  }
  return out;
}

Frames::Frames(const Document& document, pugi::xml_node model, const std::vector<Body>& bodies)
    : document_(document) {
  fixed_["/ground"] = {};
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    fixed_["/bodyset/" + bodies[i].name].body = static_cast<int>(i);
  }
  for (const pugi::xml_node node : members(model.child("BodySet"))) {
    collect(node, "/bodyset/" + std::string(node.attribute("name").value()), 0);
  }
  for (const pugi::xml_node node : members(model.child("JointSet"))) {
    collect(node, "/jointset/" + std::string(node.attribute("name").value()), 0);
  }
  collect(model.child("Ground"), "/ground", 0);
  collect(model, "", 0);
  for (auto& [path, offset] : offsets_) resolve(path, offset);
}

void Frames::collect(pugi::xml_node holder, const std::string& path, int depth) {
  if (depth > kDeepest) document_.refuse(holder, "", "frames are nested too deep");
  for (const char* list : {"frames", "components"}) {
    for (const pugi::xml_node node : members(holder.child(list))) {
      if (std::string_view(node.name()) != "PhysicalOffsetFrame") continue;
      const std::string own = path + "/" + document_.name(node);
      offsets_[own].node = node;
      collect(node, own, depth + 1);
    }
  }
}

std::string Frames::target(const std::string& socket, const std::string& owner) const {
  const auto known = [&](const std::string& path) {
    return fixed_.count(path) > 0 || offsets_.count(path) > 0;
  };
  if (!socket.empty() && socket[0] == '/') {
    if (const std::string path = normal_path(socket); known(path)) return path;
  } else {
    const std::string path = normal_path(owner + "/" + socket);
    if (known(path)) return path;
    // Models before 4.0.1 state names, not paths: a frame of the component, a body, the ground.
    for (const std::string& other :
         {normal_path("/bodyset/" + socket), normal_path("/" + socket)}) {
      if (known(other)) return other;
    }
  }
  return {};
}

void Frames::resolve(const std::string& path, Offset& offset) {
  if (offset.known) return;
  const std::string what = "frame '" + last_part(path) + "'";
  if (offset.visiting) document_.refuse(offset.node, what, "its parents lead back to itself");
  offset.visiting = true;
  const std::string socket = socket_text(document_, offset.node, "socket_parent");
  const std::string parent = target(socket.empty() ? ".." : socket, path);
  if (parent.empty()) {
    document_.refuse(offset.node, what,
                     "its parent " + text::quoted(socket) + " is no body and no frame");
  }
  Frame base;
  if (const auto found = fixed_.find(parent); found != fixed_.end()) {
    base = found->second;
  } else {
    Offset& other = offsets_.at(parent);
    resolve(parent, other);
    base = other.frame;
  }
  Eigen::Isometry3d own = Eigen::Isometry3d::Identity();
  own.linear() = body_fixed_xyz(document_.vector(offset.node, "orientation"));
  own.translation() = document_.vector(offset.node, "translation");
  offset.frame = {base.body, base.in_body * own};
  offset.known = true;
}

Frame Frames::connected(pugi::xml_node component, const char* socket, const std::string& owner,
                        const std::string& what) const {
  const std::string stated = socket_text(document_, component, socket);
  const std::string path = stated.empty() ? std::string() : target(stated, owner);
  if (path.empty()) {
    document_.refuse(component, what,
                     std::string(socket) + " is " + text::quoted(stated) +
                         ", which is no body and no frame of the model");
  }
  const auto fixed = fixed_.find(path);
  return fixed != fixed_.end() ? fixed->second : offsets_.at(path).frame;
}

}  // namespace runmech::osim
