// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <string>

#include "runmech/core/resources.hpp"

// Data files of this floor. The JSON type comes from the .cpp that reads one.
namespace runmech::assess_detail {

/// Call inside a catch block: throws the current exception as an IoError that names the file.
[[noreturn]] void throw_as_io_error(const std::string& shown_as);

/// Hands the parsed data file to `read`; whatever is wrong with it becomes an IoError.
template <class Json, class F>
auto read_data_file(const std::string& name, const std::string& path, F&& read) {
  const std::string text = resource_or_file(name, path);
  try {
    return read(Json::parse(text));
  } catch (...) {
    throw_as_io_error(path.empty() ? name : path);
  }
}

/// A number, or NaN where the key is absent or null.
template <class Json>
double number(const Json& from, const char* key) {
  const auto found = from.find(key);
  if (found == from.end() || found->is_null()) return std::numeric_limits<double>::quiet_NaN();
  return found->template get<double>();
}

template <class Json>
std::string text(const Json& from, const char* key) {
  return from.value(key, std::string());
}

}  // namespace runmech::assess_detail
