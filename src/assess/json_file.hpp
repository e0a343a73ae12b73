// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"

namespace runmech::assess_detail {

/// Hands the parsed data file to `read` and turns whatever is wrong with it into an IoError.
template <class F>
auto read_data_file(const std::string& name, const std::string& path, F&& read) {
  const std::string shown = path.empty() ? name : path;
  const std::string text = resource_or_file(name, path);
  try {
    return read(nlohmann::json::parse(text));
  } catch (const nlohmann::json::parse_error& error) {
    throw IoError(shown, "byte " + std::to_string(error.byte), "not JSON");
  } catch (const nlohmann::json::exception& error) {
    throw IoError(shown, "", error.what());
  } catch (const InvalidArgument& error) {
    throw IoError(shown, "", error.what());
  }
}

/// A number, or NaN where the key is absent or null.
inline double number(const nlohmann::json& from, const char* key) {
  const auto found = from.find(key);
  if (found == from.end() || found->is_null()) return std::numeric_limits<double>::quiet_NaN();
  return found->get<double>();
}

inline std::string text(const nlohmann::json& from, const char* key) {
  return from.value(key, std::string());
}

}  // namespace runmech::assess_detail
