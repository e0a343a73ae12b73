// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"

namespace runmech::bindings {

void bind_strength(py::module_&) {}

}  // namespace runmech::bindings
