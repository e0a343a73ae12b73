// SPDX-License-Identifier: BSD-3-Clause
#include "json_file.hpp"

#include <nlohmann/json.hpp>

#include "runmech/core/errors.hpp"

namespace runmech::assess_detail {

void throw_as_io_error(const std::string& shown_as) {
  try {
    throw;
  } catch (const IoError&) {
    throw;
  } catch (const nlohmann::json::parse_error& error) {
    throw IoError(shown_as, "byte " + std::to_string(error.byte),
                  "not complete JSON: cut short or damaged");
  } catch (const nlohmann::json::exception& error) {
    throw IoError(shown_as, "", error.what());
  } catch (const InvalidArgument& error) {
    throw IoError(shown_as, "", error.what());
  }
}

}  // namespace runmech::assess_detail
