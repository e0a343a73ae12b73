// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/core/version.hpp"

namespace runmech {

std::string_view version() {
  return RUNMECH_VERSION;
}

}  // namespace runmech
