// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/core/resources.hpp"

#include <fstream>
#include <iterator>

#include "embedded.hpp"
#include "runmech/core/errors.hpp"

namespace runmech {

std::string_view resource(std::string_view name) {
  std::string known;
  for (const auto& file : embedded_files()) {
    if (name == file.name) return {reinterpret_cast<const char*>(file.bytes), file.size};
    known += (known.empty() ? "" : ", ") + std::string(file.name);
  }
  throw InvalidArgument("no data file is named '" + std::string(name) + "'; there are: " + known);
}

std::vector<std::string> resource_names() {
  std::vector<std::string> names;
  for (const auto& file : embedded_files()) names.emplace_back(file.name);
  return names;
}

std::string resource_or_file(std::string_view name, const std::string& path) {
  if (path.empty()) return std::string(resource(name));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw IoError(path, "", "cannot be opened");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace runmech
