// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// An OpenSim document as a tree of elements: typed content, and errors that name line and element.

#include <Eigen/Core>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "runmech/io/file.hpp"

namespace runmech::osim {

/// The parsed file. Nodes point into it.
class Document {
 public:
  /// Throws IoError where the bytes are not well-formed XML with the root OpenSimDocument.
  explicit Document(const FileBytes& file);
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  [[nodiscard]] pugi::xml_node root() const { return document_.document_element(); }
  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Throws IoError with the line of the node. `what`: "joint 'knee_r' (CustomJoint)" or empty.
  [[noreturn]] void refuse(pugi::xml_node node, const std::string& what,
                           const std::string& reason) const;

  /// The node's name attribute; refused where it is missing or empty.
  [[nodiscard]] std::string name(pugi::xml_node node) const;
  /// Text of a child element, trimmed; empty where there is none.
  [[nodiscard]] std::string text(pugi::xml_node node, const char* child) const;
  /// "true" or "1"; `otherwise` where there is no such child.
  [[nodiscard]] bool flag(pugi::xml_node node, const char* child, bool otherwise) const;
  /// All numbers of a child element; empty where there is none. Refuses what is no number.
  [[nodiscard]] std::vector<double> numbers(pugi::xml_node node, const char* child) const;
  /// Exactly `count` finite numbers, or `otherwise` where there is no such child.
  [[nodiscard]] std::vector<double> finite(pugi::xml_node node, const char* child,
                                           std::vector<double> otherwise) const;
  [[nodiscard]] Eigen::Vector3d vector(pugi::xml_node node, const char* child) const;

 private:
  std::string path_;
  pugi::xml_document document_;
  std::vector<std::size_t> line_ends_;
  int version_ = 0;
};

/// Words of a text that blanks separate.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

/// Elements in <objects> of a set, or directly in it.
[[nodiscard]] std::vector<pugi::xml_node> members(pugi::xml_node set);

}  // namespace runmech::osim
