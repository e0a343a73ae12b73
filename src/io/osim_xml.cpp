// SPDX-License-Identifier: BSD-3-Clause
#include "osim_xml.hpp"

#include <algorithm>
#include <cmath>

#include "runmech/core/errors.hpp"
#include "text.hpp"

namespace runmech::osim {

Document::Document(const FileBytes& file) : path_(file.path) {
  const std::string_view content = file.text();
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '\n') line_ends_.push_back(i);
  }
  const auto result = document_.load_buffer(file.bytes.data(), file.bytes.size(),
                                            pugi::parse_default, pugi::encoding_utf8);
  const auto line = [this](std::ptrdiff_t offset) {
    const auto at = std::lower_bound(line_ends_.begin(), line_ends_.end(),
                                     static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
    return "line " + std::to_string(at - line_ends_.begin() + 1);
  };
  if (!result) {
    throw IoError(path_, line(result.offset),
                  "not well-formed XML: " + std::string(result.description()));
  }
  if (std::string_view(root().name()) != "OpenSimDocument") {
    throw IoError(path_, line(root().offset_debug()),
                  "the root element is " + text::quoted(root().name()) +
                      ", not OpenSimDocument: no file of OpenSim");
  }
  version_ = root().attribute("Version").as_int();
}

void Document::refuse(pugi::xml_node node, const std::string& what,
                      const std::string& reason) const {
  const auto at =
      std::lower_bound(line_ends_.begin(), line_ends_.end(),
                       static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0)));
  const std::string line = "line " + std::to_string(at - line_ends_.begin() + 1);
  throw IoError(path_, what.empty() ? line : line + ", " + what, reason);
}

std::string Document::name(pugi::xml_node node) const {
  std::string found = to_utf8(text::trim(node.attribute("name").value()));
  if (found.empty()) refuse(node, "", "a " + text::quoted(node.name()) + " without a name");
  return found;
}

std::string Document::text(pugi::xml_node node, const char* child) const {
  return to_utf8(text::trim(node.child(child).text().get()));
}

bool Document::flag(pugi::xml_node node, const char* child, bool otherwise) const {
  const std::string word = text::lower(text(node, child));
  if (word.empty()) return otherwise;
  if (word == "true" || word == "1") return true;
  if (word == "false" || word == "0") return false;
  refuse(node.child(child), "",
         std::string(child) + " is " + text::quoted(word) + "; allowed: true, false");
}

std::vector<double> Document::numbers(pugi::xml_node node, const char* child) const {
  std::vector<double> out;
  for (const std::string& word : words(text(node, child))) {
    const auto number = text::parse_number(word);
    if (number.kind != text::Number::number && number.kind != text::Number::infinite) {
      refuse(node.child(child), "",
             std::string(child) + " holds " + text::quoted(word) + ", which is no number");
    }
    out.push_back(number.value);
  }
  return out;
}

std::vector<double> Document::finite(pugi::xml_node node, const char* child,
                                     std::vector<double> otherwise) const {
  std::vector<double> out = numbers(node, child);
  if (out.empty()) return otherwise;
  const bool good = out.size() == otherwise.size() &&
                    std::all_of(out.begin(), out.end(), [](double x) { return std::isfinite(x); });
  if (!good) {
    refuse(node.child(child), "",
           std::string(child) + " is " + text::quoted(text(node, child)) +
               "; allowed: " + std::to_string(otherwise.size()) + " finite numbers");
  }
  return out;
}

Eigen::Vector3d Document::vector(pugi::xml_node node, const char* child) const {
  const auto v = finite(node, child, {0.0, 0.0, 0.0});
  return {v[0], v[1], v[2]};
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  constexpr std::string_view kBlanks = " \t\r\n";
  for (std::size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBlanks, end);
  }
  return out;
}

std::vector<pugi::xml_node> members(pugi::xml_node set) {
  const pugi::xml_node objects = set.child("objects");
  std::vector<pugi::xml_node> out;
  for (const pugi::xml_node node : objects ? objects.children() : set.children()) {
    if (node.type() == pugi::node_element) out.push_back(node);
  }
  return out;
}

}  // namespace runmech::osim
